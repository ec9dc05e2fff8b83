// Checks the blocks of code in the documents, each by its language. A language that nothing checks is an error.
import { cpSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { compile } from "../../client-wasm/tests/types/compile.mjs";
import { FRAMEWORKS, installed } from "../../client-wasm/tests/types/scripts.mjs";
import { checkShell } from "./shell.mjs";

/** @typedef {import("./markdown.mjs").Block & { path: string }} Block */
/** @typedef {{ packageDir: string, modules: string, out: string }} Places */

const here = dirname(fileURLToPath(import.meta.url));
/** Pictures, answers of programs, and settings in no language. */
const PLAIN = ["", "text"];
const CONTEXT = ["context.d.ts", "modules.d.ts"];
/** JavaScript has no way to say what element a selector finds. */
const OF_AN_ELEMENT = /error TS2339: .* on type 'Element'/;
const SCRIPTS = { js: "js", jsx: "jsx", ts: "ts", tsx: "tsx", html: "js", vue: "ts", svelte: "ts" };

/** @param {Block[]} blocks @param {Places} places @returns {{ what: string, wrong: string[] }[]} */
export function checkBlocks(blocks, places) {
  const of = (/** @type {string[]} */ ...languages) => blocks.filter(({ language }) => languages.includes(language));
  const scripts = of(...Object.keys(SCRIPTS));
  const data = of("json", "jsonc", "yaml", "xml", "css");
  const shell = of("sh");
  const known = new Set([...PLAIN, ...scripts, ...data, ...shell].map((block) => (typeof block === "string" ? block : block.language)));
  const unknown = blocks.filter(({ language }) => !known.has(language));
  const planted = mistakes(places);
  return [
    { what: `${scripts.length} blocks of scripts compile`, wrong: compileScripts(scripts, places, "blocks") },
    { what: "a mistake in a block of scripts is found", wrong: planted },
    { what: `${data.length} blocks of data are read`, wrong: data.flatMap((block) => readData(block, places)) },
    { what: `${shell.length} blocks of commands are right`, wrong: shell.flatMap(checkShell) },
    { what: "every language is checked", wrong: unknown.map((block) => `${place(block)}: nothing checks ${block.language}`) },
  ];
}

/** @param {Block} block @param {number} [line] */
const place = (block, line = 1) => `${block.path}:${block.line + line - 1}`;

/** The script of a block: that of its `<script>` in a page or a component.
 * @param {Block} block */
function script({ language, text }) {
  if (!["html", "vue", "svelte"].includes(language)) return text;
  const found = [...text.matchAll(/<script(?![^>]*importmap)[^>]*>([\s\S]*?)<\/script>/g)];
  const lines = text.split("\n").map(() => "");
  for (const { 1: code = "", index } of found) {
    const first = text.slice(0, index).split("\n").length - 1;
    code.split("\n").forEach((line, at) => (lines[first + at] += line));
  }
  return lines.join("\n");
}

/** Compiles blocks against the built package: those in TypeScript strictly, others as far as an editor would.
 * @param {Block[]} blocks @param {Places} places @param {string} name */
function compileScripts(blocks, { packageDir, modules, out }, name) {
  const folder = join(out, name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, "node_modules/@types"), { recursive: true });
  cpSync(packageDir, join(folder, "node_modules/crowfly"), { recursive: true });
  for (const [framework, [from]] of Object.entries(FRAMEWORKS)) {
    const at = from.includes("@types") ? `@types/${framework}` : framework;
    const link = join(folder, "node_modules", at);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(installed(from), link);
  }
  for (const name of ["@aws-sdk", "@smithy", "@types/node"]) symlinkSync(join(modules, name), join(folder, "node_modules", name));
  for (const name of CONTEXT) cpSync(join(here, name), join(folder, name));
  const files = blocks.map((block, at) => {
    const file = `block-${at}.${SCRIPTS[/** @type {keyof typeof SCRIPTS} */ (block.language)]}`;
    // A module of its own, so that the names of one block are not those of another.
    writeFileSync(join(folder, file), `${script(block)}\nexport {};\n`);
    return file;
  });
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }\n');
  const tsc = join(modules, "typescript/bin/tsc");
  const strict = files.filter((file) => /\.tsx?$/.test(file));
  const plain = files.filter((file) => /\.jsx?$/.test(file));
  const common = { lib: ["es2022", "dom", "dom.iterable", "esnext.asynciterable"], jsx: "react-jsx", types: ["node"], skipLibCheck: true, exactOptionalPropertyTypes: false, noPropertyAccessFromIndexSignature: false };
  const loose = { ...common, allowJs: true, checkJs: true, strict: false, noUncheckedIndexedAccess: false };
  const said = [
    strict.length > 0 && compile(tsc, join(folder, "strict.json"), [...CONTEXT, ...strict], common),
    plain.length > 0 && compile(tsc, join(folder, "loose.json"), [...CONTEXT, ...plain], loose),
  ];
  const lines = said.flatMap((text) => (text ? text.split("\n") : [])).filter((line) => !OF_AN_ELEMENT.test(line));
  return lines.map((line) => {
    const found = /block-(\d+)\.\w+\((\d+),/.exec(line);
    const block = found && blocks[Number(found[1])];
    return block ? `${place(block, Number(found[2]))}: ${line.replace(/^\S+ /, "")}` : line;
  });
}

