// Reorders the functions of the module so that it compresses better.
//
//   node order.mjs <crowfly_bg.wasm>
//
// Edits the file in place. Run it last: wasm-opt may still use the name section, and an order is judged by the size of
// the whole file.
//
// gzip has a window of 32 KiB and encodes short distances in fewer bits, so similar functions should be adjacent.
// `wasm-opt --reorder-functions-by-name` could do it, but wasm-opt re-encodes an unmodified module larger than one
// that it has optimised, so the function indices are rewritten here.
// https://www.rfc-editor.org/rfc/rfc1951#section-2

import { readFileSync, writeFileSync } from "node:fs";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { gzipSync } from "node:zlib";
import { assemble, number, Reader, sections, sized, valid } from "./binary.mjs";

const [CUSTOM, IMPORTS, FUNCTIONS, EXPORTS, START, ELEMENTS, CODE] = [0, 2, 3, 7, 8, 9, 10];

// The lengths of the compared substrings, and the windows in bytes. Which are the best differs from one module to the
// next by a few hundred bytes, and so do orders that differ by chance, so many are tried.
const LENGTHS = [[2, 5], [2, 6], [3, 5]];
const WINDOWS = [400, 500, 600, 800];
const TRIES = 4;
/** The best order is then improved: a few functions are moved, and stay where that makes the module smaller. */
const MOVES = 10_000;
const MOST_MOVED = 40;
const NEAR = 30;
/** How much chance may change the likeness of two functions. Searches with different chances end some hundred bytes apart,
 * so there is one for each of these, at the same time, and the best counts. */
const NOISES = [0.02, 0.05];

/** The promised alignment of an access, as a power of two: a hint without a meaning, which compresses best if it is
 * always the same. https://webassembly.github.io/spec/core/syntax/instructions.html#memory-instructions */
const NO_ALIGNMENT = 0;

/** Copies what it reads, with numbers changed. */
class Copier extends Reader {
  copied = 0;
  out = [];

  /** Replaces the next number by the result of `change`. */
  replace(change) {
    this.out.push(this.bytes.subarray(this.copied, this.at), number(change(this.number())));
    this.copied = this.at;
  }

  copy() {
    return Buffer.concat([...this.out, this.bytes.subarray(this.copied)]);
  }
}

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

  /** The bytes of the function with the numbers of an order. */
  static split(body) {
    const split = new Splitter(body);
    change[CODE](split, SPLIT);
    const texts = [...split.out, body.subarray(split.copied)];
    return (numbers) =>
      sized(Buffer.concat(texts.flatMap((text, at) => (at > 0 ? [numbers[split.indices[at - 1]], text] : [text]))));
  }
}

