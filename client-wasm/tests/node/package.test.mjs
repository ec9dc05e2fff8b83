// The assembled package under Node: what it holds, and that importing it does nothing.
import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";

const root = join(dirname(fileURLToPath(import.meta.url)), "../../..");
const packageDir = resolve(process.env.CROWFLY_PACKAGE_DIR ?? join(root, "target/npm/package"));
const read = (name) => readFileSync(join(packageDir, name), "utf8");
const manifest = JSON.parse(read("package.json"));
const load = (name) => import(pathToFileURL(join(packageDir, name)));
const gzip = (...names) => names.reduce((sum, name) => sum + gzipSync(readFileSync(join(packageDir, name)), { level: 9 }).length, 0);

for (const entry of ["index.js", "slim.js", "inline.js", "index.cjs", "crowfly.min.js"]) {
  test(`importing ${entry} does nothing and does not throw`, async () => {
    const before = Object.getOwnPropertyNames(globalThis);
    const fetched = [];
    const { fetch } = globalThis;
    globalThis.fetch = (...args) => fetched.push(args);
    try {
      const module = await load(entry);
      const names = Object.keys(module).filter((name) => !["default", "module.exports", "__esModule"].includes(name));
      assert.deepEqual(names.sort(), ["createClient", "isUploadError"]);
    } finally {
      globalThis.fetch = fetch;
    }
    assert.deepEqual(fetched, []);
    assert.deepEqual(Object.getOwnPropertyNames(globalThis), before);
  });

  test(`createClient of ${entry} rejects without a browser`, async () => {
    const { createClient, isUploadError } = await load(entry);
    for (const options of [{ api: "https://api.example.com", token: () => "jwt" }, {}, undefined]) {
      const promise = createClient(options);
      assert.ok(promise instanceof Promise, "it throws instead of rejecting");
      await assert.rejects(promise, (error) => {
        assert.ok(isUploadError(error));
        assert.ok(error instanceof Error);
        assert.equal(error.code, "unsupported");
        assert.equal(error.retryable, false);
        assert.match(error.message, /browser/);
        return true;
      });
    }
  });
}

test("isUploadError is true for nothing else", async () => {
  const { isUploadError } = await load("index.js");
  const named = Object.assign(new Error("x"), { name: "UploadError" });
  for (const value of [undefined, null, 0, "UploadError", {}, new Error("x"), named, { name: "UploadError", code: "network" }]) {
    assert.equal(isUploadError(value), false);
  }
});

test("the package holds what its manifest lists, and nothing else", () => {
  const found = readdirSync(packageDir, { recursive: true }).filter((name) => name !== "package.json");
  const extra = found.filter((name) => !manifest.files.includes(name) && !/^(README\.md|LICENSE.*)$/.test(name));
  assert.deepEqual(extra, []);
  assert.deepEqual(manifest.files.filter((name) => !existsSync(join(packageDir, name))), []);
  assert.ok(found.includes("README.md"), "no README.md");
});

/** The files of an export, by its conditions, are there, and types come first. */
function checkTargets(name, entry) {
  if (typeof entry === "string") return assert.ok(existsSync(join(packageDir, entry)), `${name}: ${entry}`);
  const [first, ...more] = Object.keys(entry);
  if (first !== "import") assert.equal(first, "types", `${name}: types must come first`);
  for (const condition of [first, ...more]) checkTargets(`${name} ${condition}`, entry[condition]);
}

test("the manifest is safe and complete", () => {
  assert.equal(manifest.name, "crowfly");
  assert.equal(manifest.type, "module");
  assert.equal(manifest.sideEffects, false);
  assert.ok(manifest.license && manifest.engines?.node);
  for (const field of ["scripts", "dependencies", "peerDependencies", "optionalDependencies", "bin"]) {
    assert.equal(manifest[field], undefined, `the manifest has ${field}`);
  }
  for (const [name, entry] of Object.entries(manifest.exports)) {
    checkTargets(name, entry);
  }
});

test("every relative import stays inside the package", () => {
  for (const name of manifest.files.filter((name) => name.endsWith(".js"))) {
    for (const [, target] of read(name).matchAll(/(?:from|import\(|new URL\()\s*["'](\.[^"']+)["']/g)) {
      assert.ok(manifest.files.includes(target.slice(2)), `${name} names ${target}`);
    }
  }
});

test("the module imports nothing but the glue, and its worker needs functions only", async () => {
  const module = await WebAssembly.compile(readFileSync(join(packageDir, "crowfly_bg.wasm")));
  const imports = WebAssembly.Module.imports(module);
  assert.deepEqual([...new Set(imports.map(({ module: from, kind }) => `${from} ${kind}`))], ["a function"]);
  const glue = read("start.js");
  for (const { name } of imports) assert.match(glue, new RegExp(`\\b${name}[:(]`), `the glue has no ${name}`);
  const exported = WebAssembly.Module.exports(module).map(({ name }) => name);
  for (const name of ["memory", "crcOpen", "crcSpace", "crcAdd", "crcClose"]) assert.ok(exported.includes(name), name);
});

test("the inline entry carries the same module and worker", async () => {
  const { wasm, worker } = await load("inline-data.js");
  assert.ok(Buffer.from(wasm, "base64").equals(readFileSync(join(packageDir, "crowfly_bg.wasm"))));
  assert.equal(worker, read("worker.js"));
});

test("the declared error codes are the contract's", () => {
  const listed = JSON.parse(readFileSync(join(root, "contract/tests/golden/error_codes.json"), "utf8")).map(({ code }) => code);
  const types = read("errors.d.ts").replaceAll(/\/\*\*.*?\*\//gs, "");
  const union = types.split("export type UploadErrorCode =")[1].split(";")[0];
  const declared = [...union.matchAll(/"(\w+)"/g)].map(([, code]) => code);
  assert.deepEqual(declared, [...listed, "unknown"]);
});

test("the declarations have no `any`, and nothing names this machine", () => {
  for (const name of manifest.files.filter((name) => name.endsWith(".d.ts"))) {
    assert.doesNotMatch(read(name), /[:<,|] *any\b|\bany\[\]/, name);
  }
  for (const name of manifest.files) {
    const text = readFileSync(join(packageDir, name), "latin1");
    assert.doesNotMatch(text, /\/root\/|\/home\/|\/Users\//, `${name} holds a path of the machine that built it`);
  }
});

test("what runs at import weighs at most 1 kB, all of it at most 90 kB (gzip)", (t) => {
  const atImport = gzip("index.js", "shared.js");
  const all = gzip("index.js", "shared.js", "start.js", "worker.js", "crowfly_bg.wasm");
  t.diagnostic(`at import ${atImport} bytes, all ${all} bytes`);
  assert.ok(atImport <= 1_000, `${atImport} bytes at import`);
  assert.ok(all <= 90_000, `${all} bytes in all`);
});
