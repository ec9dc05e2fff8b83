// Makes the documents' site: the pages of `docs/SUMMARY.md` and the reference, by mdBook, with a text of all for machines.
//
//   node book.mjs <package> <node_modules with typedoc> <mdbook> <directory to write to>
//
// Prints how many pages there are, and their size. A link in the finished site that leads nowhere is an error.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, normalize, resolve } from "node:path";
import { llms } from "./llms.mjs";
import { relink } from "./markdown.mjs";
import { between, pages, read, ROOT, source } from "./pages.mjs";
import { reference } from "./reference.mjs";

const [packageDir, site, mdbook, out] = process.argv.slice(2).map((path) => resolve(path));
if (!packageDir || !site || !mdbook || !out) throw new Error("which package, which tools, and where to write?");
const work = `${out}-source`;
const src = join(work, "src");

/** @param {string} at @param {string | Uint8Array} text */
function write(at, text) {
  mkdirSync(dirname(at), { recursive: true });
  writeFileSync(at, text);
}

/** A page with the links that it has in the book.
 * @param {import("./pages.mjs").Page} page @param {Map<string, string>} known */
function linked(page, known) {
  return relink(read(page.path), (target) => {
    if (/^[a-z]+:/.test(target) || target.startsWith("#")) return target;
    const [path = "", anchor] = target.split("#");
    const file = normalize(join(dirname(page.path), decodeURIComponent(path))).replace(/\/$/, "");
    const end = anchor === undefined ? "" : `#${anchor}`;
    const at = known.get(file);
    if (at !== undefined) return between(page.at, at) + end;
    const full = join(ROOT, file);
    if (/\.(?:png|gif|svg|jpg|webp|json)$/.test(file) && file.startsWith("docs/")) {
      const copy = file.slice("docs/".length);
      cpSync(full, join(src, copy));
      return between(page.at, copy);
    }
    return source(file, statSync(full).isDirectory()) + end;
  });
}

/** The summary as mdBook reads it, with the pages of the reference below their heading.
 * @param {Map<string, string>} known @param {{ title: string, name: string }[]} entries */
function summary(known, entries) {
  const text = relink(read("docs/SUMMARY.md"), (target) => known.get(normalize(join("docs", target))) ?? target);
  const heading = "\n# Reference\n\n";
  if (!text.includes(heading)) throw new Error("docs/SUMMARY.md has no part `# Reference`");
  const lines = entries.map(({ title, name }) => `- [${title}](reference/${name})\n`);
  return text.replace(heading, heading + lines.join(""));
}

/** The links of the finished site that lead nowhere.
 * @param {string[]} files */
function broken(files) {
  const ids = new Map(files.map((file) => [file, new Set([...readFileSync(join(out, file), "utf8").matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id))]));
  // Of another address, as people name a page that is not there.
  return files.filter((file) => file !== "404.html" && file !== "print.html").flatMap((file) => {
    const text = readFileSync(join(out, file), "utf8");
    const targets = [...text.matchAll(/<(?:a|img|script|link|source)\b[^>]*?\s(?:href|src|srcset)="([^"]*)"/g)].map(([, target = ""]) => target);
    return [...new Set(targets)].flatMap((target) => {
      if (/^(?:[a-z]+:|\/\/|#?$)/.test(target)) return [];
      const [path = "", anchor] = target.split("#");
      const to = path === "" ? file : normalize(join(dirname(file), decodeURIComponent(path)));
      const page = to === "." ? "index.html" : to;
      if (!existsSync(join(out, page))) return [`${file}: ${target} is not there`];
      const known = ids.get(page);
      return anchor && known && !known.has(decodeURIComponent(anchor)) ? [`${file}: ${target} has no such place`] : [];
    });
  });
}

rmSync(work, { recursive: true, force: true });
rmSync(out, { recursive: true, force: true });
mkdirSync(src, { recursive: true });
const all = pages();
const known = new Map(all.map(({ path, at }) => [path, at]));
for (const page of all) write(join(src, page.at), linked(page, known));
cpSync(join(ROOT, "docs/openapi.json"), join(src, "openapi.json"));
const entries = reference({ packageDir, site, out: join(src, "reference"), work: join(work, "typedoc") });
write(join(src, "SUMMARY.md"), summary(known, entries));
write(join(work, "book.toml"), read("xtask/site/book.toml"));
const { status, stderr } = spawnSync(mdbook, ["build", work, "--dest-dir", out], { encoding: "utf8" });
if (status !== 0 || /\bWARN\b/.test(stderr)) throw new Error(`mdbook: ${stderr}`);
const listed = [...all, ...entries.map(({ title, name }) => ({ title, part: "Reference", at: `reference/${name}` }))];
const texts = listed.map((page) => ({ ...page, text: readFileSync(join(src, page.at), "utf8") }));
for (const { at, text } of texts) write(join(out, at), text);
for (const [name, text] of Object.entries(llms(texts))) write(join(out, name), text);

const files = readdirSync(out, { recursive: true, encoding: "utf8" });
const html = files.filter((name) => name.endsWith(".html"));
const wrong = broken(html);
for (const line of wrong) console.log(line);
const bytes = files.map((name) => statSync(join(out, name))).reduce((sum, about) => sum + (about.isFile() ? about.size : 0), 0);
console.log(`${texts.length} pages, ${entries.length} of them of the reference, ${(bytes / 1e6).toFixed(1)} MB`);
process.exit(wrong.length === 0 ? 0 : 1);
