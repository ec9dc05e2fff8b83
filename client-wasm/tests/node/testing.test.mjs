// The client without a network: as the real one in what both do (`tests/cases/parity.js`), and in what a test tells it.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { mock, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { CLIENT, UPLOAD, cases } from "../cases/parity.js";

const root = join(dirname(fileURLToPath(import.meta.url)), "../../..");
const packageDir = resolve(process.env.CROWFLY_PACKAGE_DIR ?? join(root, "target/npm/package"));
const testing = await import(pathToFileURL(join(packageDir, "testing.js")));
const { createTestClient, isUploadError } = testing;

const file = (bytes = 9, name = "a.txt") => new File([new Uint8Array(bytes)], name, { type: "text/plain" });
const big = (bytes) => Object.defineProperty(file(), "size", { value: bytes });
/** Storage and API of the parity cases, for clients that are made after it is set up, and those before. */
function worldOf() {
  const clients = [];
  let [held, refused] = [false, false];
  const refusal = { status: 400, message: "no text here", requestId: "r1", phase: "create" };
  /** A client whose uploads are held once they are being sent, and refused when they start. */
  const createClient = (options) => {
    const client = createTestClient(options);
    clients.push(client);
    return {
      ...client,
      upload(given, settings) {
        if (refused) client.testing.failNext("type_not_allowed", refusal);
        const upload = client.upload(given, settings);
        if (held) client.testing.upload(upload).progress(0);
        return upload;
      },
    };
  };
  const stage = {
    hang: () => (held = true),
    free() {
      held = false;
      for (const { testing } of clients) for (const { release } of testing.uploads) release();
    },
    refuse: () => (refused = true),
    accept: () => (refused = false),
    keepRecords() {},
  };
  return { createClient, world: { stage }, isUploadError };
}

for (const [name, run] of Object.entries(cases)) test(`as the real client: ${name}`, () => run(worldOf()));

