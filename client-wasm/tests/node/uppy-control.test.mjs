// The plugin of `crowfly/uppy`: pause, resume, retry and cancel as Uppy asks for them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createTestClient, isUploadError, settled, world } from "./uppy-world.mjs";

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

test("files that Uppy clears away are cancelled with their next progress", async () => {
  const { uppy, client, of } = world();
  client.testing.hold();
  // Uppy's own batch does not expect that.
  const done = uppy.upload().catch(() => {});
  await settled();
  uppy.clear();
  client.testing.upload("a.txt").progress(0.5);
  await settled();
  assert.deepEqual(client.snapshot().uploads.map(({ state }) => state), ["aborted"]);
  await done;
  assert.deepEqual([of("upload-error"), of("upload-success")], [[], []]);
});

test("what a listener throws changes nothing of how a file has ended", async () => {
  const { uppy, client, file } = world({ files: ["a.txt", "b.txt"] });
  for (const event of ["upload-success", "upload-error"]) {
    uppy.on(event, () => {
      throw new RangeError("the page's own");
    });
  }
  client.testing.failNext("network");
  const { successful, failed } = await uppy.upload();
  assert.deepEqual([failed[0].name, successful[0].name], ["a.txt", "b.txt"]);
  assert.equal(file(1).progress.uploadComplete, true);
});
