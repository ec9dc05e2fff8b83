// What publint and are-the-types-wrong say of the package's tarball, without the network; fails if one finds anything.
//
//   node lint.mjs <tarball> <node_modules of the tools>
import { spawnSync } from "node:child_process";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

/** Scripts and data that are loaded by their address. CommonJS has no `new URL(..., import.meta.url)`. */
const FILES = ["./worker.js", "./crowfly_bg.wasm"];
const ATTW = ["--format", "ascii", "--no-emoji", "--no-definitely-typed"];

/** Runs both; gives what they print, and whether all is well. */
export function lint(tarball, modules) {
  const run = (name, ...args) => {
    const program = join(modules, ".bin", name);
    const env = { ...process.env, NO_COLOR: "1", FORCE_COLOR: "0" };
    const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: "utf8", env });
    const said = `${stdout ?? ""}${stderr ?? ""}`.replaceAll(/\n{2,}/g, "\n").trim();
    return { good: status === 0, text: `$ ${name}\n${said || error?.message}` };
  };
  const all = [
    run("publint", "run", tarball, "--strict"),
    run("attw", tarball, ...ATTW, "--exclude-entrypoints", ...FILES),
    run("attw", tarball, ...ATTW, "--profile", "esm-only", "--entrypoints", ...FILES),
  ];
  return { good: all.every(({ good }) => good), text: all.map(({ text }) => text).join("\n\n") };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const [tarball, modules] = process.argv.slice(2).map((path) => resolve(path));
  const { good, text } = lint(tarball, modules);
  console.log(text);
  process.exitCode = good ? 0 : 1;
}
