// Drop zones: what is read of a gesture, and what their element hears.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "../../..");
const packageDir = resolve(process.env.CROWFLY_PACKAGE_DIR ?? join(root, "target/npm/package"));
const tools = resolve(process.env.CROWFLY_NODE_MODULES ?? join(root, "target/tools/node/node_modules"));
const load = (name) => import(pathToFileURL(join(packageDir, name)));
const { read } = await load("picked.js");
const { dropzone, inputProps } = await load("adapter.js");
await load("zone.js");
const { JSDOM } = createRequire(join(tools, "x.js"))("jsdom");

const file = (name, { type = "", size = 1 } = {}) => new File([new Uint8Array(size)], name, { type });
const source = (name, options) => ({ file: file(name, options) });

/** A file's entry, as browsers give it for what is dropped. */
const fileEntry = (name) => ({
  isFile: true,
  name,
  file(resolve, reject) {
    assert.equal(this.name, name, "called without its entry");
    if (name === "gone.txt") reject(new DOMException("", "NotFoundError"));
    else resolve(file(name));
  },
});

/** A folder's entry, whose reader gives a hundred entries at a time, as Chromium's. */
function folder(name, children) {
  const entries = children.map((child) => (typeof child === "string" ? fileEntry(child) : child));
  const createReader = () => {
    const left = [...entries];
    return { readEntries: (resolve) => setTimeout(() => resolve(left.splice(0, 100))) };
  };
  return { isDirectory: true, name, createReader };
}

const dropped = (entry) => ({ file: null, entry, handle: Promise.resolve({ kind: "directory" }) });

async function outcome(sources, options = {}) {
  const { files, rejected } = await read(sources, options);
  return [files.map(({ path }) => path), rejected.map(({ code, path }) => `${code} ${path}`)];
}

test("a folder is walked to its end, with the paths of its files", async () => {
  const many = Array.from({ length: 250 }, (_, at) => `${at}.jpg`);
  const [paths, rejected] = await outcome([dropped(folder("trip", [folder("day 1", many), "a.txt"])), source("b.txt")]);
  assert.deepEqual(paths, [...many.map((name) => `trip/day 1/${name}`), "trip/a.txt", "b.txt"]);
  assert.deepEqual(rejected, []);
});

test("what systems leave in folders is left out and said, and so is a folder with nothing else", async () => {
  const mac = folder("mac", [".DS_Store", "a.txt", "._a.txt", folder("__MACOSX", ["x"])]);
  assert.deepEqual(await outcome([dropped(mac)]), [
    ["mac/a.txt"],
    ["system_file mac/__MACOSX", "system_file mac/.DS_Store", "system_file mac/._a.txt"],
  ]);
  const windows = folder("windows", ["Thumbs.db"]);
  assert.deepEqual(await outcome([dropped(windows), dropped(folder("empty", []))]), [
    [],
    ["empty_folder windows", "empty_folder empty", "system_file windows/Thumbs.db"],
  ]);
  assert.deepEqual(await outcome([source("desktop.ini"), source("a.txt")]), [["a.txt"], ["system_file desktop.ini"]]);
  assert.deepEqual(await outcome([source("desktop.ini")]), [["desktop.ini"], []], "it was chosen by itself");
});

test("what cannot be read is said", async () => {
  const denied = { ...folder("denied", []), createReader: () => ({ readEntries: (_, reject) => reject(new Error("no")) }) };
  assert.deepEqual(await outcome([dropped(folder("trip", ["gone.txt"])), dropped(denied), { file: null }]), [
    [],
    ["unreadable trip/gone.txt", "unreadable denied", "unreadable "],
  ]);
});

test("limits are told before anything is sent", async () => {
  const accept = " image/*, .PDF,application/zip";
  const names = [
    source("a.jpg", { type: "image/jpeg" }),
    source("b.txt", { type: "text/plain" }),
    source("c.pdf"),
    source("d.bin", { type: "application/zip" }),
    source("e.png", { type: "image/png", size: 11 }),
    source("f.png", { type: "image/png" }),
    source("imagejpeg"),
  ];
  assert.deepEqual(await outcome(names, { accept, maxBytes: 10, maxFiles: 3 }), [
    ["a.jpg", "c.pdf", "d.bin"],
    ["type_not_accepted b.txt", "too_large e.png", "too_many f.png", "type_not_accepted imagejpeg"],
  ]);
  assert.deepEqual(await outcome([source("a"), source("b")], { multiple: false }), [["a"], ["too_many b"]]);
  for (const all of ["", "*/*", undefined]) assert.deepEqual((await outcome([source("a")], { accept: all }))[1], []);
});

