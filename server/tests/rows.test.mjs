// Which rows of the project's lists of abuses and faults a server without a table can have, each with the tests named after it.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { dirname } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const ROWS = {
  a20: "no JSON, another content type, a byte order mark, deep nesting, a large body",
  a21: "unknown fields",
  a22: "sizes",
  a23: "names that are empty or too long",
  a24: "names that are paths",
  a25: "control characters, surrogates, noncharacters, marks that hide",
  a26: "twins of Unicode",
  a27: "names that one system minds",
  a28: "types that a browser runs",
  a29: "texts that are no type",
  a31: "metadata",
  a32: "checksums",
  a33: "part numbers and batches",
  a34: "an id that is used for another file",
  a36: "more requests than allowed, by the application's own count",
  a37: "quotas, by the application's own count",
  a40: "a changed URL",
  a41: "a URL with another method",
  a42: "a body that is longer or shorter",
  a43: "a body of unknown length",
  a44: "another content type than was signed",
  a45: "headers that were not signed",
  a46: "headers that were signed and are missing",
  a47: "a URL twice",
  a48: "a URL after its time",
  a49: "bytes with another checksum",
  a53: "secrets in errors and refusals",
  a60: "another user's upload",
  a62: "another tool's multipart upload",
  a63: "another key",
  a66: "parts that are missing, too many or of another size",
  a67: "a total that was not declared",
  a68: "fifty completions at once",
  a69: "other methods and paths",
  a70: "other ids",
  a80: "CORS",
  a81: "requests of other sites with the user's cookies",
  a84: "names in headers",
  a91: "names in logs",
  h2: "a content encoding that nobody signed",
  h9: "functions that throw anything",
  h12: "an object with a name twice",
};
/** Of no meaning here: there are no records, cursors, lists or idempotency keys, and storage's own policies are the application's. */
const WITHOUT = ["a30", "a35", "a38", "a50", "a51", "a52", "a61", "a64", "a65"];

const folder = dirname(fileURLToPath(import.meta.url));
const names = readdirSync(folder)
  .filter((name) => name.endsWith(".mjs"))
  .flatMap((name) => [...readFileSync(`${folder}/${name}`, "utf8").matchAll(/^test\(["`]((?:[ah]\d+ )+)/gm)].map(([, rows]) => rows.trim().split(" ")))
  .flat();

for (const [row, what] of Object.entries(ROWS)) {
  test(`a test is named after ${row}: ${what}`, () => assert.ok(names.includes(row)));
}

test("no test is named after a row that is not in the table", () => {
  assert.deepEqual(names.filter((row) => !ROWS[row]), []);
  assert.deepEqual(WITHOUT.filter((row) => ROWS[row]), []);
});
