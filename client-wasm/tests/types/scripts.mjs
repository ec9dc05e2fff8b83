// Compiles the hand-written scripts that have types in comments, group by group, and shows that it would find a
// mistake in each of them.
import { appendFileSync, cpSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { compile, report } from "./compile.mjs";

const source = join(dirname(fileURLToPath(import.meta.url)), "../..");
const scripts = (folder) => readdirSync(join(source, folder)).filter((name) => name.endsWith(".js"));

/** Where the types of the frameworks are, which the adapters import. */
export const FRAMEWORKS = {
  "react": ["node-react/node_modules/@types/react", "index.d.ts"],
  "vue": ["node-vue/node_modules/vue", "dist/vue.d.mts"],
  "svelte": ["node-svelte/node_modules/svelte", "types/index.d.ts"],
  "solid-js": ["node-solid/node_modules/solid-js", "types/index.d.ts"],
  "@uppy/core": ["node-uppy/node_modules/@uppy/core", "lib/index.d.ts"],
};
/** The folder of a framework's types.
 * @param {string} folder */
export const installed = (folder) => resolve(process.env.CROWFLY_TOOLS ?? join(source, "../target/tools"), folder);

const PAGE = ["es2022", "dom"];
const WORKER = "worker.js";
const SPOOL = "spool-worker.js";
/** Uppy's own types name `Symbol.dispose`. */
const UPPY = "uppy.js";
const others = scripts("npm").filter((file) => ![WORKER, UPPY].includes(file));
/** A script that is new in `npm` is checked from its first day. */
const GROUPS = [
  { name: "npm, in the page", folder: "npm", files: others, lib: PAGE },
  { name: "npm, of Uppy", folder: "npm", files: [UPPY], lib: [...PAGE, "esnext.disposable"] },
  { name: "npm, in the worker", folder: "npm", files: [WORKER], lib: ["es2022", "webworker"] },
  { name: "element", folder: "element", files: scripts("element"), lib: [...PAGE, "dom.iterable"] },
  { name: "recorder", folder: "recorder", files: scripts("recorder"), lib: [...PAGE, "dom.iterable"] },
  { name: "js, what the module calls", folder: "js", files: scripts("js").filter((file) => file !== SPOOL), lib: [...PAGE, "dom.asynciterable"] },
  { name: "js, in the worker", folder: "js", files: [SPOOL], lib: ["es2022", "webworker"] },
];

/** What would let a mistake pass: a comment that turns the compiler off, or a type that fits everything. */
const SILENCED = /@ts-(?:ignore|nocheck|expect-error)|[:<{(|,&>] *any\b *[>})|,[&]|\{[*?]\}/;

/** A wrong type, a parameter without a type, and an index that may be out of range, each with what is to be said of it. */
const MISTAKES = [
  ["/** @type {string} */ export const wrongType = 0;", "TS2322"],
  ["export const noType = (value) => value;", "TS7006"],
  ["export const outOfRange = [0][0].toFixed();", "TS2532"],
];

/** Checks all groups, with files of its own in `out`; true if all is well. */
export function checkScripts(tsc, out) {
  const cases = GROUPS.flatMap((group, index) => [
    report(`scripts of ${group.name}`, silenced(group) || check(tsc, out, group, index, source)),
    report(`mistakes planted in scripts of ${group.name}`, planted(tsc, out, group, index)),
  ]);
  return cases.every(Boolean);
}

function check(tsc, out, { folder, files, lib }, index, root, options) {
  const config = join(out, `tsconfig.${basename(root)}.${index}.json`);
  const listed = files.map((file) => join(root, folder, file));
  const types = Object.entries(FRAMEWORKS).map(([name, [at, file]]) => [name, [join(installed(at), file)]]);
  const [uppy] = FRAMEWORKS["@uppy/core"];
  const paths = { ...Object.fromEntries(types), "@uppy/core/utils": [join(installed(uppy), "lib/utils/index.d.ts")] };
  return compile(tsc, config, listed, { allowJs: true, checkJs: true, lib, paths, ...options });
}

function silenced({ folder, files }) {
  const found = files.flatMap((file) => {
    const lines = readFileSync(join(source, folder, file), "utf8").split("\n");
    return lines.filter((line) => SILENCED.test(line)).map((line) => `a check is silenced in ${file}: ${line.trim()}`);
  });
  return found.join("\n");
}

/** Plants mistakes in a copy; says which are not found. */
function planted(tsc, out, group, index) {
  const copy = join(out, `planted-${index}`);
  mkdirSync(copy, { recursive: true });
  // The components import the files of the package, and of each other.
  for (const folder of new Set([group.folder, "npm", "js", "element"])) cpSync(join(source, folder), join(copy, folder), { recursive: true });
  for (const file of group.files) {
    const lines = MISTAKES.map(([line]) => line).join("\n");
    appendFileSync(join(copy, group.folder, file), `${lines}\n`);
  }
  const said = check(tsc, out, group, index, copy, { skipLibCheck: true }).split("\n");
  const missed = group.files.flatMap((file) => {
    const here = said.filter((line) => line.includes(`/${group.folder}/${file}(`));
    const missing = MISTAKES.filter(([, code]) => !here.some((line) => line.includes(`error ${code}:`)));
    return missing.map(([line]) => `not found in ${file}: ${line}`);
  });
  return missed.join("\n");
}
