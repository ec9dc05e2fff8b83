// The assembled package under Node: what it holds, and that importing it does nothing.
import assert from "node:assert/strict";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";

const root = join(dirname(fileURLToPath(import.meta.url)), "../../..");
const packageDir = resolve(process.env.CROWFLY_PACKAGE_DIR ?? join(root, "target/npm/package"));
/** Beside the modules of each example app, which has its framework. */
const tools = resolve(process.env.CROWFLY_TOOLS ?? join(root, "target/tools"));
const read = (name) => readFileSync(join(packageDir, name), "utf8");
const manifest = JSON.parse(read("package.json"));
const load = (name) => import(pathToFileURL(join(packageDir, name)));
/** As a CDN sends it, without the line that names its source map, which bundlers drop. */
const gzip = (...names) => names.reduce((sum, name) => sum + gzipSync(withoutMap(name), { level: 9 }).length, 0);
const withoutMap = (name) => {
  const bytes = readFileSync(join(packageDir, name));
  const at = bytes.lastIndexOf("//# sourceMappingURL=");
  return at < 0 ? bytes : bytes.subarray(0, at);
};

for (const entry of ["index.js", "live.js", "slim.js", "inline.js", "index.cjs", "live.cjs", "slim.cjs", "crowfly.min.js"]) {
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
  else assert.deepEqual(more, ["require"], `${name}: no CommonJS form`);
  for (const condition of [first, ...more]) checkTargets(`${name} ${condition}`, entry[condition]);
}

