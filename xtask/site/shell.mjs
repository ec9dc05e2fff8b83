// Checks blocks of shell commands: bash reads them, and each command is there.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import { read, ROOT } from "./pages.mjs";

const TOOLS = join(ROOT, "target/tools");
/** Words that the shell knows by itself, or that a person puts before a command. */
const SHELL = new Set("cd export . source test echo printf set if then else fi for do done while true false sudo {  }".split(" "));

/** Commands of packages that the documents install, and the set-up pins. */
const PINNED = /** @type {Record<string, string>} */ ({ sam: "xtask/python/sam.txt", aws: "xtask/python/aws.txt" });

/** Where programs are: on this machine, and in the environments of the set-up. */
function folders() {
  const own = existsSync(TOOLS) ? readdirSync(TOOLS).filter((name) => name.startsWith("venv-")) : [];
  return [...(process.env["PATH"] ?? "").split(delimiter), ...own.map((name) => join(TOOLS, name, "bin"))];
}

/** What is wrong with a block.
 * @param {import("./markdown.mjs").Block & { path: string }} block */
export function checkShell({ path, line, text }) {
  const { status, stderr } = spawnSync("bash", ["-n"], { input: text, encoding: "utf8" });
  if (status !== 0) return [`${path}:${line}: bash: ${stderr.trim()}`];
  return commands(text).flatMap((words) => unknown(words).map((what) => `${path}:${line}: ${what}`));
}

/** The simple commands of a script, each as words. A rough reading, for the scripts of documents.
 * @param {string} text */
function commands(text) {
  const plain = text
    .replace(/\\\n/g, " ")
    .replace(/'[^']*'/g, "quoted")
    .replace(/"[^"$]*"/g, "quoted")
    .replace(/(^|\s)#.*$/gm, "");
  const inner = [...plain.matchAll(/\$\(([^()]*)\)/g)].map(([, command = ""]) => command);
  const outer = plain.replace(/\$\([^()]*\)/g, "value");
  return [...inner, ...outer.split(/\n|&&|\|\||\||;/)]
    .map((command) => command.trim().split(/\s+/).filter((word) => !/^\w+=\S*$/.test(word)))
    .filter(([first]) => first !== undefined && first !== "");
}

/** @param {string[]} words @returns {string[]} */
function unknown([first = "", second = "", third = ""]) {
  if (SHELL.has(first)) return [];
  const pinned = PINNED[first];
  if (pinned) return existsSync(join(ROOT, pinned)) ? [] : [`${first} is no longer in ${pinned}`];
  if (!folders().some((folder) => existsSync(join(folder, first)))) return [`there is no command ${first}`];
  if (first === "cargo" && second === "xtask" && !read("xtask/src/main.rs").includes(`\n  ${third} `)) {
    return [`there is no cargo xtask ${third}`];
  }
  return [];
}
