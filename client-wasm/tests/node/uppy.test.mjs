// The plugin of `crowfly/uppy` in the real Uppy, with clients of `crowfly/testing`.
import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";

const root = join(dirname(fileURLToPath(import.meta.url)), "../../..");
const packageDir = resolve(process.env.CROWFLY_PACKAGE_DIR ?? join(root, "target/npm/package"));
const tools = resolve(process.env.CROWFLY_TOOLS ?? join(root, "target/tools"));

// Installed, with Uppy beside it.
const folder = mkdtempSync(join(tmpdir(), "crowfly-uppy-"));
after(() => rmSync(folder, { recursive: true }));
const modules = join(folder, "node_modules");
mkdirSync(join(modules, "@uppy"), { recursive: true });
cpSync(packageDir, join(modules, "crowfly"), { recursive: true });
symlinkSync(join(tools, "node-uppy/node_modules/@uppy/core"), join(modules, "@uppy/core"));
const load = (...path) => import(pathToFileURL(join(modules, ...path)).href);
const { default: Uppy } = await load("@uppy/core/lib/index.js");
const { default: CrowflyUploader } = await load("crowfly/uppy.js");
const { createTestClient, isUploadError } = await load("crowfly/testing.js");

const MIB = 1024 * 1024;
const settled = () => new Promise((done) => setTimeout(done, 5));
const silent = { debug() {}, warn() {}, error() {} };

/** An Uppy with the plugin, a client that a test tells what to do, and what Uppy said. */
function world({ client = createTestClient(), files = ["a.txt"], ...options } = {}) {
  const uppy = new Uppy({ logger: silent }).use(CrowflyUploader, { client, ...options });
  const said = [];
  for (const event of ["upload-start", "upload-success", "upload-error", "complete"]) {
    uppy.on(event, (...given) => said.push([event, ...given]));
  }
  const of = (event) => said.filter(([name]) => name === event).map(([, ...given]) => given);
  const ids = files.map((name) => uppy.addFile(new File(["content"], name, { type: "text/plain" })));
  return { uppy, client, ids, of, file: (at = 0) => uppy.getFile(ids[at]) };
}

const picked = (uppy, name, meta) => uppy.addFile({ name, type: "image/jpeg", data: new Blob(["x"]), meta });

test("a file is sent, and Uppy is told of each step", async () => {
  const { uppy, client, of, file } = world();
  const progress = [];
  uppy.on("upload-progress", (_, { bytesUploaded, bytesTotal }) => progress.push([bytesUploaded, bytesTotal]));
  const { successful, failed } = await uppy.upload();
  assert.deepEqual([successful.length, failed.length], [1, 0]);
  assert.deepEqual(of("upload-start").map(([files]) => files.length), [1]);
  const [[sent, response]] = of("upload-success");
  const [{ id, key, size, verified }] = client.snapshot().uploads.map(({ stored }) => stored);
  assert.equal(response.status, 200);
  assert.deepEqual([response.body.id, response.body.key, response.body.size, response.body.verified], [id, key, size, verified]);
  assert.ok(!("uploadURL" in response));
  assert.equal(sent.name, "a.txt");
  assert.deepEqual(file().crowfly, { id, key });
  assert.deepEqual([file().progress.uploadComplete, file().progress.percentage], [true, 100]);
  assert.ok(progress.length > 1 && progress.every(([, total]) => total === 7), JSON.stringify(progress));
  assert.deepEqual(progress.at(-1), [7, 7]);
  assert.equal((await client.find(file().crowfly.id).processed()).status, "stored");
});

test("Uppy offers to pause while the plugin is there", () => {
  const { uppy } = world();
  assert.equal(uppy.getState().capabilities.resumableUploads, true);
  assert.equal(uppy.getPlugin("Crowfly").type, "uploader");
  uppy.removePlugin(uppy.getPlugin("Crowfly"));
  assert.equal(uppy.getState().capabilities.resumableUploads, false);
});

test("name, type, folder and metadata are those of Uppy's file", async () => {
  const { uppy, client } = world({ files: [] });
  uppy.setMeta({ album: "2026" });
  picked(uppy, "a.jpg", { relativePath: "/trip/day 1/a.jpg", caption: "Sea", rating: 5, tags: ["x"], none: null, not: undefined });
  uppy.setFileMeta(picked(uppy, "b.jpg"), { name: "renamed.jpg" });
  const data = Object.defineProperty(new File(["c"], "c.jpg"), "webkitRelativePath", { value: "trip/c.jpg" });
  uppy.addFile(data);
  await uppy.upload();
  const [a, b, c] = client.testing.uploads.map(({ options }) => options);
  assert.deepEqual([a.name, a.type, a.path], ["a.jpg", "image/jpeg", "/trip/day 1"]);
  assert.deepEqual(a.metadata, { album: "2026", caption: "Sea", rating: "5", tags: '["x"]' });
  assert.deepEqual([b.name, b.path, b.metadata], ["renamed.jpg", undefined, { album: "2026" }]);
  assert.equal(c.path, "trip");
});