/** Skips one instruction, or changes the function index or the alignment in it. */
function instruction(reader, change) {
  const skip = (count) => {
    for (let done = 0; done < count; done += 1) reader.number();
  };
  const [code] = reader.take(1);
  const within = (first, last) => code >= first && code <= last;
  if (code === 0x10 || code === 0xd2) reader.replace(change); // call, ref.func
  else if (within(2, 4) || within(0x0c, 0x0d) || within(0x20, 0x26)) skip(1);
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

/** The substrings of these lengths: which function has which, what sharing each is worth, and what all of a function's
 * are worth together. */
function substrings(bodies, lengths) {
  const ids = new Map();
  const holders = []; // of each part
  const parts = bodies.map((body, index) => {
    const own = new Set();
    for (const length of lengths) {
      for (let at = 0; at + length <= body.length; at += 1) {
        const part = body.toString("latin1", at, at + length);
        if (!ids.has(part)) ids.set(part, holders.push([]) - 1);
        own.add(ids.get(part));
      }
    }
    for (const id of own) holders[id].push(index);
    return [...own];
  });
  // A substring that occurs once cannot be shared, and one that occurs everywhere does not distinguish.
  const worth = holders.map((all) => (all.length > 1 ? Math.log2(bodies.length / all.length) : 0));
  const whole = parts.map((own) => (own.reduce((sum, id) => sum + worth[id], 0) + 10) ** 0.9);
  return { parts, holders, worth, whole };
}

/** The same numbers from 0 to 1 in each build: xorshift32. https://www.jstatsoft.org/article/view/v008i14 */
function chance(seed) {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** Greedy: the next function is the one that shares most of its substrings with the last bytes of the window. */
function order(bodies, { parts, holders, worth, whole }, window, noise, random) {
  const shared = new Float64Array(bodies.length);
  const near = new Uint32Array(holders.length);
  const count = (index, by) => {
    for (const id of parts[index]) {
      const before = near[id];
      near[id] += by;
      if (before > 0 && near[id] > 0) continue;
      for (const holder of holders[id]) shared[holder] += by * worth[id];
    }
  };
  const left = new Set(bodies.keys());
  const out = [];
  let next = bodies.reduce((best, body, index) => (body.length < bodies[best].length ? index : best), 0);
  for (let first = 0, bytes = 0; left.size > 0; ) {
    out.push(next);
    left.delete(next);
    count(next, 1);
    bytes += bodies[next].length;
    for (; bytes > window && first < out.length - 1; first += 1) {
      bytes -= bodies[out[first]].length;
      count(out[first], -1);
    }
    let best = -Infinity;
    for (const index of left) {
      const share = (shared[index] / whole[index]) * (1 + noise * random());
      if (share > best) [best, next] = [share, index];
    }
  }
  return out;
}

/** Another order: a few neighbours have moved, in half of the cases not far. */
function moved(places, random) {
  const below = (limit) => Math.floor(random() * limit);
  const rest = [...places];
  const from = below(places.length);
  const some = rest.splice(from, 1 + below(1 + below(MOST_MOVED)));
  const to = random() < 0.5 ? below(rest.length) : from + below(2 * NEAR) - NEAR;
  rest.splice(Math.max(0, to), 0, ...some);
  return rest;
}

function list(reader, item) {
  return Array.from({ length: reader.number() }, () => item());
}

/** A section with other function indices, and without alignments. */
function changed(id, body, to) {
  const copy = new Copier(body);
  change[id](copy, to);
  return copy.copy();
}

/** The module with its functions in the best order that was found. */
function ordered(wasm, noise) {
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
  const writers = bodies.map(Splitter.split);
  const write = (places) => {
    const now = Array.from(encoded.keys());
    places.forEach((was, index) => (now[was + first] = index + first));
    const to = (index) => now[index];
    const numbers = now.map((index) => encoded[index]);
    const counted = (items) => Buffer.concat([number(places.length), ...items]);
    const edit = ([id, body]) => {
      if (id === FUNCTIONS) return [id, counted(places.map((was) => number(typeOf[was])))];
      if (id === CODE) return [id, counted(places.map((was) => writers[was](numbers)))];
      return [id, id in change ? changed(id, body, to) : body];
    };
    return assemble(wasm, kept.map(edit));
  };
  let best = { places: [], module: wasm, size: Infinity };
  const attempt = (places) => {
    const module = write(places);
    const size = gzipSync(module, { level: 9 }).length;
    if (size < best.size) best = { places, module, size };
  };
  const random = chance(bodies.length);
  for (const lengths of LENGTHS) {
    const shared = substrings(bodies, lengths);
    for (const window of WINDOWS) {
      for (let left = TRIES; left > 0; left -= 1) {
        attempt(order(bodies, shared, window, noise, random));
      }
    }
  }
  for (let left = MOVES; left > 0; left -= 1) attempt(moved(best.places, random));
  return { module: best.module, size: best.size };
}

/** The best order of one search, by a thread of its own. */
function search(file, noise) {
  return new Promise((found, failed) => {
    const thread = new Worker(new URL(import.meta.url), { workerData: { file, noise } });
    thread.once("message", found).once("error", failed);
  });
}

if (isMainThread) {
  const [file] = process.argv.slice(2);
  const found = await Promise.all(NOISES.map((noise) => search(file, noise)));
  const best = found.reduce((best, other) => (other.size < best.size ? other : best));
  writeFileSync(file, await valid(best.module));
  console.log(`the orders of ${NOISES.length} searches have ${found.map(({ size }) => size)} bytes`);
} else {
  parentPort.postMessage(ordered(readFileSync(workerData.file), workerData.noise));
}
