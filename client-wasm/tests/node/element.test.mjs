// The web component's parts that need no page, from this tree; and its entry on a server.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "../../..");
const source = join(root, "client-wasm/element");
const packageDir = resolve(process.env.CROWFLY_PACKAGE_DIR ?? join(root, "target/npm/package"));
const load = (name) => import(pathToFileURL(join(source, name)));
const { bytes, duration, language, percent, rate } = await load("format.js");
const { MOST_ROWS, news, seenRows, sum } = await load("sums.js");
const { ENGLISH, Words } = await load("words.js");
const { errors, texts, warnings } = await load("rare.js");
const { messages: korean } = await load("ko.js");
const { read } = await import(pathToFileURL(join(root, "client-wasm/npm/picked.js")));
/** Spaces that no line breaks at, as plain ones. */
const plain = (text) => text.replaceAll(/[\u00a0\u202f]/g, " ");

test("sizes, rates, parts and times are those of the language", () => {
  const cases = [
    [bytes("en", 0), "0 bytes"],
    [bytes("en", 1), "1 byte"],
    [bytes("en", 999), "999 bytes"],
    [bytes("en", 1000), "1 kB"],
    [bytes("en", 999_960), "1 MB"],
    [bytes("en", 1_540_000), "1.5 MB"],
    [bytes("en", 412e6), "412 MB"],
    [bytes("en", 5e12), "5 TB"],
    [bytes("en", 5e16), "50,000 TB"],
    [bytes("de", 1_540_000), "1,5 MB"],
    [rate("en", 120), "0.1 kB/s"],
    [rate("en", 8.44e6), "8.4 MB/s"],
    [percent("en", 0.999), "99%"],
    [percent("en", 1), "100%"],
    [duration("en", 1), "1 sec"],
    [duration("en", 9_100), "10 sec"],
    [duration("en", 31_000), "35 sec"],
    [duration("en", 61_000), "2 min"],
    [duration("en", 5_400_000), "1.5 hr"],
    [duration("ko", 61_000), "2분"],
  ];
  for (const [said, wanted] of cases) assert.equal(plain(said), wanted);
  assert.equal(bytes("en", 1_540_000), "1.5\u00a0MB", "a number and its unit stay in one line");
  assert.equal(language("pt-br"), "pt-BR");
  assert.equal(language("no language"), "en");
});

const item = (state, size = 100, sent = 0, bytesPerSecond = 0) => ({ state, size, seen: { progress: { sent, bytesPerSecond } } });

test("sums leave out what failed or was cancelled, and tell the time left", () => {
  const items = [item("stored", 100, 100), item("uploading", 300, 100, 20), item("paused", 100, 50), item("failed", 999, 5), item("aborted", 999, 5)];
  const { files, active, paused, stored, failed, aborted, sent, total, etaMs } = sum(items);
  assert.deepEqual({ files, active, paused, stored, failed, aborted, sent, total }, { files: 5, active: 2, paused: 1, stored: 1, failed: 1, aborted: 1, sent: 250, total: 500 });
  assert.equal(etaMs, 12_500);
  assert.equal(sum([]).etaMs, undefined);
});

test("no window of a long list is empty, leaves a gap, or has too many rows", () => {
  for (const count of [41, 100, 1_000, 100_000]) {
    for (const height of [0, 50, 500, 5_000, 1e9]) {
      for (const row of [40, 72, 200]) {
        for (const top of [0, 1, 71, 72, 5_000, count * row - height, count * row + 500]) {
          const [first, end] = seenRows(count, row, Math.max(0, top), height);
          assert.ok(first >= 0 && end <= count && end > first, `${[count, height, row, top]}: ${[first, end]}`);
          assert.ok(end - first <= MOST_ROWS, `${end - first} rows`);
          const shown = Math.max(0, Math.min(top, count * row - height));
          // What is seen is covered, as long as that is no more than the most rows.
          if (height > 0 && Math.ceil(height / row) + 1 < MOST_ROWS) {
            assert.ok(first * row <= shown && end * row >= Math.min(count * row, shown + height), `${[count, height, row, top]}: ${[first, end]}`);
          }
        }
      }
    }
  }
});

