// Shortens the names between module and glue to one or two letters.
//
//   node shorten.mjs <crowfly_bg.wasm> <crowfly.js>
//
// Edits both files in place. The tests of the package and of the bundlers run on the result.
//
// wasm-bindgen names every import with a hash of 16 digits, which does not compress, in both files.
// The names that `worker.js` uses are kept.

import { readFileSync, writeFileSync } from "node:fs";

const KEEP = /^(?:memory|crc[A-Z]\w*)$/;
const GLUE = "./crowfly_bg.js";
const LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
const [IMPORTS, EXPORTS] = [2, 7];

/** Reads the numbers and names of the binary format. */
class Reader {
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
  }

  number() {
    for (let value = 0, scale = 1; ; scale *= 128) {
      const byte = this.bytes[this.at];
      this.at += 1;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  }

  take(length) {
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  name() {
    return new TextDecoder().decode(this.take(this.number()));
  }
}

function number(value) {
  const bytes = [];
  for (; value > 127; value = Math.floor(value / 128)) bytes.push((value & 127) | 128);
  return Buffer.from([...bytes, value]);
}

const name = (word) => Buffer.concat([number(Buffer.byteLength(word)), Buffer.from(word)]);

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
function shorten(wasm, glue) {
  const names = new Names();
  const reader = new Reader(wasm);
  const out = [reader.take(8)];
  while (reader.at < wasm.length) {
    const [id] = reader.take(1);
    let body = reader.take(reader.number());
    if (id === IMPORTS) body = imports(new Reader(body), names);
    if (id === EXPORTS) body = exports(new Reader(body), names);
    out.push(Buffer.from([id]), number(body.length), body);
  }
  for (const [long, short] of names.short) {
    // Keys of the import object and properties of the exports; whole words only.
    const uses = new RegExp(`(?<![\\w$])${long}(?=\\s*:)|(?<=\\.)${long}(?![\\w$])`, "g");
    glue = glue.replace(uses, short);
  }
  glue = glue.replaceAll(`"${GLUE}"`, '"a"');
  console.log(`${names.short.size} names between module and glue are short now`);
  return { wasm: Buffer.concat(out), glue };
}

const [wasmFile, glueFile] = process.argv.slice(2);
const { wasm, glue } = shorten(readFileSync(wasmFile), readFileSync(glueFile, "utf8"));
// An invalid module must not be written.
await WebAssembly.compile(wasm);
writeFileSync(wasmFile, wasm);
writeFileSync(glueFile, glue);
