// What the adapters of all frameworks share, with a client of the test's own.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";

const root = join(dirname(fileURLToPath(import.meta.url)), "../../..");
const packageDir = resolve(process.env.CROWFLY_PACKAGE_DIR ?? join(root, "target/npm/package"));
const address = (name) => pathToFileURL(join(packageDir, name)).href;

// A page, as far as the adapters ask for one.
globalThis.window = globalThis;
const { connect, find, watch } = await import(address("adapter.js"));
await import(address("connection.js"));

const GRACE_MS = 5_000;
const settled = () => new Promise((done) => setImmediate(done));
const token = () => "jwt";
let lastApi = 0;

/** A client that does nothing, and options of an API of its own that make it. */
function fake({ resumable = async () => [] } = {}) {
  const made = [];
  const createClient = async (options) => {
    let uploads = [];
    const listeners = new Set();
    const client = {
      options,
      started: [],
      closed: false,
      upload(file, settings) {
        if (!(file instanceof Blob)) throw Object.assign(new Error("no file"), { code: "invalid_option" });
        const handle = { id: `${options.api}#${client.started.length}`, pause() {}, resume() {}, abort() {}, retry() {} };
        handle.processed = () => new Promise((done) => (handle.finish = done));
        client.started.push({ file, settings, handle });
        client.show(handle.id, { state: "uploading" });
        return handle;
      },
      find: (id) => client.started.find(({ handle }) => handle.id === id)?.handle,
      forget(id) {
        uploads = uploads.filter((upload) => upload.id !== id);
        for (const listener of listeners) listener();
        return true;
      },
      pauseAll: () => (client.paused = true),
      resumable,
      subscribe(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      snapshot: () => ({ uploads, totals: { active: uploads.filter(({ state }) => state === "uploading").length } }),
      show(id, change) {
        const others = uploads.filter((upload) => upload.id !== id);
        const known = uploads.find((upload) => upload.id === id);
        uploads = [...others, Object.freeze({ ...known, id, ...change })];
        for (const listener of listeners) listener();
      },
      close: () => (client.closed = true),
    };
    made.push(client);
    return client;
  };
  lastApi += 1;
  return { made, options: { api: `https://${lastApi}.example.com`, token, createClient } };
}

/** Uses a connection, as a component does. */
function component(options) {
  const connection = connect(options);
  connection.take(options);
  const leave = connection.subscribe(() => {});
  return { connection, leave, upload: (...given) => connection.get().upload(...given), see: () => connection.get() };
}

test("components with the same API and scope share one client", async () => {
  const { made, options } = fake();
  const [first, second] = [component(options), component({ ...options })];
  assert.equal(first.connection, second.connection);
  const other = component({ ...options, scope: "another user" });
  assert.notEqual(other.connection, first.connection);
  await settled();
  assert.equal(made.length, 2);
  assert.equal(first.see().client, made[0]);
  assert.ok(!("createClient" in made[0].options), "the SDK refuses options that it does not know");
  for (const { leave } of [first, second, other]) leave();
});

test("a signer is known by its identity", () => {
  const signer = { create() {} };
  assert.equal(connect({ signer }), connect({ signer }));
  assert.notEqual(connect({ signer }), connect({ signer: { ...signer } }));
});

test("a component that is mounted twice makes one client", async () => {
  const { made, options } = fake();
  component(options).leave();
  const { see, leave } = component(options);
  await settled();
  assert.equal(made.length, 1);
  assert.equal(see().client, made[0]);
  leave();
});

test("the latest callbacks that were given count", async () => {
  const { made, options } = fake();
  const heard = [];
  const say = (who) => (what) => void heard.push(`${who} ${what}`);
  const first = component({ ...options, token: () => "old", onEvent: say("first"), onWarning: say("first") });
  await settled();
  // One that gives none takes none away.
  const second = component({ ...options, token: () => "new", onWarning: say("second"), onEvent: undefined });
  const { token, onEvent, onWarning } = made[0].options;
  assert.equal(token({}), "new");
  onEvent("event");
  onWarning("warning");
  assert.deepEqual(heard, ["first event", "second warning"]);
  first.leave();
  second.leave();
});

test("files are kept until there is a client, and when the list of an input is emptied", async () => {
  const { made, options } = fake();
  const { upload, see, leave } = component(options);
  const list = [new File(["a"], "a.txt"), new File(["b"], "b.txt")];
  const started = upload(list, { priority: 1 });
  list.length = 0;
  const one = upload(new File(["c"], "c.txt"));
  assert.equal(see().client, undefined);
  assert.equal((await started).length, 2);
  assert.equal((await one).id, see().uploads[2].id);
  assert.deepEqual(made[0].started.map(({ file, settings }) => `${file.name} ${settings.priority}`), [
    "a.txt 1",
    "b.txt 1",
    "c.txt undefined",
  ]);
  leave();
});

test("the folder of a file is its path, unless another is given", async () => {
  const { made, options } = fake();
  const { upload, leave } = component(options);
  const file = new File(["a"], "a.txt");
  const picked = Object.defineProperty(new File(["b"], "b.txt"), "webkitRelativePath", { value: "trip/b.txt" });
  const handle = Object.assign(new Blob(["c"]), { kind: "file" });
  await upload([{ file, path: "trip/day 1/a.txt" }, picked, { file, path: "a.txt" }, { file, handle, path: "a.txt" }], {
    metadata: { album: "1" },
  });
  assert.deepEqual(made[0].started.map(({ settings }) => settings.path), ["trip/day 1", "trip", undefined, undefined]);
  assert.ok(made[0].started.every(({ settings }) => settings.metadata.album === "1"));
  assert.equal(made[0].started[3].file, handle);
  await upload([picked, file], { path: "else/where" });
  await upload(picked, { path: "" });
  await upload(file);
  const later = made[0].started.slice(4).map(({ settings }) => settings.path);
  assert.deepEqual(later, ["else/where", "else/where", "", undefined]);
  leave();
});

test("what is wrong is in the state, not an unhandled rejection, and the next try may work", async (t) => {
  const unhandled = [];
  const hear = (reason) => unhandled.push(reason);
  process.on("unhandledRejection", hear);
  t.after(() => process.off("unhandledRejection", hear));
  const { made, options } = fake();
  let broken = true;
  const createClient = (given) => (broken ? Promise.reject(new Error("no network")) : options.createClient(given));
  const { upload, see, leave } = component({ ...options, createClient });
  await settled();
  assert.equal(see().error.message, "no network");
  upload(new File(["a"], "a.txt"));
  await settled();
  broken = false;
  await upload(new File(["a"], "a.txt"));
  assert.equal(see().error, undefined);
  // As of an input in which nothing was picked.
  await assert.rejects(upload([][0]), { code: "invalid_option" });
  assert.equal(see().error.code, "invalid_option");
  await upload(new File(["a"], "a.txt"));
  assert.deepEqual([see().error, made.length, unhandled], [undefined, 1, []]);
  leave();
});

test("only the upload that changed is another object, with the same functions", async () => {
  const { made, options } = fake();
  const { upload, see, leave } = component(options);
  const [first, second] = await upload([new File(["a"], "a.txt"), new File(["b"], "b.txt")]);
  const before = [find(first.id), find(second.id)];
  assert.equal(before[0], see().uploads[0]);
  let heard = 0;
  const end = watch(() => (heard += 1));
  made[0].show(second.id, { state: "failed", error: new Error("x") });
  assert.ok(heard > 0);
  assert.equal(find(first.id), before[0]);
  assert.notEqual(find(second.id), before[1]);
  assert.equal(find(second.id).pause, before[1].pause);
  assert.equal(find(second.id).forget, before[1].forget);
  find(second.id).forget();
  assert.equal(find(second.id), undefined);
  assert.equal(see().uploads.length, 1);
  assert.equal(find("another"), undefined);
  assert.equal(find(undefined), undefined);
  end();
  leave();
});

test("functions for all uploads do nothing before there is a client", async () => {
  const { made, options } = fake();
  const { see, leave } = component(options);
  const { pauseAll, forget } = see();
  pauseAll();
  assert.equal(forget("any"), true);
  await settled();
  pauseAll();
  assert.equal(made[0].paused, true);
  leave();
});

test("a client is closed a while after nobody uses it and nothing is active", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { made, options } = fake();
  const first = component(options);
  await first.upload(new File(["a"], "a.txt"));
  const [client] = made;
  const [{ handle }] = client.started;
  first.leave();
  t.mock.timers.tick(60_000);
  assert.equal(client.closed, false, "an upload goes on when its component is left");

  const again = component(options);
  assert.equal(again.see().uploads.length, 1, "the list is still there");
  again.leave();
  t.mock.timers.tick(GRACE_MS - 1);
  const third = component(options);
  await settled();
  client.show(handle.id, { state: "stored" });
  t.mock.timers.tick(60_000);
  assert.equal(client.closed, false, "somebody uses it");

  const end = watch(() => {});
  third.leave();
  t.mock.timers.tick(60_000);
  assert.equal(client.closed, false, "somebody watches an upload");
  const processed = find(handle.id).processed();
  end();
  t.mock.timers.tick(60_000);
  assert.equal(client.closed, false, "the record is waited for");
  handle.finish();
  await processed;
  await settled();
  t.mock.timers.tick(GRACE_MS - 1);
  assert.equal(client.closed, false, "a remount finds it");
  t.mock.timers.tick(1);
  assert.equal(client.closed, true);

  const last = component(options);
  await settled();
  assert.deepEqual([made.length, last.see().client, last.see().uploads], [2, made[1], []]);
  last.leave();
});