test("an announcement sums up what has changed, and is silent about what has not", () => {
  const at = (...states) => sum(states.map((state) => item(state)));
  assert.deepEqual(news(at(), at()), []);
  assert.deepEqual(news(at(), at("queued", "queued")), [["saidAdded", 2]]);
  assert.deepEqual(news(at("queued", "queued"), at("uploading", "uploading")), []);
  assert.deepEqual(news(at("uploading", "queued"), at("stored", "uploading")), [["saidStored", 1], ["saidLeft", 1]]);
  assert.deepEqual(news(at("uploading", "uploading"), at("stored", "failed")), [["saidStored", 1], ["saidFailed", 1]]);
  assert.deepEqual(news(at("stored", "uploading"), at("stored", "stored")), [["saidAll", 2]]);
  assert.deepEqual(news(at("uploading"), at("waiting")), [["saidWaiting", 1], ["saidLeft", 1]]);
  assert.deepEqual(news(at("stored", "stored"), at("stored")), []);
});

test("texts are filled in, in the plural of their language, and the page's come first", () => {
  const words = new Words("en", ENGLISH, { ...texts, errors, warnings }, {}, { browse: "Pick", errors: { network: "No net." } });
  assert.equal(words.text("browse"), "Pick");
  assert.equal(words.text("refused", { n: 1 }), "1 file was left out");
  assert.equal(words.text("refused", { n: 1234 }), "1,234 files were left out");
  assert.equal(words.text("too_large", { name: "{size}.bin", size: "1 MB" }), "{size}.bin is larger than 1 MB. Choose a smaller file.");
  assert.deepEqual([words.errors.network, words.errors.stalled], ["No net.", errors.stalled]);
  const arabic = new Words("ar-EG", ENGLISH, {}, {}, { saidAdded: { one: "ملف", two: "ملفان", few: "{n} ملفات", other: "{n} ملف" } });
  assert.deepEqual([1, 2].map((n) => arabic.text("saidAdded", { n })), ["ملف", "ملفان"]);
  assert.match(arabic.text("saidAdded", { n: 5 }), /ملفات$/);
});

test("every error code has a sentence of the next step, in both languages", () => {
  const declared = readFileSync(join(root, "client-wasm/npm/errors.d.ts"), "utf8");
  const codes = [...declared.slice(declared.indexOf("type UploadErrorCode")).matchAll(/^ {2}\| "(\w+)"/gm)].map(([, code]) => code);
  assert.ok(codes.length > 50, `${codes.length} codes`);
  for (const sentences of [errors, korean.errors]) {
    assert.deepEqual(Object.keys(sentences).sort(), [...codes].sort());
    for (const [code, sentence] of Object.entries(sentences)) {
      assert.match(sentence, /[.]$/, code);
      // Words for people: no code, no name of a thing that only developers know.
      assert.doesNotMatch(sentence, /`|_|request id|JSON|HTTP|ULID|token|CORS|checksum/i, code);
    }
  }
});

test("Korean has every text of English, with the same values in it", () => {
  const english = { ...ENGLISH, ...texts };
  const values = (text) => [...new Set(JSON.stringify(text).match(/\{\w+\}/g) ?? [])].sort();
  // The same in every language.
  const shared = ["named"];
  for (const [name, text] of Object.entries(english)) {
    if (shared.includes(name)) continue;
    assert.ok(name in korean, `${name} is missing`);
    for (const value of values(korean[name])) assert.ok(values(text).includes(value), `${name}: ${value}`);
  }
  const known = [...Object.keys(english), "errors", "warnings"];
  assert.deepEqual(Object.keys(korean).filter((name) => !known.includes(name)), []);
});

test("limits of one file and of all are told apart", async () => {
  const file = (name, size) => Object.defineProperty(new File([], name), "size", { value: size });
  const sources = [["a", 5], ["b", 50], ["c", 500], ["d", 60], ["e", 10]].map(([name, size]) => ({ file: file(name, size) }));
  const { files, rejected } = await read(sources, { minBytes: 10, maxBytes: 100, maxTotalBytes: 100 });
  assert.deepEqual(files.map(({ path }) => path), ["b", "e"]);
  assert.deepEqual(rejected.map(({ code, path }) => [path, code]), [["a", "too_small"], ["c", "too_large"], ["d", "too_large_in_all"]]);
});

for (const entry of ["element.js", "element.cjs"]) {
  test(`${entry} is loaded by a server, and defines nothing there`, async () => {
    const { CrowflyUpload } = await import(pathToFileURL(join(packageDir, entry)));
    assert.equal(typeof CrowflyUpload, "function");
    assert.equal(globalThis.customElements, undefined);
  });
}

test("the component parses no HTML and has no style of elements, and its files are few lines", () => {
  for (const name of readdirSync(source)) {
    const text = readFileSync(join(source, name), "utf8");
    assert.doesNotMatch(text, /innerHTML|outerHTML|insertAdjacentHTML|setAttribute\("style"|document\.write|\beval\(/, name);
    if (name.endsWith(".js")) assert.ok(text.split("\n").length <= 300, `${name} is long`);
  }
});
