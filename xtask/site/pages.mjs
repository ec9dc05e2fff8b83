// Which pages there are, by `docs/SUMMARY.md`, and what each is called in the book.
import { readFileSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), "../..");
/** Where what the book does not have is shown. */
const SOURCE = "https://github.com/crowfly/crowfly";

/** @typedef {{ title: string, path: string, at: string, part: string }} Page `path` from the root of the repository, `at`
 * in the book */

/** @param {string} path */
export const read = (path) => readFileSync(join(ROOT, path), "utf8");

/** The path of a page in the book.
 * @param {string} path */
function placed(path) {
  if (path === "README.md") return "index.md";
  if (path.startsWith("docs/")) return path.slice("docs/".length);
  return path.replace(/\/README\.md$/, ".md").replaceAll("/", "-");
}

/** The pages in their order.
 * @returns {Page[]} */
export function pages() {
  let part = "";
  return read("docs/SUMMARY.md")
    .split("\n")
    .flatMap((line) => {
      const heading = /^# (.*)$/.exec(line);
      if (heading) part = heading[1] ?? "";
      const entry = /^\s*(?:- )?\[([^\]]+)\]\(([^)]+)\)$/.exec(line);
      if (!entry) return [];
      const [, title = "", target = ""] = entry;
      const path = normalize(join("docs", target));
      return [{ title, path, at: placed(path), part }];
    });
}

/** The address of a file of the repository that is no page.
 * @param {string} path @param {boolean} folder */
export const source = (path, folder) => `${SOURCE}/${folder ? "tree" : "blob"}/main/${path}`;

/** A relative link from one page of the book to another.
 * @param {string} from @param {string} to */
export const between = (from, to) => relative(dirname(from), to) || to;