test("uploads are followed until their record is there, if that is wanted", async () => {
  for (const processed of [true, undefined]) {
    const { made, options } = fake();
    const { upload, leave } = component({ ...options, processed });
    await upload(new File(["a"], "a.txt"));
    assert.equal("finish" in made[0].started[0].handle, processed === true);
    assert.ok(!("processed" in made[0].options));
    leave();
  }
});

test("what earlier pages left is listed, and again after each change", async () => {
  let left = [{ id: "1", needs: "file" }, { id: "2", needs: "nothing" }];
  const without = (id) => (left = left.filter((entry) => entry.id !== id));
  const upload = { id: "1", processed: async () => {} };
  const resumable = async () =>
    left.map((entry) => ({
      ...entry,
      attach: async (file) => {
        if (!file) throw Object.assign(new Error("file is missing"), { code: "invalid_option" });
        without(entry.id);
        return upload;
      },
      discard: async () => void without(entry.id),
    }));
  const { options } = fake({ resumable });
  const { see, leave } = component(options);
  await settled();
  assert.deepEqual(see().resumable.map(({ id, needs }) => id + needs), ["1file", "2nothing"]);
  const [first, second] = see().resumable;
  await assert.rejects(first.attach(), { code: "invalid_option" });
  assert.equal(see().error.code, "invalid_option");
  assert.equal((await first.attach(new File(["a"], "a.txt"))).id, "1");
  assert.deepEqual(see().resumable.map(({ id }) => id), ["2"]);
  assert.equal(see().error, undefined);
  await second.discard();
  assert.deepEqual(see().resumable, []);
  leave();
});

