// The plugin of `crowfly/uppy`: what it sends of Uppy's files, and what it says of them.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { createTestClient, CrowflyUploader, isUploadError, packageDir, settled, silent, Uppy, world } from "./uppy-world.mjs";

const MIB = 1024 * 1024;
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