test("it has the members that are declared, and no other but `testing` and `uploadLive`", () => {
  const declared = (type) => {
    const text = readFileSync(join(packageDir, "api.d.ts"), "utf8").replaceAll(/\/\*\*.*?\*\//gs, "");
    const body = text.split(`export interface ${type} {`)[1].split("\n}")[0];
    return [...body.matchAll(/^ {2}(?:readonly )?(\w+)[(:?]/gm)].map(([, name]) => name).sort();
  };
  assert.deepEqual([...CLIENT].sort(), declared("Client"));
  assert.deepEqual([...UPLOAD].sort(), declared("Upload"));
  const client = createTestClient();
  assert.deepEqual(Object.keys(client).sort(), [...CLIENT, "testing", "uploadLive"].sort());
  assert.deepEqual(Object.keys(client.upload(file())).sort(), [...UPLOAD].sort());
});

test("retryable codes are the contract's", () => {
  const codes = JSON.parse(readFileSync(join(root, "contract/tests/golden/error_codes.json"), "utf8"));
  assert.ok(codes.length > 50);
  for (const { code, retryable } of codes) assert.equal(testing.uploadError(code).retryable, retryable, code);
});

test("an upload runs to its record by itself, with progress in steps, the same in every run", async () => {
  const run = async () => {
    const told = [];
    const client = createTestClient({ onEvent: (event) => told.push(event) });
    const upload = client.upload(file(1_000), { onProgress: (progress) => told.push(progress), onStateChange: (state) => told.push(state) });
    await upload.done;
    await upload.processed();
    return { told, snapshot: client.snapshot() };
  };
  mock.timers.enable({ apis: ["Date"], now: 1_000 });
  const [one, other] = [await run(), await run()];
  mock.timers.reset();
  assert.deepEqual(one, other);
  assert.deepEqual(one.told.flatMap(({ sent }) => sent ?? []), [0, 250, 500, 750, 1_000, 1_000]);
  assert.deepEqual(one.told.flatMap(({ type }) => type ?? []), ["started", "part", "verified"]);
});

test("fake timers hold nothing up without `delayMs`, and move every step with it", async () => {
  mock.timers.enable({ apis: ["setTimeout", "Date"] });
  try {
    await createTestClient().upload(file()).done;
    const upload = createTestClient({ delayMs: 100, steps: 2 }).upload(file());
    const states = [];
    for (let step = 0; step < 6; step += 1) {
      states.push([upload.state, upload.progress.sent]);
      mock.timers.tick(100);
      for (let turns = 0; turns < 10; turns += 1) await Promise.resolve();
    }
    assert.deepEqual(states, [["queued", 0], ["hashing", 0], ["uploading", 0], ["uploading", 5], ["uploading", 9], ["stored", 9]]);
  } finally {
    mock.timers.reset();
  }
});

test("a test moves an upload by hand", async () => {
  const client = createTestClient({ auto: false });
  const seen = [];
  const upload = client.upload(file(100, "b.txt"), { onProgress: ({ sent }) => seen.push(sent), metadata: { album: "1" } });
  await client.testing.settled();
  assert.equal(upload.state, "queued");
  const told = client.testing.upload("b.txt");
  assert.equal(told, client.testing.upload(upload));
  assert.deepEqual(told.options.metadata, { album: "1" });
  told.progress(0.5);
  assert.deepEqual([upload.state, upload.progress.sent, upload.progress.etaMs, seen], ["uploading", 50, 0, [0, 50]]);
  told.progress({ sent: 60, bytesPerSecond: 10, etaMs: 4_000 });
  assert.deepEqual([upload.progress.sent, upload.progress.etaMs, client.snapshot().totals.etaMs], [60, 4_000, 4_000]);
  told.store({ crc64nvme: "rosUhgp5mIg=", versionId: "1" });
  assert.deepEqual(await upload.done, {
    id: upload.id, key: `uploads/test/${upload.id}/b.txt`, size: 100, crc64nvme: "rosUhgp5mIg=", etag: "test", verified: true, versionId: "1",
  });
  const record = upload.processed();
  await client.testing.settled();
  assert.equal(upload.state, "stored");
  told.process({ typeMismatch: true, withheld: "active_content" });
  assert.equal((await record).typeMismatch, true);
  assert.equal(upload.state, "processed");
  await assert.rejects(client.content(upload.id), { code: "type_mismatch", phase: "read", status: 409 });
  assert.throws(() => client.testing.upload("c.txt"), /no upload c\.txt/);
  const [alone, held] = [client.upload(file(9, "alone")), client.upload(file(9, "held"))];
  client.testing.upload("alone").release();
  await client.testing.settled();
  assert.deepEqual([alone.state, held.state], ["stored", "queued"]);
  client.testing.release();
  await held.done;
});

test("it fails with any code: at once, the next one, or what is waited for after it was stored", async () => {
  const events = [];
  const client = createTestClient({ onEvent: ({ type }) => events.push(type) });
  client.testing.failNext("storage_refused", { status: 403, storage: { status: 403, code: "AccessDenied", message: "" } });
  const upload = client.upload(file());
  await assert.rejects(upload.done, { code: "storage_refused", phase: "send", retryable: false, status: 403 });
  assert.equal(upload.progress.sent, 5, "it failed half-way");
  assert.equal(client.snapshot().uploads[0].summary.attempts, 1);
  client.retryFailed();
  await upload.done;
  client.testing.hold();
  const second = client.upload(file());
  client.testing.upload().fail("stalled", { message: "no byte moved" });
  await assert.rejects(second.done, { code: "stalled", message: "no byte moved", phase: "create", retryable: true });
  const waiting = upload.processed();
  client.testing.upload(upload).fail("processing_timeout");
  await assert.rejects(waiting, { code: "processing_timeout", phase: "process" });
  assert.deepEqual(events, ["started", "failed", "started", "part", "verified", "failed"]);
  client.testing.release();
  assert.equal((await upload.processed()).id, upload.id);
});

test("without the network uploads wait and reads fail, and then they go on", async () => {
  const events = [];
  const client = createTestClient({ onEvent: ({ type }) => events.push(type) });
  client.testing.offline();
  const upload = client.upload(file());
  await client.testing.settled();
  assert.equal(upload.state, "waiting");
  await assert.rejects(client.records(), { code: "network", phase: "read", retryable: true });
  client.testing.online();
  await upload.done;
  assert.deepEqual(events, ["waiting", "resumed", "started", "part", "verified"]);
  client.testing.failReads("rate_limited", { status: 429 });
  await assert.rejects(client.record(upload.id), { code: "rate_limited", status: 429 });
  await assert.rejects(upload.processed(), { code: "rate_limited", phase: "process" });
  client.testing.failReads(null);
  assert.equal((await client.record(upload.id)).status, "stored");
});

test("a step is repeated when a test says so", async () => {
  const events = [];
  const client = createTestClient({ onEvent: (event) => events.push(event) });
  const upload = client.upload(file(100));
  const told = client.testing.upload();
  told.progress(0.4);
  told.retrying("storage_unavailable", { status: 503 });
  assert.deepEqual([upload.state, upload.progress.sent], ["waiting", 0]);
  const { code, phase, status } = events.find(({ type }) => type === "retried");
  assert.deepEqual([code, phase, status], ["storage_unavailable", "send", 503]);
  told.release();
  await upload.done;
  assert.equal(client.snapshot().uploads[0].summary.bytesResent, 40);
});

test("resumable uploads are seeded, attached with the file, and discarded", async () => {
  const client = createTestClient({ resumable: [{ name: "film.mp4", size: 30_000_000, confirmed: 10_000_000, metadata: { a: "b" } }] });
  client.testing.addResumable({ name: "kept.txt", path: "a/b", size: 9, needs: "nothing" });
  const [film, kept] = await client.resumable();
  assert.deepEqual([film.path, kept.path], [undefined, "a/b"]);
  assert.deepEqual([film.needs, film.type, film.metadata, kept.needs], ["file", "application/octet-stream", { a: "b" }, "nothing"]);
  await assert.rejects(film.attach(), { code: "invalid_option" });
  await assert.rejects(film.attach(file()), { code: "file_changed" });
  const { attach } = film;
  const seen = [];
  const upload = await attach(big(30_000_000), { onProgress: ({ confirmed }) => seen.push(confirmed) });
  assert.deepEqual([upload.id, upload.progress.confirmed], [film.id, 10_000_000]);
  await upload.done;
  assert.deepEqual(seen, [10_000_000, 10_000_000, 15_000_000, 22_500_000, 30_000_000, 30_000_000]);
  await assert.rejects(film.attach(big(30_000_000)), { code: "not_found" });
  await kept.discard();
  assert.deepEqual(await client.resumable(), []);
});

test("a recording grows, ends with its source, and is stored then", async () => {
  const seen = [];
  const client = createTestClient({ onWarning: ({ code }) => seen.push(code) });
  async function* pieces() {
    yield new Blob(["abc"]);
    yield new Uint8Array(4);
    await new Promise(() => {});
  }
  const upload = client.uploadLive(pieces(), { name: "a.webm", type: "video/webm;codecs=vp9", onProgress: ({ recorded }) => seen.push(recorded) });
  await new Promise((done) => setTimeout(done, 10));
  assert.equal(upload.state, "uploading");
  assert.deepEqual([upload.progress.recorded, "total" in upload.progress], [7, false]);
  const [shown] = client.snapshot().uploads;
  assert.deepEqual([shown.size, shown.progress.total, shown.recording, shown.type], [7, 7, true, "video/webm"]);
  upload.finish();
  const { size, verified } = await upload.done;
  assert.deepEqual([size, verified, upload.progress.total], [7, true, 7]);
  assert.equal(client.snapshot().uploads[0].recording, undefined);
  assert.deepEqual(seen.slice(0, 2), [3, 7]);
  const record = await client.record(upload.id);
  assert.deepEqual([record.status, record.live], ["stored", true]);
});

test("a recording that fails, is too long, is aborted, or was left behind", async () => {
  const warnings = [];
  const client = createTestClient({ onWarning: ({ code }) => warnings.push(code), resumable: [{ name: "b.webm", size: 9, live: true }] });
  async function* failing() {
    yield new Uint8Array(5);
    throw new Error("the camera is gone");
  }
  assert.equal((await client.uploadLive(failing(), { name: "a" }).done).size, 5);
  const aborted = client.uploadLive(failing(), { name: "a", onSourceError: "abort" });
  await assert.rejects(aborted.done, /the camera is gone/);
  assert.equal((await client.uploadLive([new Uint8Array(5), new Uint8Array(5)], { name: "a", maxBytes: 8 }).done).size, 8);
  assert.deepEqual(warnings, ["source_failed", "limit_reached"]);
  const [left] = await client.resumable();
  assert.deepEqual([left.live, left.recordedBytes, left.size, left.needs], [true, 9, 0, "nothing"]);
  assert.equal((await (await left.attach()).done).size, 9);
  for (const [source, options] of [[{}, { name: "a" }], [[], {}], [[], { name: "a", maxBytes: 0 }], [[], { name: "a", onSourceError: "x" }]]) {
    assert.throws(() => client.uploadLive(source, options), (error) => error.code === "invalid_option");
  }
});

test("records are seeded, read by page, newest first", async () => {
  const client = createTestClient({ records: [1, 2, 3].map((createdAt) => ({ name: `${createdAt}.txt`, createdAt })) });
  client.testing.addRecord({ name: "4.txt", createdAt: 4, visibility: "public", url: "https://storage.test/4.txt" });
  const { uploads, cursor } = await client.records({ limit: 3 });
  assert.deepEqual(uploads.map(({ name }) => name), ["4.txt", "3.txt", "2.txt"]);
  assert.deepEqual((await client.records({ limit: 3, cursor })).uploads.map(({ name }) => name), ["1.txt"]);
  assert.deepEqual(await client.content(uploads[0].id), { url: "https://storage.test/4.txt" });
  await assert.rejects(client.record("01TEST99999999999999999999"), { code: "not_found", status: 404 });
  await assert.rejects(client.record("1"), { code: "invalid_option" });
  const signer = Object.fromEntries(["create", "sign", "parts", "complete", "abort"].map((name) => [name, async () => {}]));
  await assert.rejects(createTestClient({ signer }).records(), { code: "unsupported", phase: "read" });
  await assert.rejects(createTestClient({ signer }).remove(uploads[0].id), { code: "unsupported", phase: "read" });
});

test("a record is deleted once it is stored, whatever withholds it", async () => {
  const client = createTestClient();
  const removed = async (seed) => {
    const { id } = client.testing.addRecord(seed);
    return client.remove(id).then(() => client.record(id), ({ code }) => code);
  };
  for (const seed of [{ withheld: "infected" }, { visibility: "public", url: "https://storage.test/a" }, { status: "deleted" }]) {
    const { status, url, verified } = await removed(seed);
    assert.deepEqual([status, url, verified], ["deleted", undefined, false]);
  }
  assert.equal(await removed({ status: "pending" }), "not_stored");
  for (const status of ["aborted", "expired"]) assert.equal(await removed({ status }), "upload_ended");
  client.testing.failReads("rate_limited", { status: 429 });
  assert.equal(await removed({}), "rate_limited");
});

test("a handle gives its file, or file_unreadable", async () => {
  const client = createTestClient();
  const handle = { kind: "file", name: "h.txt", getFile: async () => file(7, "h.txt") };
  assert.equal((await client.upload(handle).done).size, 7);
  const cause = new Error("gone");
  const gone = { kind: "file", name: "h.txt", getFile: () => Promise.reject(cause) };
  await assert.rejects(client.upload(gone).done, { code: "file_unreadable", phase: "start", cause });
});

test("a callback may do anything, and what it throws is reported", async () => {
  const reported = mock.method(console, "error", () => {});
  const client = createTestClient();
  const upload = client.upload(file(100), {
    onStateChange() {
      throw new Error("a mistake of the application");
    },
    onProgress: ({ sent }) => sent >= 50 && upload.abort("enough"),
  });
  await assert.rejects(upload.done, (reason) => reason === "enough");
  assert.equal(upload.state, "aborted");
  assert.ok(reported.mock.callCount() >= 3);
  reported.mock.restore();
  client.upload(file(), { onStateChange: () => client.close() });
  await client.testing.settled();
  assert.equal(client.snapshot().uploads[1].error.code, "closed");
});

test("an application's own createClient gives one that the test can reach", async () => {
  testing.closeClients();
  const made = await testing.createClient({ api: "/api", credentials: "same-origin" });
  assert.deepEqual(testing.openClients(), [made]);
  assert.equal(made.testing.options.api, "/api");
  await assert.rejects(testing.createClient({ sctope: "a" }), { code: "invalid_option" });
  const warnings = [];
  const other = createTestClient({ onWarning: (warning) => warnings.push(warning) });
  other.testing.warn("api_silent", "no answer");
  assert.deepEqual(warnings, [{ code: "api_silent", message: "no answer" }]);
  testing.closeClients();
  assert.deepEqual(testing.openClients(), []);
  assert.throws(() => made.upload(file()), { code: "closed" });
});
