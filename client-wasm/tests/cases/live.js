import { equal, ok, rejection, thrown, until } from "../support/world.js";

const MIB = 1024 * 1024;
const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const options = { api: "https://api.test", token: () => "a.b.c", onWarning() {} };

export function noise(length, seed = 1) {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at += 1) {
    seed = (seed * 16807) % 2147483647;
    bytes[at] = seed;
  }
  return bytes;
}

/** Has the world take live uploads, and keep what it is sent. */
export function recordable(world) {
  const bodies = new Map();
  const Xhr = globalThis.XMLHttpRequest;
  globalThis.XMLHttpRequest = class extends Xhr {
    send(body) {
      // Read now: a spool does not outlive its upload.
      const read = body.arrayBuffer();
      read.catch(() => {});
      bodies.set(Number(new URL(this.url).searchParams.get("partNumber")), read);
      return super.send(body);
    }
  };
  const [create, complete] = [world.create, world.complete];
  world.maxBytes = 5 * 1024 ** 4;
  world.create = function (item) {
    if (!item.live) return create.call(this, item);
    const made = create.call(this, { ...item, size: 0 });
    this.objects.get(item.id).item = item;
    const maxBytes = Math.min(this.maxBytes, item.maxBytes ?? Infinity);
    return { id: made.id, key: made.key, plan: { kind: "live", partSize: 5 * MIB, doubleEvery: 1_000, maxBytes } };
  };
  world.complete = function (object, body) {
    if (!object.item.live) return complete.call(this, object, body);
    const size = [...object.parts.values()].reduce((sum, part) => sum + part.size, 0);
    if (size !== body.size) return { status: 409, body: { error: { code: "parts_mismatch", message: "", requestId: "r" } } };
    return complete.call(this, { ...object, item: { ...object.item, size } }, body);
  };
  return async () => {
    const parts = [...bodies.keys()].sort((a, b) => a - b).map((number) => bodies.get(number));
    return new Uint8Array(await new Blob(await Promise.all(parts)).arrayBuffer());
  };
}

export function same(found, wanted) {
  equal(found.length, wanted.length, "bytes");
  ok(found.every((byte, at) => byte === wanted[at]), "other bytes");
}

/** A stream that gives what it is told to. */
export function tap() {
  let control;
  const stream = new ReadableStream({ start: (given) => void (control = given) });
  return { stream, give: (bytes) => control.enqueue(bytes), end: () => control.close(), fail: (error) => control.error(error) };
}

export const withWorker = ({ createClient, world, workerSource }, more) =>
  createClient({ ...options, ...more }, () => world.worker(workerSource));

export async function spools() {
  const root = await navigator.storage.getDirectory();
  const folder = await root.getDirectoryHandle("crowfly").catch(() => undefined);
  return Array.fromAsync(folder?.keys() ?? []);
}

export function canvas() {
  const picture = document.createElement("canvas");
  const context = picture.getContext("2d");
  const timer = setInterval(() => context.fillRect(Math.random() * 320, Math.random() * 240, 9, 9), 40);
  const stream = picture.captureStream(25);
  return { stream, end: () => clearInterval(timer) };
}

async function records(given, { createClient, world, workerSource }) {
  const sent = recordable(world);
  const client = withWorker({ createClient, world, workerSource });
  const { stream, end } = canvas();
  const media = new MediaRecorder(stream, { mimeType: "video/webm" });
  if (given.start) media.start();
  const upload = client.uploadLive(media, { name: "talk.webm" });
  await until(() => upload.progress.recorded > 0, "the first bytes", 10_000);
  ok(upload.progress.total === undefined, "a total before the end");
  if (given.stop) media.stop();
  else upload.finish();
  const { id, size } = await upload.done;
  end();
  equal(media.state, "inactive");
  equal(client.snapshot().uploads[0].type, "video/webm");
  const bytes = await sent();
  equal([bytes.length, [...bytes.slice(0, 4)]], [size, [0x1a, 0x45, 0xdf, 0xa3]]);
  equal(world.objects.get(id).item.live, true);
  client.close();
}