/** Blocks that must not compile.
 * @param {Places} places */
function mistakes(places) {
  const wrong = [
    ["js", 'import { createClient } from "crowfly";\nawait createClient({ api: 1 });\n'],
    ["ts", "client.upload(file, { onProgres: () => {} });\n"],
    ["html", '<script type="module">\nimport { nothing } from "crowfly";\nnothing();\n</script>\n'],
    ["jsx", 'import { useCrowfly } from "crowfly/react";\nuseCrowfly({ apis: "" });\n'],
  ];
  const blocks = wrong.map(([language = "", text = ""]) => ({ language, text, path: language, line: 1, run: false }));
  const said = compileScripts(blocks, places, "mistakes");
  return blocks.filter(({ path }) => !said.some((line) => line.startsWith(`${path}:`))).map(({ path }) => `a mistake in ${path} was not found`);
}

/** @param {Block} block @param {Places} places */
function readData(block, { modules }) {
  const { language, text } = block;
  try {
    if (language === "json") JSON.parse(text);
    else if (language === "jsonc") JSON.parse(text.replace(/("(?:[^"\\]|\\.)*")|\/\/.*/g, (_, string) => string ?? ""));
    else if (language === "yaml") yaml(modules)(text);
    else if (language === "css") return styles(modules)(text).map((wrong) => `${place(block, wrong.line)}: ${wrong.text}`);
    else if (!/^\s*<(\w+)[\s\S]*<\/\1>\s*$/.test(text)) throw new Error("the outer element is not closed");
    return [];
  } catch (error) {
    return [`${place(block)}: ${error instanceof Error ? error.message : error}`];
  }
}

/** What esbuild finds wrong in a style sheet.
 * @param {string} modules @returns {(text: string) => { line: number, text: string }[]} */
function styles(modules) {
  const { transformSync } = createRequire(join(modules, "tools.cjs"))("esbuild");
  return (text) => {
    const { warnings } = transformSync(text, { loader: "css", logLevel: "silent" });
    return warnings.map((/** @type {{ text: string, location?: { line: number } }} */ { text, location }) => ({ line: location?.line ?? 1, text }));
  };
}

/** The reader of YAML that came with the tools of the site.
 * @param {string} modules @returns {(text: string) => unknown} */
function yaml(modules) {
  const site = join(modules, "../../node-site/node_modules");
  return createRequire(join(site, "tools.cjs"))("yaml").parse;
}

