// The fast checks of the documents: their links and anchors lead somewhere, and their blocks of code are right.
//
//   node check.mjs <package> <node_modules of the tools> <directory to write to>
//
// Prints one line for each check, which ends with `: ok` or `: FAILED`.
import { existsSync, readdirSync, statSync } from "node:fs";
import { dirname, join, normalize, resolve } from "node:path";
import { checkBlocks } from "./blocks.mjs";
import { anchors, blocks, links } from "./markdown.mjs";
import { pages, read, ROOT } from "./pages.mjs";

const [packageDir, modules, out] = process.argv.slice(2).map((path) => resolve(path));
if (!packageDir || !modules || !out) throw new Error("which package, which tools, and where to write?");

/** @param {string} folder @returns {string[]} */
const markdown = (folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => join(folder, name));

/** What a reader of the documents comes to. */
const DOCUMENTS = [
  ...markdown("docs"),
  ...["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md"],
  ...["client-wasm/npm/README.md", "www/README.md"],
  ...readdirSync(join(ROOT, "examples")).map((name) => `examples/${name}/README.md`).filter((path) => existsSync(join(ROOT, path))),
];

/** What is wrong with the links of a document.
 * @param {string} document */
function brokenLinks(document) {
  return links(read(document)).flatMap(({ target, line }) => {
    const say = (/** @type {string} */ what) => [`${document}:${line}: ${target} ${what}`];
    if (/^https:\/\//.test(target)) return [];
    if (/^[a-z]+:/.test(target)) return say("is neither https nor a path");
    const [path = "", anchor] = target.split("#");
    const file = path === "" ? document : normalize(join(dirname(document), decodeURIComponent(path)));
    if (!existsSync(join(ROOT, file))) return say("is not there");
    if (anchor === undefined || !file.endsWith(".md")) return [];
    return anchors(read(file)).has(anchor) ? [] : say(`has no heading #${anchor}`);
  });
}

/** Pages of the folder that the summary does not have, and those that it has twice. */
function missingPages() {
  const listed = pages().map(({ path }) => path);
  const own = markdown("docs").filter((path) => path !== "docs/SUMMARY.md");
  const missing = own.filter((path) => !listed.includes(path)).map((path) => `${path} is not in docs/SUMMARY.md: add its line`);
  const gone = listed.filter((path) => !existsSync(join(ROOT, path)) || statSync(join(ROOT, path)).isDirectory());
  const twice = listed.filter((path, at) => listed.indexOf(path) !== at);
  return [...missing, ...gone.map((path) => `docs/SUMMARY.md: ${path} is not there`), ...twice.map((path) => `docs/SUMMARY.md has ${path} twice`)];
}

/** @param {string} what @param {string[]} wrong */
function report(what, wrong) {
  for (const line of wrong) console.log(line);
  console.log(`${what}: ${wrong.length === 0 ? "ok" : "FAILED"}`);
  return wrong.length === 0;
}

const checked = DOCUMENTS.filter((path) => path.startsWith("docs/") || path === "README.md" || path === "client-wasm/npm/README.md" || path === "www/README.md");
const all = checked.flatMap((path) => blocks(read(path)).map((block) => ({ ...block, path })));
const count = DOCUMENTS.reduce((sum, path) => sum + links(read(path)).length, 0);
const good = [
  report(`the summary has all ${pages().length} pages`, missingPages()),
  report(`${count} links of ${DOCUMENTS.length} documents`, DOCUMENTS.flatMap(brokenLinks)),
  ...checkBlocks(all, { packageDir, modules, out }).map(({ what, wrong }) => report(what, wrong)),
];
process.exit(good.every(Boolean) ? 0 : 1);
