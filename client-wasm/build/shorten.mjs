// Shortens the names between module and glue to one or two letters.
//
//   node shorten.mjs <crowfly_bg.wasm> <crowfly.js>
//
// Edits both files in place. The tests of the package and of the bundlers run on the result.
//
// wasm-bindgen names every import with a hash of 16 digits, which does not compress, in both files.
// The names that `worker.js` uses are kept.

import { readFileSync, writeFileSync } from "node:fs";
import { assemble, number, Reader, sections, sized, valid } from "./binary.mjs";

const KEEP = /^(?:memory|crc[A-Z]\w*)$/;
const GLUE = "./crowfly_bg.js";
const LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
const [IMPORTS, EXPORTS] = [2, 7];

const name = (word) => sized(Buffer.from(word));

/** Names in sequence: a to Z, then aa and so on. */
class Names {
  constructor() {
    this.short = new Map();
  }

  of(long) {
    if (KEEP.test(long)) return long;
    const place = this.short.size;
    if (!this.short.has(long)) {
      const first = Math.floor(place / LETTERS.length);
      const lead = first > 0 ? LETTERS[first - 1] : "";
      this.short.set(long, lead + LETTERS[place % LETTERS.length]);
    }
    return this.short.get(long);
  }
}

function imports(reader, names) {
  const count = reader.number();
  const out = [number(count)];
  for (let index = 0; index < count; index += 1) {
    const [from, field, kind] = [reader.name(), reader.name(), reader.take(1)];
    if (from !== GLUE || kind[0] !== 0) throw new Error(`an import that is not the glue's: ${from} ${field}`);
    out.push(name("a"), name(names.of(field)), kind, number(reader.number()));
  }
  return Buffer.concat(out);
}

function exports(reader, names) {
  const count = reader.number();
  const out = [number(count)];
  for (let index = 0; index < count; index += 1) {
    out.push(name(names.of(reader.name())), reader.take(1), number(reader.number()));
  }
  return Buffer.concat(out);
}

/** Module and glue with the short names. */
async function shorten(wasm, glue) {
  const names = new Names();
  const edits = { [IMPORTS]: imports, [EXPORTS]: exports };
  const edited = sections(wasm).map(([id, body]) => [id, edits[id]?.(new Reader(body), names) ?? body]);
  for (const [long, short] of names.short) {
    // Keys of the import object and properties of the exports; whole words only.
    const uses = new RegExp(`(?<![\\w$])${long}(?=\\s*:)|(?<=\\.)${long}(?![\\w$])`, "g");
    glue = glue.replace(uses, short);
  }
  glue = glue.replaceAll(`"${GLUE}"`, '"a"');
  // Handles are freed when they are collected; their types offer nothing else.
  // https://wasm-bindgen.github.io/wasm-bindgen/reference/weak-references.html
  glue = glue.replace(/^ {4}(?:__destroy_into_raw|free)\(\) \{\n(?: {8}.*\n)* {4}\}\n/gm, "");
  glue = glue.replace(/^if \(Symbol\.dispose\) .*\n/gm, "");
  // Every browser with private methods, which the package's scripts have, has it.
  // https://developer.mozilla.org/docs/Web/JavaScript/Reference/Global_Objects/FinalizationRegistry
  glue = glue.replace(/\(typeof FinalizationRegistry === 'undefined'\)\s*\? \{.*\}\s*: new/g, "new");
  // All callers pass `realloc`.
  glue = glue.replace(/^ {4}if \(realloc === undefined\) \{\n[^]*?\n {4}\}\n/m, "");
  // Whatever has happened to a view's buffer, that of the memory is another one then.
  glue = glue.replace(/if \((cached\w+Memory0) === null \|\| .*\) \{/g, "if ($1?.buffer !== wasm.memory.buffer) {");
  // All names of the import object are its own.
  glue = glue.replace(/^ *__proto__: null,\n/gm, "");
  // One wrapper for all imports that may throw.
  glue = glue.replace(/function\(\) \{ return handleError\(function \(/g, "handleError(function (");
  glue = glue.replace(/\}, arguments\); \},$/gm, "}),");
  glue = glue.replace(/function handleError\(f, args\) \{[^]*?\n\}\n/, (whole) => {
    const store = /wasm\.\w+\(addHeapObject\(e\)\)/.exec(whole)?.[0];
    if (!store) throw new Error("the glue's handleError is another");
    return `function handleError(f) {\n  return (...args) => {\n    try { return f(...args); } catch (e) { ${store}; }\n  };\n}\n`;
  });
  console.log(`${names.short.size} names between module and glue are short now`);
  return { wasm: await valid(assemble(wasm, edited)), glue };
}

const [wasmFile, glueFile] = process.argv.slice(2);
const { wasm, glue } = await shorten(readFileSync(wasmFile), readFileSync(glueFile, "utf8"));
writeFileSync(wasmFile, wasm);
writeFileSync(glueFile, glue);
