// Where the module cannot be had from beside the package, in as much of a browser as Node is: the words of each cause.
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "../../..");
const packageDir = resolve(process.env.CROWFLY_PACKAGE_DIR ?? join(root, "target/npm/package"));
const five = ["create", "sign", "parts", "complete", "abort"];
const signer = Object.fromEntries(five.map((name) => [name, async () => {}]));

globalThis.XMLHttpRequest = class {};
globalThis.addEventListener = globalThis.removeEventListener = () => {};

/** Makes a client of a fresh copy of the package without some of its files; gives the warnings. */
async function create(t, { fetch, without = [], entry = "index.js", options }) {
  const copy = mkdtempSync(join(tmpdir(), "crowfly-"));
  t.after(() => rmSync(copy, { recursive: true }));
  cpSync(packageDir, copy, { recursive: true, filter: (path) => !without.some((name) => path.endsWith(name)) });
  const warnings = [];
  const onWarning = (warning) => warnings.push(warning);
  const real = globalThis.fetch;
  globalThis.fetch = fetch ?? real;
  try {
    const { createClient } = await import(pathToFileURL(join(copy, entry)));
    (await createClient({ signer, resume: false, onWarning, ...options })).close();
  } finally {
    globalThis.fetch = real;
  }
  return warnings;
}

/** An answer; `fetch` gives those it makes an address, a constructor does not. */
function answer(body, { url = "https://app.test/a/crowfly_bg.wasm?token=secret", type, status = 200 } = {}) {
  const response = new Response(body, { status, headers: type ? { "content-type": type } : {} });
  return Object.defineProperty(response, "url", { value: url });
}

const page = "<!doctype html><title>App</title>";
const CAUSES = {
  "a page in its place": [() => answer(page, { type: "text/html; charset=utf-8" }), ["a page (HTML)", "optimizeDeps"]],
  "a page without a type": [() => answer(page), ["a page (HTML)", "optimizeDeps"]],
  "nothing there": [() => answer("", { status: 404 }), ["was answered with status 404", "copied there"]],
  "a server that fails": [() => answer("", { status: 502 }), ["was answered with status 502"]],
  "another type": [() => answer("{}", { type: "application/json" }), ["was answered with application/json", "copied there"]],
  "no type": [() => answer(new Uint8Array(9)), ["was answered with no content type"]],
  "a lie": [() => answer(page, { type: "application/wasm" }), ["is no WebAssembly module", "3c 21 64 6f"]],
  "a broken module": [() => answer(Uint8Array.of(0, 97, 115, 109, 1, 0, 0)), ["is no WebAssembly module"]],
  "no connection": [() => Promise.reject(new TypeError("Failed to fetch")), ["could not be fetched (Failed to fetch)"]],
};

for (const [name, [fetch, words]] of Object.entries(CAUSES)) {
  test(`p2 the cause is named: ${name}`, async (t) => {
    const [warning, ...more] = await create(t, { fetch: async () => fetch() });
    assert.deepEqual(more, []);
    assert.equal(warning.code, "inlined");
    for (const word of words) assert.ok(warning.message.includes(word), warning.message);
    assert.ok(!warning.message.includes("secret"), warning.message);
  });

  test(`p2 the error that remains names the cause: ${name}`, async (t) => {
    await assert.rejects(create(t, { fetch: async () => fetch(), without: ["inline-data.js"] }), (error) => {
      assert.equal(error.code, "wasm_unavailable");
      for (const word of [...words, "inlined copy", "inline-data.js"]) assert.ok(error.message.includes(word), error.message);
      return true;
    });
  });
}

test("p2 where WebAssembly may not run no copy is loaded", async (t) => {
  const { Module, compile } = WebAssembly;
  const refuse = () => {
    throw new WebAssembly.CompileError("blocked by policy");
  };
  t.after(() => Object.assign(WebAssembly, { Module, compile }));
  Object.assign(WebAssembly, { Module: class { constructor() { refuse(); } }, compile: async () => refuse() });
  const module = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0);
  // The copy is not even there.
  await assert.rejects(create(t, { fetch: async () => answer(module), without: ["inline-data.js"] }), (error) => {
    assert.equal(error.code, "wasm_unavailable");
    assert.match(error.message, /'wasm-unsafe-eval'/);
    assert.doesNotMatch(error.message, /inline-data/);
    return true;
  });
});

test("p2 a file from the disk and a script that is missing are named", async (t) => {
  const [warning] = await create(t, {});
  assert.match(warning.message, /file:.* could not be fetched.*serve the page by http/);
  await assert.rejects(create(t, { without: ["start.js"] }), (error) => {
    assert.equal(error.code, "wasm_unavailable");
    assert.match(error.message, /start\.js could not/);
    return true;
  });
});

test("the inlined entry asks for nothing and warns of nothing", async (t) => {
  const fetch = () => assert.fail("something was fetched");
  assert.deepEqual(await create(t, { fetch, entry: "inline.js" }), []);
  const gone = Promise.reject(new Error("gone"));
  gone.catch(() => {});
  for (const wasm of [undefined, null, 5, {}, new Uint8Array(3), gone]) {
    await assert.rejects(create(t, { entry: "slim.js", options: { wasm } }), (error) => error.code === "wasm_unavailable");
  }
});