/** A recording whose spool breaks on the way, by what is put before the worker's script. */
async function breaks({ createClient, world, workerSource }, trouble, cause) {
  const sent = recordable(world);
  const warnings = [];
  const client = createClient({ ...options, onWarning: (warning) => warnings.push(warning) }, () => world.worker(`{${trouble}}${workerSource}`));
  const bytes = noise(12 * MIB);
  async function* pieces() {
    for (let at = 0; at < bytes.length; at += MIB) {
      yield bytes.subarray(at, at + MIB);
      await pause(10);
    }
  }
  equal((await client.uploadLive(pieces(), { name: "a.bin" }).done).size, bytes.length);
  same(await sent(), bytes);
  const found = warnings.filter(({ code }) => code === "spool_unavailable");
  equal(found.length, 1, "warnings");
  ok(found[0].message.includes(cause), found[0].message);
  client.close();
}

export const cases = {
  async a_stream_is_sent_while_it_grows(test) {
    const sent = recordable(test.world);
    const client = withWorker(test);
    const { stream, give, end } = tap();
    const bytes = noise(12 * MIB + 5);
    const upload = client.uploadLive(stream, { name: "talk.webm", type: "video/webm;codecs=vp8" });
    equal(upload.progress.recorded, 0);
    for (let at = 0; at < 11 * MIB; at += MIB) give(bytes.subarray(at, at + MIB));
    await until(() => upload.progress.confirmed >= 10 * MIB - 1, "two parts", 20_000);
    equal([upload.progress.recorded, upload.progress.total], [11 * MIB, undefined]);
    ok(await spools().then((names) => names.includes(upload.id)), "no spool");
    give(bytes.subarray(11 * MIB));
    end();
    const stored = await upload.done;
    equal([stored.size, upload.progress.total, upload.progress.recorded], [bytes.length, bytes.length, bytes.length]);
    ok(stored.verified, "not verified");
    equal(test.world.sentParts().sort(), [1, 2, 3]);
    const [item] = test.world.calls[0].body.uploads;
    equal([item.live, item.size, item.type], [true, undefined, "video/webm"]);
    const last = test.world.calls.flatMap(({ body }) => body?.parts ?? []).find(({ number }) => number === 3);
    equal(last.size, 2 * MIB + 5);
    same(await sent(), bytes);
    client.close();
  },

  async every_kind_of_piece_is_taken(test) {
    const sent = recordable(test.world);
    const client = withWorker(test);
    const bytes = noise(60);
    async function* pieces() {
      yield bytes.slice(0, 10);
      yield bytes.slice(10, 20).buffer;
      yield new Blob([bytes.slice(20, 30)]);
      yield new DataView(bytes.buffer, 30, 10);
      yield new Uint16Array(bytes.buffer, 40, 10);
    }
    for (const source of [pieces(), [bytes.slice(0, 60)], []]) {
      const upload = client.uploadLive(source, { name: "a.bin" });
      const { size } = await upload.done;
      if (size) same(await sent(), bytes);
    }
    client.close();
  },

  a_recorder_is_started_and_stopped: (test) => records({ start: false, stop: false }, test),

  a_recorder_that_runs_is_asked_for_its_pieces: (test) => records({ start: true, stop: true }, test),

  async a_recorder_that_the_page_has_paused_stays_so(test) {
    recordable(test.world);
    const client = withWorker(test);
    const media = Object.assign(new EventTarget(), { state: "recording", ondataavailable: null });
    Object.assign(media, { requestData() {}, stop() {}, pause: () => (media.state = "paused"), resume: () => (media.state = "recording") });
    const upload = client.uploadLive(media, { name: "a.webm" });
    await until(() => upload.state === "uploading", "the create call");
    media.pause();
    media.dispatchEvent(Object.assign(new Event("dataavailable"), { data: new Blob([noise(6 * MIB)]) }));
    await until(() => upload.progress.confirmed >= 5 * MIB - 1, "a part", 10_000);
    equal(media.state, "paused");
    client.close();
  },

  async finish_ends_a_source_that_does_not(test) {
    const sent = recordable(test.world);
    const client = withWorker(test);
    const { stream, give } = tap();
    const upload = client.uploadLive(stream, { name: "a.bin" });
    give(noise(100));
    await until(() => upload.progress.recorded === 100, "the bytes");
    upload.finish();
    equal((await upload.done).size, 100);
    same(await sent(), noise(100));
    async function* endless() {
      yield noise(10);
      await new Promise(() => {});
    }
    const other = client.uploadLive(endless(), { name: "b.bin" });
    await until(() => other.progress.recorded === 10, "the bytes");
    other.finish();
    equal((await other.done).size, 10);
    client.close();
  },

  async a_later_page_goes_on_with_what_was_recorded(test) {
    const sent = recordable(test.world);
    const first = withWorker(test);
    const { stream, give } = tap();
    const bytes = noise(12 * MIB);
    test.world.storage = ({ url }) => (url.includes("partNumber=2&") ? "hang" : undefined);
    const left = first.uploadLive(stream, { name: "talk.webm", metadata: { room: "1" } });
    for (let at = 0; at < bytes.length; at += 3 * MIB) give(bytes.subarray(at, at + 3 * MIB));
    await until(() => left.progress.confirmed >= 5 * MIB && left.progress.recorded === 12 * MIB, "the first part", 20_000);
    first.close();
    equal((await rejection(left.done)).code, "closed");
    test.world.storage = () => undefined;
    test.world.puts = [];
    const client = withWorker(test);
    const [entry, ...more] = await client.resumable();
    equal(more.length, 0);
    equal([entry.id, entry.live, entry.needs, entry.metadata], [left.id, true, "nothing", { room: "1" }]);
    ok(entry.recordedBytes >= 10 * MIB, `${entry.recordedBytes} bytes`);
    const upload = await entry.attach();
    const { size } = await upload.done;
    equal(size, entry.recordedBytes);
    equal(test.world.sentParts().includes(1), false, "a part was sent twice");
    same(await sent(), bytes.subarray(0, size));
    client.close();
  },

  async what_is_discarded_or_stored_leaves_no_spool(test) {
    recordable(test.world);
    const first = withWorker(test);
    const { stream, give } = tap();
    const left = first.uploadLive(stream, { name: "a.bin" });
    give(noise(100));
    await until(() => left.progress.recorded === 100 && left.state === "uploading", "the bytes");
    first.close();
    const client = withWorker(test);
    const [entry] = await client.resumable();
    await entry.discard();
    const stored = client.uploadLive([noise(10)], { name: "b.bin" });
    await stored.done;
    const aborted = client.uploadLive(tap().stream, { name: "c.bin" });
    aborted.abort("no");
    equal(await rejection(aborted.done), "no");
    let names = [left.id];
    for (let tries = 0; [left, stored, aborted].some(({ id }) => names.includes(id)); tries += 1) {
      ok(tries < 200, `spools are left: ${names}`);
      await pause(20);
      names = await spools();
    }
    client.close();
  },

  async a_source_that_fails_keeps_what_it_gave(test) {
    recordable(test.world);
    const warnings = [];
    const client = withWorker(test, { onWarning: (warning) => warnings.push(warning) });
    const { stream, give, fail } = tap();
    const upload = client.uploadLive(stream, { name: "a.bin" });
    give(noise(100));
    await until(() => upload.progress.recorded === 100, "the bytes");
    fail(new Error("the camera is gone"));
    equal((await upload.done).size, 100);
    equal(warnings.map(({ code, upload: id }) => [code, id]), [["source_failed", upload.id]]);
    ok(warnings[0].message.endsWith("the camera is gone"), warnings[0].message);
    client.close();
  },

  async a_source_that_fails_may_end_the_upload(test) {
    recordable(test.world);
    const client = withWorker(test);
    const { stream, give, fail } = tap();
    const upload = client.uploadLive(stream, { name: "a.bin", onSourceError: "abort" });
    give(noise(100));
    await until(() => upload.progress.recorded === 100, "the bytes");
    const error = new Error("the camera is gone");
    fail(error);
    ok((await rejection(upload.done)) === error, "another reason");
    equal(upload.state, "aborted");
    client.close();
  },

  async without_a_worker_memory_holds_what_storage_lacks({ createClient, world }) {
    const sent = recordable(world);
    const warnings = [];
    const client = createClient({ ...options, onWarning: ({ code }) => warnings.push(code) });
    const bytes = noise(12 * MIB);
    const upload = client.uploadLive([bytes.subarray(0, 7 * MIB), bytes.subarray(7 * MIB)], { name: "a.bin" });
    equal((await upload.done).size, bytes.length);
    ok(warnings.includes("spool_unavailable"), `${warnings}`);
    same(await sent(), bytes);
    client.close();
  },

  async a_stream_waits_for_room_in_memory({ createClient, world }) {
    recordable(world);
    const client = createClient(options);
    const piece = noise(4 * MIB);
    let given = 0;
    async function* endless() {
      for (; given < 30; given += 1) yield piece;
    }
    let wait = true;
    world.storage = () => (wait ? "hang" : undefined);
    const upload = client.uploadLive(endless(), { name: "a.bin" });
    await until(() => given >= 16, "64 MiB", 20_000);
    await pause(300);
    ok(given <= 17, `${given} pieces in memory`);
    wait = false;
    upload.pause();
    upload.resume();
    equal((await upload.done).size, 120 * MIB);
    client.close();
  },

  async a_disk_that_fills_loses_nothing(test) {
    await breaks(
      test,
      `const { write } = FileSystemSyncAccessHandle.prototype;
      let room = 6.5 * 1024 * 1024;
      FileSystemSyncAccessHandle.prototype.write = function (piece, options) {
        const wrote = write.call(this, piece.subarray(0, room), options);
        room -= wrote;
        return wrote;
      };`,
      "the disk is full",
    );
  },

  async a_worker_that_breaks_loses_nothing(test) {
    await breaks(
      test,
      `const { flush } = FileSystemSyncAccessHandle.prototype;
      let flushes = 0;
      FileSystemSyncAccessHandle.prototype.flush = function () {
        flush.call(this);
        if (++flushes === 3) setTimeout(() => { throw new Error("gone"); });
      };`,
      "gone",
    );
  },

  async a_limit_ends_the_recording(test) {
    const sent = recordable(test.world);
    test.world.maxBytes = 7 * MIB;
    const warnings = [];
    const client = withWorker(test, { onWarning: ({ code }) => warnings.push(code) });
    const bytes = noise(MIB);
    let given = 0;
    async function* endless() {
      for (;;) {
        given += 1;
        yield bytes;
        await pause(5);
      }
    }
    const upload = client.uploadLive(endless(), { name: "a.bin" });
    equal((await upload.done).size, 7 * MIB);
    equal((await sent()).length, 7 * MIB);
    equal(warnings, ["limit_reached"]);
    const before = given;
    await pause(100);
    equal(given, before, "the source was not stopped");
    client.close();
  },

  async a_pause_stops_sending_alone(test) {
    recordable(test.world);
    const client = withWorker(test);
    const { stream, give, end } = tap();
    const upload = client.uploadLive(stream, { name: "a.bin" });
    upload.pause();
    give(noise(6 * MIB));
    await until(() => upload.progress.recorded === 6 * MIB, "the bytes", 10_000);
    equal([upload.state, test.world.puts.length], ["paused", 0]);
    end();
    upload.resume();
    equal((await upload.done).size, 6 * MIB);
    client.close();
  },

  async what_is_no_source_is_refused({ createClient }) {
    const client = createClient(options);
    const name = "a.bin";
    for (const wrong of [undefined, null, 5, "text", {}, () => {}, { getReader: 1 }]) {
      equal(thrown(() => client.uploadLive(wrong, { name })).code, "invalid_option", String(wrong));
    }
    for (const more of [{ name: "" }, { name, maxBytes: 0 }, { name, maxBytes: 1.5 }, { name, onSourceError: "x" }, {}]) {
      equal(thrown(() => client.uploadLive([], more)).code, "invalid_option", JSON.stringify(more));
    }
    client.close();
    equal(thrown(() => client.uploadLive([], { name })).code, "closed");
    const signer = { create() {}, sign() {}, parts() {}, complete() {}, abort() {} };
    const own = createClient({ signer, onWarning() {} });
    equal(thrown(() => own.uploadLive([], { name })).code, "unsupported");
    own.close();
  },
};