test("`import` and `require` of an entry give the same names", async (t) => {
  // Installed, with the frameworks beside it.
  const folder = mkdtempSync(join(tmpdir(), "crowfly-names-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const installed = join(folder, "node_modules/crowfly");
  cpSync(packageDir, installed, { recursive: true });
  for (const scope of ["@aws-sdk", "@uppy"]) mkdirSync(join(folder, "node_modules", scope));
  for (const peer of Object.keys(manifest.peerDependencies)) {
    const from = peer.startsWith("@aws-sdk/") ? "node" : `node-${peer.replace(/^@|-js$|\/core$/g, "")}`;
    symlinkSync(join(tools, `${from}/node_modules`, peer), join(folder, "node_modules", peer));
  }
  const load = (name) => import(pathToFileURL(join(installed, name)));
  for (const [name, { import: module, require: common }] of Object.entries(manifest.exports)) {
    if (!module) continue;
    const names = async (file) =>
      Object.keys(await load(file)).filter((each) => !["default", "module.exports", "__esModule"].includes(each)).sort();
    assert.deepEqual(await names(common.default), await names(module.default), name);
    assert.ok((await names(module.default)).length > 0, name);
  }
});

test("source maps hold their sources, under names of no machine", () => {
  const maps = manifest.files.filter((name) => name.endsWith(".map"));
  for (const name of ["start.js", "start-live.js", "spooling.js", "doctor.js", "fallback.js", "testing.js"]) assert.ok(maps.includes(`${name}.map`), name);
  for (const name of maps) {
    const { version, file, sources, sourcesContent, mappings } = JSON.parse(read(name));
    assert.deepEqual([version, `${file}.map`], [3, name]);
    assert.ok(read(file).trimEnd().endsWith(`//# sourceMappingURL=${name}`), file);
    assert.ok(mappings.length > 100 && sources.length > 0, name);
    assert.equal(sourcesContent.length, sources.length, name);
    for (const [index, source] of sources.entries()) {
      assert.match(source, /^crowfly\/src\/[\w.-]+$/);
      assert.ok(sourcesContent[index].length > 10, `${name} lacks ${source}`);
    }
  }
  const mapped = readFileSync(join(packageDir, "testing.js"), "utf8");
  assert.ok(JSON.parse(read("testing.js.map")).sources.length > 5 && mapped.split("\n").length < 9, "testing.js is not one small file");
});

test("no chunk of the package takes a name that an application's entry may have", () => {
  // webpack takes a worker's `name` for that of its chunk.
  assert.doesNotMatch(read("index.js"), /\bname:/);
  assert.ok(!manifest.files.includes("crowfly.js"));
});

test("the manifest is safe and complete", () => {
  assert.equal(manifest.name, "crowfly");
  assert.equal(manifest.type, "module");
  // Importing a web component defines it; bundlers leave out what has no effect.
  assert.deepEqual(manifest.sideEffects, ["./element.js", "./element.cjs", "./recorder.js", "./recorder.cjs"]);
  for (const field of ["description", "license", "author", "homepage", "repository", "bugs", "keywords", "engines", "main", "module", "types"]) {
    assert.ok(manifest[field], `the manifest has no ${field}`);
  }
  for (const field of ["unpkg", "jsdelivr"]) assert.equal(manifest[field], "./crowfly.min.js");
  for (const name of ["CHANGELOG.md", "LICENSE-MIT", "LICENSE-APACHE"]) assert.ok(manifest.files.includes(name), name);
  for (const field of ["scripts", "dependencies", "optionalDependencies", "bin"]) {
    assert.equal(manifest[field], undefined, `the manifest has ${field}`);
  }
  // Frameworks and Uppy, which only the entries named after them import, and the AWS SDK of `server`.
  for (const name of Object.keys(manifest.peerDependencies ?? {})) assert.equal(manifest.peerDependenciesMeta[name]?.optional, true, name);
  for (const [name, entry] of Object.entries(manifest.exports)) {
    checkTargets(name, entry);
  }
});

test("every relative import stays inside the package", () => {
  for (const name of manifest.files.filter((name) => /\.c?js$/.test(name))) {
    for (const [, target] of read(name).matchAll(/(?:from|import\(|require\(|new URL\()\s*["'](\.[^"']+)["']/g)) {
      assert.ok(manifest.files.includes(target.slice(2)), `${name} names ${target}`);
    }
  }
});

test("an entry imports no package but its framework, or the AWS SDK", () => {
  const peers = Object.keys(manifest.peerDependencies ?? {});
  for (const name of manifest.files.filter((name) => /\.c?js$/.test(name))) {
    for (const [, target] of read(name).matchAll(/(?:\bfrom|\bimport|require\()\s*["']([^."'][^"']*)["']/g)) {
      assert.ok(peers.some((peer) => target === peer || target.startsWith(`${peer}/`)), `${name} imports ${target}`);
    }
  }
});

for (const [file, script, data] of [
  ["crowfly_bg.wasm", "start.js", "inline-data.js"],
  ["live-crowfly_bg.wasm", "start-live.js", "live-data.js"],
]) {
  test(`${file} imports nothing but the glue, and its worker needs functions only`, async () => {
    const module = await WebAssembly.compile(readFileSync(join(packageDir, file)));
    const imports = WebAssembly.Module.imports(module);
    assert.deepEqual([...new Set(imports.map(({ module: from, kind }) => `${from} ${kind}`))], ["a function"]);
    const glue = read(script);
    for (const { name } of imports) assert.match(glue, new RegExp(`\\b${name}[:(]`), `the glue has no ${name}`);
    const exported = WebAssembly.Module.exports(module).map(({ name }) => name);
    for (const name of ["memory", "crcOpen", "crcSpace", "crcAdd", "crcClose"]) assert.ok(exported.includes(name), name);
  });

  test(`${data} carries the same module and worker`, async () => {
    const { wasm, worker } = await load(data);
    assert.ok(Buffer.from(wasm, "base64").equals(readFileSync(join(packageDir, file))));
    assert.equal(worker, read("worker.js"));
  });
}

test("live uploads are in the entry crowfly/live alone", () => {
  assert.doesNotMatch(read("start.js"), /uploadLive|spooling\.js/);
  assert.doesNotMatch(readFileSync(join(packageDir, "crowfly_bg.wasm"), "latin1"), /uploadLive|fixDuration/);
  assert.match(readFileSync(join(packageDir, "live-crowfly_bg.wasm"), "latin1"), /uploadLive/);
});

test("the declared error codes are the contract's", () => {
  const listed = JSON.parse(readFileSync(join(root, "contract/tests/golden/error_codes.json"), "utf8")).map(({ code }) => code);
  const types = read("errors.d.ts").replaceAll(/\/\*\*.*?\*\//gs, "");
  const union = types.split("export type UploadErrorCode =")[1].split(";")[0];
  const declared = [...union.matchAll(/"(\w+)"/g)].map(([, code]) => code);
  assert.deepEqual(declared, [...listed, "unknown"]);
});

test("the declarations have no `any`, and nothing names this machine", () => {
  for (const name of manifest.files.filter((name) => /\.d\.c?ts$/.test(name))) {
    assert.doesNotMatch(read(name), /[:<,|] *any\b|\bany\[\]/, name);
  }
  for (const name of manifest.files) {
    const text = readFileSync(join(packageDir, name), "latin1");
    assert.doesNotMatch(text, /\/root\/|\/home\/|\/Users\//, `${name} holds a path of the machine that built it`);
  }
});

test("the declarations are written for the oldest TypeScript", () => {
  for (const name of manifest.files.filter((name) => /\.d\.c?ts$/.test(name))) {
    // Of TypeScript 5.0 and 5.3.
    assert.doesNotMatch(read(name), /export type \*|from "[^"]*\.d\.c?ts"|\bwith \{/, name);
    for (const [, other] of read(name).matchAll(/from "\.\/([\w.-]+)"/g)) {
      const [ending, types] = name.endsWith(".d.cts") ? [".cjs", ".d.cts"] : [".js", ".d.ts"];
      assert.ok(other.endsWith(ending) && manifest.files.includes(other.replace(/\.c?js$/, types)), `${name} names ${other}`);
    }
  }
});

test("what runs at import weighs at most 1 kB, all of it at most 90 kB (gzip)", (t) => {
  const atImport = gzip("index.js", "shared.js");
  const all = gzip("index.js", "shared.js", "start.js", "worker.js", "crowfly_bg.wasm");
  t.diagnostic(`at import ${atImport} bytes, all ${all} bytes`);
  assert.ok(atImport <= 1_000, `${atImport} bytes at import`);
  assert.ok(all <= 90_000, `${all} bytes in all`);
  const live = gzip("live.js", "shared.js", "start-live.js", "worker.js", "live-crowfly_bg.wasm");
  t.diagnostic(`crowfly/live ${live} bytes`);
  assert.ok(live <= 102_000, `${live} bytes with live uploads`);
});
