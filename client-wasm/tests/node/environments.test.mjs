// The package in the environments in which applications test their own code: Jest with CommonJS, jsdom and happy-dom.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "../../..");
const packageDir = resolve(process.env.CROWFLY_PACKAGE_DIR ?? join(root, "target/npm/package"));
const tools = resolve(process.env.CROWFLY_NODE_MODULES ?? join(root, "target/tools/node/node_modules"));
const fromTools = createRequire(join(tools, "x.js"));

/** A project that has installed the package. */
function project(t, files) {
  const folder = mkdtempSync(join(tmpdir(), "crowfly-"));
  t.after(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, "node_modules"));
  cpSync(packageDir, join(folder, "node_modules/crowfly"), { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

const JEST = (environment) => `
/** @jest-environment ${environment} */
const { createClient, isUploadError } = require("crowfly");
const functions = ["create", "sign", "parts", "complete", "abort"];
const signer = Object.fromEntries(functions.map((name) => [name, async () => {}]));
test("a client is made, and says what is wrong", async () => {
  const warnings = [];
  const client = await createClient({ signer, resume: false, onWarning: ({ code }) => warnings.push(code) });
  expect(client.snapshot().uploads).toEqual([]);
  const error = await createClient({}).catch((error) => error);
  expect(isUploadError(error)).toBe(true);
  expect(error.code).toBe("invalid_option");
  client.close();
});
`;

test("p3 jest takes the CommonJS form, under jsdom as it is", async (t) => {
  const folder = project(t, { "a.test.js": JEST("jsdom"), "package.json": `{"name":"app"}` });
  symlinkSync(join(tools, "jest-environment-jsdom"), join(folder, "node_modules/jest-environment-jsdom"));
  const jest = join(tools, "jest/bin/jest.js");
  const { code, said } = await new Promise((done) => {
    const options = { cwd: folder, env: { ...process.env, CI: "1" } };
    execFile(process.execPath, [jest, "--rootDir", folder, "--no-cache"], options, (error, out, err) =>
      done({ code: error?.code ?? 0, said: out + err }),
    );
  });
  assert.equal(code, 0, said);
  assert.match(said, /1 passed/);
});

/** Makes a client of the default entry while the globals of a test environment are set, as Vitest sets them. */
async function clientIn(t, window) {
  const names = ["window", "document", "location", "XMLHttpRequest", "Blob", "File", "Event", "EventTarget", "AbortController", "AbortSignal"];
  const before = names.map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)]);
  for (const name of names) {
    const value = name === "window" ? window : window[name];
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  }
  t.after(() => {
    for (const [name, old] of before) {
      if (old) Object.defineProperty(globalThis, name, old);
      else delete globalThis[name];
    }
  });
  const folder = project(t, {});
  const { createClient } = await import(pathToFileURL(join(folder, "node_modules/crowfly/index.js")));
  const functions = ["create", "sign", "parts", "complete", "abort"];
  const signer = Object.fromEntries(functions.map((name) => [name, async () => {}]));
  const warnings = [];
  const client = await createClient({ signer, resume: false, onWarning: ({ code }) => warnings.push(code) });
  assert.deepEqual(client.snapshot().uploads, []);
  client.close();
  assert.deepEqual(warnings, ["inlined"]);
}

test("p3 the default entry starts under jsdom", async (t) => {
  const { JSDOM } = fromTools("jsdom");
  await clientIn(t, new JSDOM("", { url: "http://localhost:3000/" }).window);
});

test("p3 the default entry starts under happy-dom", async (t) => {
  const { Window } = await import(pathToFileURL(fromTools.resolve("happy-dom")));
  await clientIn(t, new Window({ url: "http://localhost:3000/" }));
});
