// Takes out of the module's table what is only there for wasm-bindgen.
//
//   node prune.mjs <crowfly_bg.wasm>
//
// Edits the file in place. Run it before wasm-opt, which then removes the functions.
//
// js-sys describes every function of JavaScript that takes a closure, and each description refers to the function
// `invoke` for the closure's type. wasm-bindgen removes the descriptions; the functions stay in the table, because a
// table is not known to have unused places. JavaScript calls those that are used by their exported names, never through
// the table. https://wasm-bindgen.github.io/wasm-bindgen/contributing/design/describe.html

import { readFileSync, writeFileSync } from "node:fs";
import { assemble, number, Reader, sections, sized, valid } from "./binary.mjs";

const [CUSTOM, ELEMENTS] = [0, 9];
const FUNCTION_NAMES = 1;
const END = 0x0b;
const ONLY_DESCRIBED = /^wasm_bindgen\[\w+\]::convert::closures::.*::invoke::</;

/** The names of the functions, by index. */
function functionNames(all) {
  const names = new Map();
  for (const [id, body] of all) {
    const reader = new Reader(body);
    if (id !== CUSTOM || reader.name() !== "name") continue;
    while (!reader.done) {
      const [kind] = reader.take(1);
      const part = new Reader(reader.take(reader.number()));
      if (kind !== FUNCTION_NAMES) continue;
      for (let left = part.number(); left > 0; left -= 1) names.set(part.number(), part.name());
    }
  }
  return names;
}

/** The elements, with an empty function's place in that of each that nobody calls. */
function pruned(body, names) {
  const reader = new Reader(body);
  if (reader.number() !== 1 || reader.number() !== 0) throw new Error("elements of a kind that is not known");
  const start = reader.at;
  while (reader.take(1)[0] !== END);
  const place = body.subarray(start, reader.at);
  const functions = Array.from({ length: reader.number() }, () => reader.number());
  const needless = functions.filter((index) => ONLY_DESCRIBED.test(names.get(index)));
  const kept = functions.find((index) => !needless.includes(index));
  if (kept === undefined || needless.length === 0) throw new Error("the table has nothing of what is looked for");
  const out = functions.map((index) => number(needless.includes(index) ? kept : index));
  console.log(`${needless.length} of ${functions.length} places of the table are not used`);
  return Buffer.concat([number(1), number(0), place, number(functions.length), ...out]);
}

const [file] = process.argv.slice(2);
const wasm = readFileSync(file);
const all = sections(wasm);
const names = functionNames(all);
const edited = all.map(([id, body]) => [id, id === ELEMENTS ? pruned(body, names) : body]);
writeFileSync(file, await valid(assemble(wasm, edited)));