test("options of a file win, and fields of meta are chosen", async () => {
  const options = async ({ name }) => ({ visibility: "public", priority: 3, path: `of/${name}` });
  const { uppy, client } = world({ files: [], options, allowedMetaFields: ["caption", "absent"] });
  picked(uppy, "a.jpg", { caption: "Sea", secret: "x", relativePath: "trip/a.jpg" });
  await uppy.upload();
  const [{ options: given }] = client.testing.uploads;
  assert.deepEqual([given.visibility, given.priority, given.path], ["public", 3, "of/a.jpg"]);
  assert.deepEqual(given.metadata, { caption: "Sea" });
  const none = world({ files: [], allowedMetaFields: false });
  picked(none.uppy, "a.jpg", { caption: "Sea" });
  await none.uppy.upload();
  assert.deepEqual(none.client.testing.uploads[0].options.metadata, {});
});

test("what an option throws fails that file alone", async () => {
  const options = ({ name }) => {
    if (name === "a.txt") throw new RangeError("not this one");
    return undefined;
  };
  const { uppy, of } = world({ files: ["a.txt", "b.txt"], options });
  const { successful, failed } = await uppy.upload();
  assert.deepEqual([successful[0].name, failed[0].name, failed[0].error], ["b.txt", "a.txt", "not this one"]);
  assert.ok(of("upload-error")[0][1] instanceof RangeError);
});

test("a stored file has the address that the application gives it, or none if that fails", async () => {
  const { uppy, file } = world({ uploadURL: async ({ key }, { name }) => `https://cdn.example.com/${key}#${name}` });
  await uppy.upload();
  assert.equal(file().uploadURL, `https://cdn.example.com/${file().crowfly.key}#a.txt`);
  const broken = world({ uploadURL: () => { throw new Error("no CDN"); } });
  const { successful } = await broken.uppy.upload();
  assert.deepEqual([successful.length, broken.file().uploadURL], [1, undefined]);
});

test("one file pauses and goes on, and so do all", async () => {
  const { uppy, client, ids } = world({ files: ["a.txt", "b.txt"] });
  client.testing.hold();
  const done = uppy.upload();
  await settled();
  const states = () => client.snapshot().uploads.map(({ state }) => state);
  client.testing.upload("a.txt").progress(0.5);
  uppy.pauseResume(ids[0]);
  assert.deepEqual(states(), ["paused", "queued"]);
  uppy.pauseAll();
  assert.deepEqual(states(), ["paused", "paused"]);
  uppy.pauseResume(ids[1]);
  assert.deepEqual(states(), ["paused", "queued"]);
  client.testing.release();
  await settled();
  assert.deepEqual(states(), ["paused", "stored"]);
  uppy.resumeAll();
  assert.equal((await done).successful.length, 2);
});

test("a file that is paused before there is a client waits", async () => {
  const later = Promise.withResolvers?.() ?? {};
  later.promise ??= new Promise((resolve) => (later.resolve = resolve));
  const { uppy, ids } = world({ client: later.promise });
  const done = uppy.upload();
  uppy.pauseResume(ids[0]);
  const client = createTestClient();
  later.resolve(client);
  await settled();
  assert.equal(client.snapshot().uploads[0].state, "paused");
  uppy.pauseResume(ids[0]);
  assert.equal((await done).successful.length, 1);
});

test("a failed file keeps its error, and its retry is the same upload", async () => {
  const { uppy, client, of, ids, file } = world({ files: ["a.txt", "b.txt"] });
  client.testing.failNext("storage_unavailable", { message: "storage is down", status: 503 });
  const { successful, failed } = await uppy.upload();
  assert.deepEqual([successful.length, failed.length, file().error], [1, 1, "storage is down"]);
  const [[, error]] = of("upload-error");
  assert.ok(isUploadError(error));
  assert.deepEqual([error.code, error.retryable, error.status], ["storage_unavailable", true, 503]);
  const result = await uppy.retryUpload(ids[0]);
  assert.equal(result.successful.length, 1);
  assert.equal(client.testing.uploads.length, 2);
  assert.equal(file().crowfly.id, client.testing.upload("a.txt").upload.id);
});

