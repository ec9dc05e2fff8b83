// Overwrites what only panics would say, which are traps by now: places in the source, and sentences.
//
// Only what starts like such a place, and whole known sentences, are taken, because the texts of a module lie
// side by side without a gap.
import { homedir } from "node:os";
import { join } from "node:path";

const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

// Where the sources of dependencies lie on this machine; by `--remap-path-prefix`; in Rust's own builds.
const registry = join(process.env.CARGO_HOME ?? join(homedir(), ".cargo"), "registry/src/");
const STARTS = [
  escaped(registry),
  "cargo-registry/",
  "/rust/deps/",
  "/rustc/[0-9a-f]{40}/",
  "/usr/(?:lib/rustlib/src/rust|src/rustc-[0-9.]+)/",
  "(?:contract|engine|client-wasm)/src/",
];

const SENTENCES = [
  "called `Option::unwrap()` on a `None` value",
  "called `Result::unwrap()` on an `Err` value",
  "a Display implementation returned an error unexpectedly",
  "a formatting trait implementation returned an error when the underlying stream did not",
  "cannot access a Thread Local Storage value during or after destruction: ",
  "RefCell already mutably borrowed",
  "RefCell already borrowed",
  "`async fn` resumed after completion",
  "attempt to divide by zero",
  "index out of bounds: the len is ",
  " but the index is ",
  "range start index ",
  "range end index ",
  " out of range for slice of length ",
  "slice index starts at ",
  " but ends at ",
  "copy_from_slice: source slice length (",
  ") does not match destination slice length (",
  "insertion index (is ",
  ") should be <= len (is ",
  "removal index (is ",
  ") should be < len (is ",
  "assertion failed: psize >= size + min_overhead",
  "assertion failed: psize <= size + max_overhead",
  "rwlock has not been locked for reading",
  "rwlock overflowed read locks",
];

const SAID = new RegExp(`(?:${STARTS.join("|")})[\\w./+-]*?\\.rs|${SENTENCES.map(escaped).join("|")}`, "g");

/** The module with zeros for what nothing says any more. */
export function blank(wasm) {
  const out = Buffer.from(wasm);
  let blanked = 0;
  // One character for each byte, so that indices are offsets.
  for (const { index, 0: text } of out.toString("latin1").matchAll(SAID)) {
    out.fill(0, index, index + text.length);
    blanked += 1;
  }
  console.log(`${blanked} texts of panics are blank now`);
  return out;
}
