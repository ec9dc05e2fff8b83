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

/** An application's module, which makes its client itself, and its test, which replaces the package. */
const APPLICATION = `
const { createClient, isUploadError } = require("crowfly");
exports.send = async (file, show) => {
  const client = await createClient({ api: "/api", credentials: "same-origin" });
  try {
    return (await client.upload(file, { onProgress: ({ sent, total }) => show(sent / total) }).done).key;
  } catch (error) {
    return isUploadError(error) ? error.code : "aborted";
  }
};
`;
const MOCKED = `
/** @jest-environment jsdom */
jest.mock("crowfly", () => require("crowfly/testing"));
const { closeClients, openClients } = require("crowfly/testing");
const { send } = require("./app.js");
const file = new File(["hello"], "hello.txt", { type: "text/plain" });
afterEach(closeClients);
beforeEach(() => jest.useFakeTimers());
test("by itself, under fake timers", async () => {
  const show = jest.fn();
  expect(await send(file, show)).toMatch(/hello\\.txt$/);
  expect(show).toHaveBeenLastCalledWith(1);
});
test("as the test says", async () => {
  const show = jest.fn();
  const sent = send(file, show);
  const upload = async () => (await Promise.resolve(), openClients().at(-1).testing.upload("hello.txt"));
  (await upload()).progress(0.4);
  expect(show).toHaveBeenLastCalledWith(0.4);
  (await upload()).fail("too_large", { status: 413 });
  expect(await sent).toBe("too_large");
});
`;

test("p3 jest takes the CommonJS form, under jsdom as it is, and that without a network", async (t) => {
  const files = { "a.test.js": JEST("jsdom"), "app.js": APPLICATION, "b.test.js": MOCKED, "package.json": `{"name":"app"}` };
  const folder = project(t, files);
  symlinkSync(join(tools, "jest-environment-jsdom"), join(folder, "node_modules/jest-environment-jsdom"));
  const jest = join(tools, "jest/bin/jest.js");
  const { code, said } = await new Promise((done) => {
    const options = { cwd: folder, env: { ...process.env, CI: "1" } };
    execFile(process.execPath, [jest, "--rootDir", folder, "--no-cache"], options, (error, out, err) =>
      done({ code: error?.code ?? 0, said: out + err }),
    );
  });
  assert.equal(code, 0, said);
  assert.match(said, /Tests: +3 passed, 3 total/);
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
  // Its own `File`, signal and exception are those of the page.
  const { createTestClient } = await import(pathToFileURL(join(folder, "node_modules/crowfly/testing.js")));
  const controller = new window.AbortController();
  const fake = createTestClient({ auto: false });
  const upload = fake.upload(new window.File(["hello"], "hello.txt"), { signal: controller.signal });
  fake.testing.upload(upload).progress(1);
  assert.equal(upload.progress.sent, 5);
  controller.abort();
  await assert.rejects(upload.done, { name: "AbortError" });
}

test("p3 the default entry starts under jsdom", async (t) => {
  const { JSDOM } = fromTools("jsdom");
  await clientIn(t, new JSDOM("", { url: "http://localhost:3000/" }).window);
});

test("p3 the default entry starts under happy-dom", async (t) => {
  const { Window } = await import(pathToFileURL(fromTools.resolve("happy-dom")));
  await clientIn(t, new Window({ url: "http://localhost:3000/" }));
});