test("all that failed are retried together", async () => {
  const { uppy, client } = world({ files: ["a.txt", "b.txt", "c.txt"] });
  client.testing.failNext("network");
  client.testing.failNext("stalled");
  assert.equal((await uppy.upload()).failed.length, 2);
  assert.equal((await uppy.retryAll()).successful.length, 2);
  assert.equal(client.testing.uploads.length, 3);
});

test("a failed file whose content or metadata was changed is another upload", async () => {
  const { uppy, client, ids, file } = world();
  client.testing.failNext("invalid_metadata");
  await uppy.upload();
  const first = file().crowfly.id;
  uppy.setFileMeta(ids[0], { caption: "short" });
  await uppy.retryUpload(ids[0]);
  assert.notEqual(file().crowfly.id, first);
  assert.equal(client.testing.upload("a.txt").options.metadata.caption, "short");
});

test("`resume all` begins again what had failed meanwhile, and the batch waits for it", async () => {
  const { uppy, client } = world({ files: ["a.txt", "b.txt"] });
  client.testing.failNext("network");
  client.testing.hold();
  const done = uppy.upload();
  await settled();
  client.testing.upload("a.txt").release();
  await settled();
  uppy.pauseAll();
  uppy.resumeAll();
  client.testing.release();
  const { successful, failed } = await done;
  assert.deepEqual([successful.length, failed.length], [2, 0]);
  assert.deepEqual(client.snapshot().uploads.map(({ state }) => state), ["stored", "stored"]);
});

test("removing files cancels their uploads, and says nothing", async () => {
  const { uppy, client, of, ids } = world({ files: ["a.txt", "b.txt", "c.txt"] });
  client.testing.hold();
  const done = uppy.upload();
  await settled();
  uppy.removeFile(ids[0]);
  const states = () => client.snapshot().uploads.map(({ state }) => state);
  assert.deepEqual(states(), ["aborted", "queued", "queued"]);
  uppy.cancelAll();
  assert.deepEqual(states(), ["aborted", "aborted", "aborted"]);
  await done;
  assert.deepEqual([of("upload-error"), of("upload-success")], [[], []]);
});

test("a file that is removed before there is a client is not sent", async () => {
  const client = createTestClient();
  const { uppy, ids, of } = world({ client: settled().then(() => client) });
  const done = uppy.upload();
  uppy.removeFile(ids[0]);
  await done;
  assert.ok(client.snapshot().uploads.every(({ state }) => state === "aborted"));
  assert.deepEqual([of("upload-error"), of("upload-success")], [[], []]);
});

test("a removed file can be added and sent again", async () => {
  const { uppy, client, ids } = world();
  client.testing.hold();
  uppy.upload();
  await settled();
  uppy.removeFile(ids[0]);
  client.testing.release();
  uppy.addFile(new File(["content"], "a.txt", { type: "text/plain" }));
  assert.equal((await uppy.upload()).successful.length, 1);
  assert.deepEqual(client.snapshot().uploads.map(({ state }) => state), ["aborted", "stored"]);
});

test("what the client's owner aborts is not called stored", async () => {
  const { uppy, client, of } = world();
  client.testing.hold();
  const done = uppy.upload();
  await settled();
  client.abortAll();
  assert.equal((await done).failed.length, 1);
  assert.equal(of("upload-error")[0][1].name, "AbortError");
  client.testing.release();
  assert.equal((await uppy.upload()).successful.length, 1);
});

test("a file of a remote provider is refused by a typed error, the others are sent", async () => {
  const { uppy, client, of } = world();
  const remote = { companionUrl: "https://companion.example.com", requestClientId: "drive", url: "/drive/1", body: {} };
  uppy.addFile({ name: "drive.pdf", type: "application/pdf", isRemote: true, data: { size: MIB }, remote });
  const { successful, failed } = await uppy.upload();
  assert.deepEqual([successful[0].name, failed[0].name], ["a.txt", "drive.pdf"]);
  const [[file, error]] = of("upload-error");
  assert.ok(isUploadError(error));
  assert.deepEqual([file.name, error.code, error.retryable, error.phase], ["drive.pdf", "unsupported", false, "start"]);
  assert.match(error.message, /Companion.*add it from this device/);
  assert.equal(client.testing.uploads.length, 1);
  assert.equal((await uppy.retryAll()).failed.length, 1);
});

