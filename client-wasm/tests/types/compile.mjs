// One run of the compiler, as strict as it can be.
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";

const STRICT = {
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noPropertyAccessFromIndexSignature: true,
  verbatimModuleSyntax: true,
  noEmit: true,
  skipLibCheck: false,
  types: [],
  target: "es2022",
  lib: ["es2022", "dom"],
  module: "esnext",
  moduleResolution: "bundler",
};

/** Compiles `files`; the settings are written to `config`. Gives what the compiler says, nothing if all is right. */
export function compile(tsc, config, files, options) {
  writeFileSync(config, JSON.stringify({ compilerOptions: { ...STRICT, ...options }, files }, null, 2));
  const { status, stdout, stderr, error } = spawnSync(process.execPath, [tsc, "-p", config, "--pretty", "false"], {
    encoding: "utf8",
  });
  if (status === 0) return "";
  return `${stdout ?? ""}${stderr ?? ""}`.trim() || `the compiler ended with ${error?.message ?? status}`;
}

/** Prints what came of one case, for the count of the test command; true if it is well. */
export function report(name, said) {
  if (said) console.log(said);
  console.log(`${name}: ${said ? "FAILED" : "ok"}`);
  return !said;
}