test("handles are kept, and control characters of paths are not", async () => {
  const handle = { kind: "file", name: "a.txt" };
  const { files } = await read([{ file: file("a\n.txt"), handle: Promise.resolve(handle) }], {});
  assert.deepEqual([files[0].handle, files[0].path], [handle, "a.txt"]);
  const { files: plain } = await read([source("a.txt"), { file: file("b"), handle: Promise.resolve(undefined) }], {});
  assert.ok(plain.every((picked) => !("handle" in picked)));
});

/** A zone at an element of a page, with what it was given. */
async function zoneOf(t, options = {}) {
  const { window } = new JSDOM(`<main><div id="zone" tabindex="0"><p>Drop</p><button>Other</button><input type="file"></div></main>`);
  const { document, Event } = window;
  const element = document.getElementById("zone");
  // As a test environment has it: jsdom takes no other.
  Object.assign(globalThis, { AbortController: window.AbortController });
  const zone = dropzone();
  const given = [];
  const set = (more) => (zone.options = { onFiles: (...all) => given.push(...all.flat().map(({ path }) => path)), ...options, ...more });
  set();
  let dialogs = 0;
  const input = element.querySelector("input");
  input.click = () => (dialogs += 1);
  zone.attach(element);
  await new Promise((done) => setTimeout(done));
  t.after(() => window.close());
  const fire = async (target, type, more = {}) => {
    const event = new Event(type, { bubbles: true, cancelable: true });
    for (const [name, value] of Object.entries(more)) Object.defineProperty(event, name, { value });
    target.dispatchEvent(event);
    await new Promise((done) => setTimeout(done, 5));
    return event;
  };
  const files = (...names) => ({ types: ["Files"], items: [], files: names.map((name) => file(name)), dropEffect: "none" });
  return { document, element, input, zone, given, set, fire, files, dialogs: () => dialogs };
}

test("a drag over children does not flicker, and ends when it leaves", async (t) => {
  const { document, element, zone, fire, files } = await zoneOf(t);
  const child = element.querySelector("p");
  const seen = [];
  const end = zone.subscribe(() => seen.push(zone.get().isDragging));
  const over = await fire(element, "dragenter", { dataTransfer: files("a.txt") });
  assert.equal(over.defaultPrevented, true);
  await fire(child, "dragenter", { dataTransfer: files("a.txt"), relatedTarget: element });
  await fire(element, "dragleave", { relatedTarget: child });
  await fire(child, "dragover", { dataTransfer: files("a.txt") });
  // The child goes away under the pointer: nothing says that it was left.
  child.remove();
  await fire(element, "dragover", { dataTransfer: files("a.txt") });
  assert.deepEqual(seen, [true]);
  await fire(element, "dragleave", { relatedTarget: document.body });
  assert.deepEqual(seen, [true, false]);
  end();
});

test("files are taken, text is left alone", async (t) => {
  const left = [];
  const onReject = (rejected) => left.push(...rejected.map(({ path }) => path));
  const { element, zone, given, fire, files } = await zoneOf(t, { maxFiles: 1, onReject });
  const text = { types: ["text/plain"], items: [{ kind: "string" }], files: [] };
  for (const type of ["dragenter", "dragover", "drop"]) {
    assert.equal((await fire(element, type, { dataTransfer: text })).defaultPrevented, false);
  }
  assert.equal(zone.get().isDragging, false);
  await fire(element, "dragover", { dataTransfer: files("a.txt") });
  const event = await fire(element, "drop", { dataTransfer: files("a.txt", "b.txt") });
  assert.equal(event.defaultPrevented, true);
  assert.deepEqual(given, ["a.txt"]);
  assert.equal(zone.get().isDragging, false);
  assert.deepEqual(zone.get().rejected.map(({ code }) => code), ["too_many"]);
  await fire(element, "drop", { dataTransfer: files("c.txt") });
  assert.deepEqual(zone.get().rejected, [], "those of an earlier gesture");
  assert.deepEqual(left, ["b.txt"]);
});