test("a server keeps nothing and starts nothing", () => {
  const script = `
    import { connect } from ${JSON.stringify(address("adapter.js"))};
    const made = [];
    const options = { api: "https://api.example.com", createClient: (options) => made.push(options) };
    const first = connect(options);
    first.subscribe(() => {});
    await new Promise((done) => setTimeout(done, 50));
    console.log(connect(options) !== first, made.length, first.get() === first.initial, first.get().uploads.length);`;
  const said = execFileSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" });
  assert.equal(said.trim(), "true 0 true 0");
});

test("each adapter weighs at most 1.5 kB with what it loads at once, besides its framework (gzip)", (t) => {
  /** Without the comment that names the source map, as the budget counts. */
  const gzip = (name) => {
    const [script] = readFileSync(join(packageDir, name), "utf8").split("//# sourceMappingURL=");
    return gzipSync(script, { level: 9 }).length;
  };
  for (const entry of ["react.js", "vue.js", "svelte.js", "solid.js"]) {
    const text = readFileSync(join(packageDir, entry), "utf8");
    const own = [...text.matchAll(/from\s*"\.\/([^"]+)"/g)].map(([, name]) => name);
    assert.deepEqual(own, ["adapter.js"]);
    const bytes = gzip(entry) + gzip("adapter.js");
    t.diagnostic(`${entry}: ${bytes} bytes`);
    assert.ok(bytes <= 1_500, `${entry}: ${bytes} bytes`);
  }
  assert.doesNotMatch(readFileSync(join(packageDir, "adapter.js"), "utf8"), /from\s*"/);
});
