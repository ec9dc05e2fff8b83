// Renumbers the local variables of the module's functions so that it compresses better.
//
//   node locals.mjs <crowfly_bg.wasm>
//
// Edits the module in place. Run it after `order.mjs`, which knows functions by what is changed here. The numbers of
// local variables of one type are arbitrary, and the reads and writes of them are a third of the code.
// https://webassembly.github.io/spec/core/syntax/modules.html#functions

import { readFileSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { assemble, number, Reader, sections, sized, valid } from "./binary.mjs";
import { Copier, instruction } from "./functions.mjs";
import { chance } from "./likeness.mjs";

const [TYPES, FUNCTIONS, CODE] = [1, 3, 10];
/** So often two variables are exchanged, and stay so where that makes the module no larger. */
const TRIES = 2_500;
/** A function is tried as often as it uses variables, up to this. */
const MOST_USES = 60;

/** How many parameters each type of function has; they are the first local variables. */
function parameters(types) {
  return Array.from({ length: types.number() }, () => {
    types.take(1);
    const count = types.number();
    types.take(count);
    types.take(types.number());
    return count;
  });
}

/** Splits the code of a function at the numbers of its local variables. */
class Splitter extends Copier {
  uses = [];

  local() {
    this.out.push(this.bytes.subarray(this.copied, this.at));
    this.uses.push(this.number());
    this.copied = this.at;
  }

  replace() {
    this.number();
  }
}

/** One function, whose variables can be exchanged. */
class Variables {
  constructor(body, first) {
    const split = new Splitter(body);
    const kinds = [];
    for (let groups = split.number(); groups > 0; groups -= 1) {
      const count = split.number();
      kinds.push(...Array(count).fill(split.take(1)[0]));
    }
    this.head = body.subarray(0, (split.copied = split.at));
    while (!split.done) instruction(split);
    this.texts = [...split.out, body.subarray(split.copied)];
    this.uses = split.uses;
    this.first = first;
    this.kinds = kinds;
    this.numbers = Array.from({ length: first + kinds.length }, (_, index) => index);
  }

  /** The numbers with two of one type exchanged; undefined if there are none. */
  exchanged(random) {
    const below = (limit) => Math.floor(random() * limit);
    const one = below(this.kinds.length);
    const others = [...this.kinds.keys()].filter((other) => other !== one && this.kinds[other] === this.kinds[one]);
    if (others.length === 0) return undefined;
    const [a, b] = [one, others[below(others.length)]].map((index) => index + this.first);
    const numbers = [...this.numbers];
    [numbers[a], numbers[b]] = [numbers[b], numbers[a]];
    return numbers;
  }

  write(numbers) {
    const uses = this.uses.map((use) => number(numbers[use]));
    return sized(Buffer.concat([this.head, ...this.texts.flatMap((text, at) => (at > 0 ? [uses[at - 1], text] : [text]))]));
  }
}

/** The module with the numbers that compress best among those that were tried. */
function renumbered(wasm) {
  const all = sections(wasm);
  const section = (wanted) => new Reader(all.find(([id]) => id === wanted)[1]);
  const counts = parameters(section(TYPES));
  const [types, code] = [section(FUNCTIONS), section(CODE)];
  types.number();
  const functions = Array.from({ length: code.number() }, () => {
    return new Variables(code.take(code.number()), counts[types.number()]);
  });
  const bodies = functions.map((one) => one.write(one.numbers));
  const write = () => {
    const body = Buffer.concat([number(bodies.length), ...bodies]);
    return assemble(wasm, all.map(([id, other]) => [id, id === CODE ? body : other]));
  };
  const size = () => gzipSync(write(), { level: 9 }).length;
  const weights = functions.flatMap((one, index) => Array(Math.min(one.uses.length, MOST_USES)).fill(index));
  const random = chance(functions.length);
  const before = size();
  let best = before;
  for (let left = TRIES; left > 0; left -= 1) {
    const index = weights[Math.floor(random() * weights.length)];
    const numbers = functions[index].exchanged(random);
    if (!numbers) continue;
    const was = bodies[index];
    bodies[index] = functions[index].write(numbers);
    const now = size();
    if (now <= best) [best, functions[index].numbers] = [now, numbers];
    else bodies[index] = was;
  }
  console.log(`${best} bytes, ${before} before`);
  return write();
}

const [file] = process.argv.slice(2);
writeFileSync(file, await valid(renumbered(readFileSync(file))));
