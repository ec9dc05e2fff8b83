// The documents for language models: `llms.txt` names the pages, `llms-full.txt` holds their text. https://llmstxt.org
import { summary, title } from "./markdown.mjs";

/** Parts that a reader with little room leaves out. */
const OPTIONAL = ["How it is made"];

/** @typedef {{ title: string, part: string, at: string, text: string }} Page */

/** The files by name.
 * @param {Page[]} pages */
export function llms(pages) {
  const [home, ...others] = pages;
  if (!home) throw new Error("there is no page");
  const parts = [...new Set(others.map(({ part }) => part))];
  const order = [...parts.filter((part) => !OPTIONAL.includes(part)), ...parts.filter((part) => OPTIONAL.includes(part))];
  const sections = order.map((part) => {
    const heading = OPTIONAL.includes(part) ? "Optional" : part;
    const lines = others.filter((page) => page.part === part).map((page) => entry(page));
    return `## ${heading}\n\n${lines.join("\n")}\n`;
  });
  const head = `# ${title(home.text)}\n\n> ${summary(home.text)}\n`;
  const short = [head, "The whole text of all pages is in [llms-full.txt](llms-full.txt), the HTTP contract in [openapi.json](openapi.json).\n", ...sections].join("\n");
  const full = pages.map(({ at, text }) => `<!-- ${at} -->\n\n${text.trim()}\n`).join("\n");
  return { "llms.txt": short, "llms-full.txt": full };
}

/** @param {Page} page */
function entry({ title, at, text }) {
  const about = at.startsWith("reference/") ? `the functions and types of ${title}` : summary(text);
  const first = /^.*?\.(?=\s|$)/.exec(about)?.[0] ?? about.replace(/:$/, "");
  return `- [${title}](${at})${first ? `: ${first}` : ""}`;
}
