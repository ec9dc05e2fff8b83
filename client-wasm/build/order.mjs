// Reorders the functions of the module so that it compresses better.
//
//   node order.mjs <crowfly_bg.wasm> <order.txt> [--search]
//
// Edits the module in place. Run it after wasm-opt, which may still use the name section, and after `shorten.mjs`: an order
// is judged by the size of the whole file. `order.txt` has the best order that was found, as keys of functions; those that
// it does not have, since they are new or changed, go beside the ones that they are most like. `--search` looks for a better
// order, which takes minutes, and writes it there.
//
// gzip has a window of 32 KiB and encodes short distances in fewer bits, so similar functions should be adjacent.
// `wasm-opt --reorder-functions-by-name` could do it, but wasm-opt re-encodes an unmodified module larger than one
// that it has optimised, so the function indices are rewritten here.
// https://www.rfc-editor.org/rfc/rfc1951#section-2

import { readFileSync, writeFileSync } from "node:fs";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { gzipSync } from "node:zlib";
import { valid } from "./binary.mjs";
import { functions } from "./functions.mjs";
import { chance, insert, order, substrings } from "./likeness.mjs";

// The lengths of the compared substrings, and the windows in bytes. Which are the best differs from one module to the
// next by a few hundred bytes, and so do orders that differ by chance, so many are tried.
const LENGTHS = [[2, 5], [2, 6], [3, 5]];
const WINDOWS = [400, 500, 600, 800];
const TRIES = 4;
/** The best order is then improved: a few functions are moved, and stay where that makes the module smaller. So many times
 * in a search, and so many for each function that the known order does not have. */
const MOVES = 10_000;
const MOVES_OF_NEW = 10;
const MOST_MOVES_OF_NEW = 1_000;
const MOST_MOVED = 40;
const NEAR = 30;
/** How much chance may change the likeness of two functions. Searches with different chances end some hundred bytes apart,
 * so there is one for each of these, at the same time, and the best counts. */
const NOISES = [0.02, 0.05];

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

/** The order of the keys, with the functions that have none of them beside those that they are most like. */
function known({ bodies, keys }, wanted) {
  const left = new Map();
  keys.forEach((key, index) => left.set(key, [...(left.get(key) ?? []), index]));
  const places = wanted.flatMap((key) => left.get(key)?.shift() ?? []);
  const missing = [...left.values()].flat();
  if (missing.length > 0) insert(places, missing, substrings(bodies, LENGTHS[0]));
  return { places, missing };
}

/** Tries orders and keeps the one whose module compresses best. */
class Trial {
  best = { size: Infinity };

  constructor(all, random) {
    this.all = all;
    this.random = random;
  }

  attempt(places) {
    const module = this.all.write(places);
    const size = gzipSync(module, { level: 9 }).length;
    if (size < this.best.size) this.best = { places, module, size };
  }

  improve(moves) {
    for (let left = moves; left > 0; left -= 1) this.attempt(moved(this.best.places, this.random));
  }
}

/** The best order of one search. */
function searched(wasm, wanted, noise) {
  const all = functions(wasm);
  const random = chance(all.bodies.length);
  const trial = new Trial(all, random);
  trial.attempt(known(all, wanted).places);
  for (const lengths of LENGTHS) {
    const shared = substrings(all.bodies, lengths);
    for (const window of WINDOWS) {
      for (let left = TRIES; left > 0; left -= 1) trial.attempt(order(all.bodies, shared, window, noise, random));
    }
  }
  trial.improve(MOVES);
  return trial.best;
}

/** One search, by a thread of its own. */
function search(file, list, noise) {
  return new Promise((found, failed) => {
    const thread = new Worker(new URL(import.meta.url), { workerData: { file, list, noise } });
    thread.once("message", found).once("error", failed);
  });
}

const read = (list) => readFileSync(list, "utf8").split(/\s+/);

async function main(file, list, option) {
  const all = functions(readFileSync(file));
  if (option === "--search") {
    const found = await Promise.all(NOISES.map((noise) => search(file, list, noise)));
    const best = found.reduce((best, other) => (other.size < best.size ? other : best));
    const keys = best.places.map((index) => all.keys[index]);
    writeFileSync(list, `${keys.join(" ").replaceAll(/(.{1,118})( |$)/g, "$1\n")}`);
    writeFileSync(file, await valid(best.module));
    return console.log(`the orders of ${NOISES.length} searches have ${found.map(({ size }) => size)} bytes`);
  }
  const { places, missing } = known(all, read(list));
  const trial = new Trial(all, chance(all.bodies.length));
  trial.attempt(places);
  trial.improve(Math.min(missing.length * MOVES_OF_NEW, MOST_MOVES_OF_NEW));
  writeFileSync(file, await valid(trial.best.module));
  const { size } = trial.best;
  console.log(`${size} bytes; ${missing.length} of ${all.bodies.length} functions are not in the known order`);
}

if (isMainThread) await main(...process.argv.slice(2));
else {
  const { file, list, noise } = workerData;
  parentPort.postMessage(searched(readFileSync(file), read(list), noise));
}
