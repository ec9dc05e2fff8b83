// The functions of a WebAssembly module, and the module with them in another order.

import { createHash } from "node:crypto";
import { assemble, number, Reader, sections, sized } from "./binary.mjs";

const [CUSTOM, IMPORTS, FUNCTIONS, EXPORTS, START, ELEMENTS, CODE] = [0, 2, 3, 7, 8, 9, 10];

/** The promised alignment of an access, as a power of two: a hint without a meaning, which compresses best if it is
 * always the same. https://webassembly.github.io/spec/core/syntax/instructions.html#memory-instructions */
const NO_ALIGNMENT = 0;

/** Copies what it reads, with numbers changed. */
export class Copier extends Reader {
  copied = 0;
  out = [];

  /** Skips the number of a local variable. */
  local() {
    this.number();
  }

  /** Replaces the next number by the result of `change`. */
  replace(change) {
    this.out.push(this.bytes.subarray(this.copied, this.at), number(change(this.number())));
    this.copied = this.at;
  }

  copy() {
    return Buffer.concat([...this.out, this.bytes.subarray(this.copied)]);
  }
}

/** Characters of a function's key. */
const KEY = 6;

const SPLIT = (index) => index;

/** Splits a function at the function indices in it, whose place in the module changes with every order. */
class Splitter extends Copier {
  indices = [];

  replace(change) {
    const start = this.at;
    const index = this.number();
    // An alignment is the right one already.
    if (change !== SPLIT) return;
    this.out.push(this.bytes.subarray(this.copied, start));
    this.indices.push(index);
    this.copied = this.at;
  }

  /** Its key, the same whatever the numbers of other functions are, and its bytes with the numbers of an order. */
  static split(body) {
    const split = new Splitter(body);
    change[CODE](split, SPLIT);
    const texts = [...split.out, body.subarray(split.copied)];
    const hash = createHash("sha256");
    for (const text of texts) hash.update(sized(text));
    return {
      key: hash.digest("base64url").slice(0, KEY),
      write: (numbers) =>
        sized(Buffer.concat(texts.flatMap((text, at) => (at > 0 ? [numbers[split.indices[at - 1]], text] : [text])))),
    };
  }
}

/** Skips one instruction, or changes the function index or the alignment in it. */
export function instruction(reader, change) {
  const skip = (count) => {
    for (let done = 0; done < count; done += 1) reader.number();
  };
  const [code] = reader.take(1);
  const within = (first, last) => code >= first && code <= last;
  if (code === 0x10 || code === 0xd2) reader.replace(change); // call, ref.func
  else if (within(0x20, 0x22)) reader.local(); // local.get, .set and .tee
  else if (within(2, 4) || within(0x0c, 0x0d) || within(0x23, 0x26)) skip(1);
  else if (within(0x3f, 0x42) || code === 0xd0) skip(1); // memory.size and .grow, integers, ref.null
  else if (code === 0x0e || code === 0x1c) skip(reader.number() + (code === 0x0e ? 1 : 0)); // br_table, select
  else if (code === 0x11) skip(2); // call_indirect
  else if (within(0x28, 0x3e)) reader.replace(() => NO_ALIGNMENT), skip(1); // loads and stores
  else if (within(0x43, 0x44)) reader.take(code === 0x43 ? 4 : 8); // floats
  else if (code === 0xfc) {
    const more = reader.number();
    if (more > 17) throw new Error(`an instruction that is not known: fc ${more}`);
    if (more > 7) skip([8, 10, 12, 14].includes(more) ? 2 : 1); // of memories and tables
  } else if (![0, 1, 5, 0x0b, 0x0f, 0x1a, 0x1b, 0xd1].includes(code) && !within(0x45, 0xc4)) {
    throw new Error(`an instruction that is not known: ${code.toString(16)}`);
  }
}

const change = {
  [EXPORTS](reader, to) {
    for (let left = reader.number(); left > 0; left -= 1) {
      reader.take(reader.number());
      if (reader.take(1)[0] === 0) reader.replace(to);
      else reader.number();
    }
  },
  [START]: (reader, to) => reader.replace(to),
  [ELEMENTS](reader, to) {
    for (let left = reader.number(); left > 0; left -= 1) {
      const kind = reader.number();
      if (kind > 3) throw new Error(`elements of a kind that is not known: ${kind}`);
      if (kind === 2) reader.number();
      // Where they go in the table.
      if (kind === 0 || kind === 2) while (reader.bytes[reader.at] !== 0x0b) instruction(reader, to);
      reader.take((kind % 2 === 0 ? 1 : 0) + (kind > 0 ? 1 : 0));
      for (let items = reader.number(); items > 0; items -= 1) reader.replace(to);
    }
  },
  [CODE](reader, to) {
    for (let groups = reader.number(); groups > 0; groups -= 1) reader.number(), reader.number();
    while (!reader.done) instruction(reader, to);
  },
};

function list(reader, item) {
  return Array.from({ length: reader.number() }, () => item());
}

/** A section with other function indices, and without alignments. */
function changed(id, body, to) {
  const copy = new Copier(body);
  change[id](copy, to);
  return copy.copy();
}

/** The module's functions: their bytes, the key of each, and the module with them in an order of their indices. */
export function functions(wasm) {
  const all = sections(wasm);
  const section = (wanted) => new Reader(all.find(([id]) => id === wanted)[1]);
  const imports = section(IMPORTS);
  const first = imports.number(); // of the module's own functions
  for (let left = first; left > 0; left -= 1) {
    imports.take(imports.number());
    imports.take(imports.number());
    if (imports.take(1)[0] !== 0) throw new Error("an import that is not a function");
    imports.number();
  }
  const [types, code] = [section(FUNCTIONS), section(CODE)];
  const typeOf = list(types, () => types.number());
  const bodies = list(code, () => changed(CODE, code.take(code.number()), (index) => index));
  const named = ([id, body]) => id === CUSTOM && new Reader(body).name() === "name";
  const kept = all.filter((one) => !named(one));
  const encoded = Array.from({ length: first + bodies.length }, (_, index) => number(index));
  const split = bodies.map(Splitter.split);
  const write = (places) => {
    const now = Array.from(encoded.keys());
    places.forEach((was, index) => (now[was + first] = index + first));
    const to = (index) => now[index];
    const numbers = now.map((index) => encoded[index]);
    const counted = (items) => Buffer.concat([number(places.length), ...items]);
    const edit = ([id, body]) => {
      if (id === FUNCTIONS) return [id, counted(places.map((was) => number(typeOf[was])))];
      if (id === CODE) return [id, counted(places.map((was) => split[was].write(numbers)))];
      return [id, id in change ? changed(id, body, to) : body];
    };
    return assemble(wasm, kept.map(edit));
  };
  return { bodies, keys: split.map(({ key }) => key), write };
}
