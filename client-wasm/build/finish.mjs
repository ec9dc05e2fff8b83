// Makes the module that wasm-bindgen left small for the network.
//
//   node finish.mjs <directory with crowfly.js and crowfly_bg.wasm> <node_modules with binaryen>
//
// The module must still have its name section. Both files are changed in place.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

import { blank } from "./blank.mjs";
import { shorten } from "./shorten.mjs";
import { snip } from "./snip.mjs";

const [directory, modules] = process.argv.slice(2).map((path) => resolve(path));
const wasmFile = join(directory, "crowfly_bg.wasm");
const glueFile = join(directory, "crowfly.js");
const require = createRequire(join(modules, "package.json"));
const { default: binaryen } = await import(pathToFileURL(require.resolve("binaryen")));

writeFileSync(wasmFile, snip(binaryen, readFileSync(wasmFile), readFileSync(glueFile, "utf8")));

// Measured in gzip: -Oz renumbers the locals that LLVM had numbered alike, and inlining repeats code; both
// make the module smaller as it lies, and larger on the wire.
execFileSync(
  join(modules, ".bin/wasm-opt"),
  [
    "--flexible-inline-max-function-size=0",
    "--one-caller-inline-max-function-size=0",
    "--always-inline-max-function-size=4",
    "--strip-debug",
    "--strip-producers",
    "--strip-target-features",
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
    "-O2",
    wasmFile,
    "-o",
    wasmFile,
  ],
  { stdio: "inherit" },
);

const { wasm, glue } = shorten(blank(readFileSync(wasmFile)), readFileSync(glueFile, "utf8"));
writeFileSync(wasmFile, wasm);
writeFileSync(glueFile, glue);