/** As Golden Retriever gives it back. */
function restored({ uppy, ids }, id, data) {
  const { progress } = uppy.getFile(ids[0]);
  const started = { ...progress, uploadStarted: 1, bytesUploaded: 3 };
  uppy.setFileState(ids[0], { crowfly: { id }, isRestored: true, progress: started, ...(data && { data }) });
}

test("a restored file goes on where an earlier page left it", async () => {
  const client = createTestClient();
  const id = client.testing.addResumable({ name: "a.txt", size: 7, confirmed: 3 });
  const here = world({ client });
  restored(here, id);
  await here.uppy.upload();
  // Uppy takes what has begun for being sent already; Golden Retriever restores the batch.
  assert.equal(client.testing.uploads.length, 0);
  const uploadID = here.uppy[Symbol.for("uppy test: createUpload")](here.ids);
  const { successful } = await here.uppy.restore(uploadID);
  assert.deepEqual([successful.length, here.file().crowfly.id], [1, id]);
  assert.deepEqual(here.of("upload-start").map(([files]) => files.length), [0, 0]);
  assert.equal(client.testing.uploads.length, 1);
  assert.deepEqual(await client.resumable(), []);
});

test("a restored file whose content is another is a new upload, and the old one is given up", async () => {
  const client = createTestClient();
  const id = client.testing.addResumable({ name: "a.txt", size: 9 });
  const here = world({ client });
  restored(here, id);
  const { successful } = await here.uppy.restore(here.uppy[Symbol.for("uppy test: createUpload")](here.ids));
  assert.equal(successful.length, 1);
  assert.notEqual(here.file().crowfly.id, id);
  await settled();
  assert.deepEqual(await client.resumable(), []);
});

test("a restored file that nothing was kept of is a new upload", async () => {
  const here = world();
  restored(here, "01ARZ3NDEKTSV4RRFFQ69G5FAV");
  const { successful } = await here.uppy.restore(here.uppy[Symbol.for("uppy test: createUpload")](here.ids));
  assert.equal(successful.length, 1);
  assert.notEqual(here.file().crowfly.id, "01ARZ3NDEKTSV4RRFFQ69G5FAV");
});

test("without a browser each file says so, and a later batch tries again", async () => {
  const uppy = new Uppy({ logger: silent }).use(CrowflyUploader, { api: "https://api.example.com", token: () => "jwt", locale: {} });
  uppy.addFile(new File(["a"], "a.txt"));
  uppy.addFile(new File(["b"], "b.txt"));
  const codes = [];
  uppy.on("upload-error", (_, { code }) => codes.push(code));
  assert.equal((await uppy.upload()).failed.length, 2);
  assert.equal((await uppy.retryAll()).failed.length, 2);
  assert.deepEqual(codes, Array(4).fill("unsupported"));
  uppy.destroy();
});

test("when the plugin is removed its uploads are cancelled, and a client that it was given stays open", async () => {
  const { uppy, client } = world();
  client.testing.hold();
  const done = uppy.upload();
  await settled();
  uppy.removePlugin(uppy.getPlugin("Crowfly"));
  await done;
  assert.deepEqual(client.snapshot().uploads.map(({ state }) => state), ["aborted"]);
  client.testing.release();
  await client.upload(new Blob(["x"]), { name: "x" }).done;
});

test("a thousand files are one batch", async () => {
  const { uppy, client } = world({ files: [] });
  uppy.addFiles(Array.from({ length: 1_000 }, (_, n) => ({ name: `${n}.txt`, data: new Blob([String(n)]) })));
  assert.equal((await uppy.upload()).successful.length, 1_000);
  assert.equal(client.testing.uploads.length, 1_000);
});

test("no credential is in Uppy's state", async () => {
  const { uppy } = world();
  await uppy.upload();
  assert.doesNotMatch(JSON.stringify(uppy.getState()), /X-Amz|jwt|Bearer|token/i);
});

test("the plugin weighs at most 2 kB, besides Uppy and the client (gzip)", (t) => {
  const [script] = readFileSync(join(packageDir, "uppy.js"), "utf8").split("//# sourceMappingURL=");
  const bytes = gzipSync(script, { level: 9 }).length;
  t.diagnostic(`uppy.js: ${bytes} bytes`);
  assert.ok(bytes <= 2_000, `${bytes} bytes`);
  assert.deepEqual([...script.matchAll(/from\s*"([^"]+)"/g)].map(([, name]) => name), ["@uppy/core"]);
});
