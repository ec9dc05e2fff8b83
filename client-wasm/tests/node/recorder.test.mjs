// The recorder's parts that need no page, from this tree; and its entry on a server.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "../../..");
const source = join(root, "client-wasm/recorder");
const packageDir = resolve(process.env.CROWFLY_PACKAGE_DIR ?? join(root, "target/npm/package"));
const load = (name) => import(pathToFileURL(join(source, name)));
const { KINDS, fileName, kindsOf, lacking, refusal } = await load("capture.js");
const { ENGLISH, clock, named } = await load("words.js");
const { errors, texts, warnings } = await load("rare.js");
const { messages: korean } = await load("ko.js");
const english = { ...ENGLISH, ...texts };

test("an attribute says what can be chosen, and in which order", () => {
  assert.deepEqual(kindsOf(""), ["camera", "microphone"]);
  assert.deepEqual(kindsOf(" screen  camera screen "), ["screen", "camera"]);
  assert.deepEqual(kindsOf("television"), ["camera", "microphone"]);
});

test("a file is named by its source, its time and its type, and by nothing that a file system refuses", () => {
  const date = new Date(2026, 10, 3, 4, 5, 9);
  assert.equal(fileName("camera", "video/webm;codecs=vp9,opus", date), "camera 2026-11-03 04.05.09.webm");
  assert.equal(fileName("microphone", "audio/mp4", date), "microphone 2026-11-03 04.05.09.m4a");
  assert.equal(fileName("screen", "video/mp4", date), "screen 2026-11-03 04.05.09.mp4");
});

test("each way in which a browser refuses has a sentence of the next step, for each source, in both languages", () => {
  const names = ["NotAllowedError", "SecurityError", "NotFoundError", "OverconstrainedError", "NotReadableError", "AbortError", "NotSupportedError"];
  for (const name of names) {
    for (const kind of KINDS) {
      const text = named(refusal(new DOMException("", name)), kind);
      for (const words of [english, korean]) assert.match(words[text], /[.]$/, text);
    }
  }
  assert.equal(refusal(new TypeError("no")), undefined);
  assert.equal(refusal(undefined), undefined);
  for (const kind of KINDS) for (const text of ["asking", "lost"]) assert.ok(named(text, kind) in english && named(text, kind) in korean);
});

test("what a browser lacks is said before it is asked", (t) => {
  const before = new Map(["isSecureContext", "navigator", "MediaRecorder"].map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)]));
  t.after(() => before.forEach((own, name) => (own ? Object.defineProperty(globalThis, name, own) : delete globalThis[name])));
  const world = (isSecureContext, mediaDevices, MediaRecorder) => {
    for (const [name, value] of Object.entries({ isSecureContext, navigator: { mediaDevices }, MediaRecorder })) {
      Object.defineProperty(globalThis, name, { configurable: true, value });
    }
    return KINDS.map(lacking);
  };
  const [getUserMedia, getDisplayMedia] = [() => {}, () => {}];
  class Recorder {}
  assert.deepEqual(world(true, { getUserMedia, getDisplayMedia }, Recorder), [undefined, undefined, undefined]);
  assert.deepEqual(world(false, undefined, Recorder), ["insecure", "insecure", "insecure"]);
  assert.deepEqual(world(true, { getUserMedia }, undefined), ["noRecorder", "noRecorder", "noRecorder"]);
  assert.deepEqual(world(true, { getUserMedia }, Recorder), [undefined, undefined, "noScreen"]);
  assert.deepEqual(world(true, { getDisplayMedia }, Recorder), ["noDevices", "noDevices", undefined]);
});

test("times are those of a recorder", () => {
  assert.deepEqual([-5, 0, 7_999, 760_000, 3_723_000].map(clock), ["0:00", "0:00", "0:07", "12:40", "1:02:03"]);
});

test("Korean has every text of English, with the same values in it", () => {
  const values = (text) => [...new Set(JSON.stringify(text).match(/\{\w+\}/g) ?? [])].sort();
  for (const [name, text] of Object.entries(english)) {
    assert.ok(name in korean, `${name} is missing`);
    assert.deepEqual(values(korean[name]), values(text), name);
  }
  const known = [...Object.keys(english), "errors", "warnings"];
  assert.deepEqual(Object.keys(korean).filter((name) => !known.includes(name)), []);
  assert.deepEqual(Object.keys(korean.errors).sort(), Object.keys(errors).sort());
  assert.deepEqual(Object.keys(korean.warnings).sort(), Object.keys(warnings).sort());
});

for (const entry of ["recorder.js", "recorder.cjs"]) {
  test(`${entry} is loaded by a server, and defines nothing there`, async () => {
    const { CrowflyRecorder } = await import(pathToFileURL(join(packageDir, entry)));
    assert.equal(typeof CrowflyRecorder, "function");
    assert.equal(globalThis.customElements, undefined);
  });
}

test("the recorder parses no HTML and has no style of elements, and its files are few lines", () => {
  for (const name of readdirSync(source)) {
    const text = readFileSync(join(source, name), "utf8");
    assert.doesNotMatch(text, /innerHTML|outerHTML|insertAdjacentHTML|setAttribute\("style"|document\.write|\beval\(/, name);
    if (name.endsWith(".js")) assert.ok(text.split("\n").length <= 300, `${name} is long`);
  }
});