test("while it is disabled nothing is taken, and the page is not left for a dropped file", async (t) => {
  const { element, zone, given, fire, files, dialogs } = await zoneOf(t, { disabled: true, paste: true });
  const data = files("a.txt");
  await fire(element, "dragover", { dataTransfer: data });
  assert.equal(data.dropEffect, "none");
  assert.equal((await fire(element, "drop", { dataTransfer: data })).defaultPrevented, true);
  await fire(element, "paste", { clipboardData: data });
  await fire(element, "click");
  zone.open();
  assert.deepEqual([given, zone.get().isDragging, dialogs()], [[], false, 0]);
});

test("the inner one of two zones takes what is dropped", async (t) => {
  const { element, given, fire, files } = await zoneOf(t);
  const outer = dropzone();
  outer.options = { onFiles: () => given.push("outer") };
  outer.attach(element.parentElement);
  await new Promise((done) => setTimeout(done));
  await fire(element, "drop", { dataTransfer: files("a.txt") });
  assert.deepEqual(given, ["a.txt"]);
  await fire(element.parentElement, "drop", { dataTransfer: files("b.txt") });
  assert.deepEqual(given, ["a.txt", "outer"]);
});

test("pasted files are taken if that is wanted, other than into a text field", async (t) => {
  const { document, given, set, fire, files } = await zoneOf(t);
  await fire(document.body, "paste", { clipboardData: files("a.txt") });
  set({ paste: true });
  const field = document.body.appendChild(document.createElement("textarea"));
  await fire(field, "paste", { clipboardData: files("b.txt") });
  assert.deepEqual(given, []);
  await fire(document.body, "paste", { clipboardData: files("c.txt") });
  assert.deepEqual(given, ["c.txt"]);
});

test("it is a button: by click, Enter and Space, but not for the buttons inside of it", async (t) => {
  const { element, input, zone, fire, dialogs } = await zoneOf(t);
  assert.equal((await fire(element.querySelector("p"), "click")).defaultPrevented, true);
  assert.equal(dialogs(), 1);
  for (const key of ["Enter", " "]) assert.equal((await fire(element, "keydown", { key })).defaultPrevented, true);
  assert.equal(dialogs(), 3);
  await fire(element, "keydown", { key: "a" });
  const button = element.querySelector("button");
  await fire(button, "click");
  await fire(button, "keydown", { key: "Enter" });
  await fire(input, "click");
  assert.equal(dialogs(), 3);
  zone.open(true);
  assert.equal(input.webkitdirectory, true);
  // As a click handler it is given an event.
  zone.open({ type: "click" });
  assert.equal(input.webkitdirectory, false);
  assert.equal(dialogs(), 5);
});

test("the same file can be picked twice in a row", async (t) => {
  const { element, input, given, fire } = await zoneOf(t);
  const values = [];
  Object.defineProperty(input, "value", { set: (value) => values.push(value) });
  Object.defineProperty(input, "files", { value: [file("a.txt")] });
  await fire(input, "change");
  await fire(input, "change");
  await fire(element.querySelector("button"), "change");
  assert.deepEqual([given, values], [["a.txt", "a.txt"], ["", ""]]);
});

test("a zone that is attached twice listens once, and not after it is detached", async (t) => {
  const { element, zone, given, fire, files, dialogs } = await zoneOf(t);
  zone.attach(null);
  zone.attach(element);
  zone.attach(element);
  await new Promise((done) => setTimeout(done));
  await fire(element, "drop", { dataTransfer: files("a.txt") });
  assert.deepEqual(given, ["a.txt"]);
  zone.attach(null);
  await fire(element, "drop", { dataTransfer: files("b.txt") });
  zone.open();
  assert.deepEqual([given, dialogs()], [["a.txt"], 0]);
});

test("attributes say what is set", () => {
  const zone = dropzone();
  assert.equal(zone.props({ disabled: true })["aria-disabled"], true);
  const { multiple, accept, webkitdirectory } = inputProps({});
  assert.deepEqual([multiple, accept, webkitdirectory], [true, undefined, undefined]);
  assert.equal(inputProps({ directory: true }).webkitdirectory, "");
});
