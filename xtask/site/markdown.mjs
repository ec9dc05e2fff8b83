// Reads what the checks need of a Markdown page: its fenced blocks, links and headings. The pages are our own, in the
// part of CommonMark that they use: https://spec.commonmark.org/0.31.2/

/** @typedef {{ language: string, text: string, line: number, run: boolean }} Block a fenced block, without indentation
 * and quotes; `line` is that of its first line of text, and `run` whether a test runs it as it is */
/** @typedef {{ target: string, line: number, image: boolean }} Link */

const FENCE = /^(\s*)(`{3,})\s*([\w-]*)[^`]*$/;

/** The lines of a page, each with whether it is in a fenced block or is a fence.
 * @param {string} page */
function lines(page) {
  let fence = "";
  return page.split("\n").map((text) => {
    const found = FENCE.exec(text);
    if (fence === "" && found) {
      fence = found[2] ?? "";
      return { text, fenced: true };
    }
    if (fence !== "") {
      if (text.trim() === fence) fence = "";
      return { text, fenced: true };
    }
    return { text, fenced: false };
  });
}

/** @param {string} page @returns {Block[]} */
export function blocks(page) {
  /** @type {Block[]} */
  const found = [];
  /** @type {{ fence: string, indent: string, block: Block } | undefined} */
  let open;
  let run = false;
  for (const [at, text] of page.split("\n").entries()) {
    const marker = /^<!-- [\w-]+:(start|end) -->$/.exec(text.trim());
    if (!open && marker) run = marker[1] === "start";
    const fence = FENCE.exec(text);
    if (!open && fence) {
      const [, indent = "", ticks = "", language = ""] = fence;
      open = { fence: ticks, indent, block: { language, text: "", line: at + 2, run } };
    } else if (open && text.trim() === open.fence) {
      found.push(open.block);
      open = undefined;
    } else if (open) {
      open.block.text += `${text.startsWith(open.indent) ? text.slice(open.indent.length) : text}\n`;
    }
  }
  if (open) throw new Error(`the block at line ${open.block.line} has no end`);
  return found;
}

/** The links of a page outside of code.
 * @param {string} page @returns {Link[]} */
export function links(page) {
  return lines(page).flatMap(({ text, fenced }, at) => {
    if (fenced) return [];
    const plain = text.replace(/(`+)[^`]*?\1/g, (code) => " ".repeat(code.length));
    return [...plain.matchAll(/(!?)\[[^\]]*\]\(([^()\s]*(?:\([^()\s]*\)[^()\s]*)*)\)/g)].map(([, image, target = ""]) => ({
      target,
      line: at + 1,
      image: image === "!",
    }));
  });
}

/** What a link, or an image that is written in HTML, leads to. */
const TARGETS = /(\]\(|\s(?:src|srcset)=")([^()"\s]+)(\)|")/g;

/** Replaces the targets of the links outside of fenced blocks.
 * @param {string} page @param {(target: string) => string} change */
export function relink(page, change) {
  return lines(page)
    .map(({ text, fenced }) => (fenced ? text : text.replace(TARGETS, (_, before, target, after) => before + change(target) + after)))
    .join("\n");
}

/** The first heading, without marks.
 * @param {string} page */
export function title(page) {
  const line = lines(page).find(({ text, fenced }) => !fenced && text.startsWith("# "));
  return shown((line?.text ?? "").slice(2));
}

/** The first paragraph below the title, in one line.
 * @param {string} page */
export function summary(page) {
  const paragraphs = lines(page)
    .map(({ text, fenced }) => (fenced ? "" : text))
    .join("\n")
    .split(/\n{2,}/)
    .map((text) => text.trim());
  const first = paragraphs.find((text) => text !== "" && !/^(?:#|\||<|!|>|-|\*)/.test(text)) ?? "";
  return shown(first.replace(/\s+/g, " "));
}

/** Text as it is shown: a link is its words, without emphasis.
 * @param {string} text */
function shown(text) {
  return text.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").replace(/\*\*/g, "").trim();
}

/** The anchors of a page, as GitHub and mdBook make them of its headings.
 * @param {string} page @returns {Set<string>} */
export function anchors(page) {
  /** @type {Set<string>} */
  const found = new Set();
  for (const { text, fenced } of lines(page)) {
    const heading = fenced ? undefined : /^#{1,6}\s+(.*?)\s*#*$/.exec(text)?.[1];
    if (heading === undefined) continue;
    const slug = shown(heading.replace(/`/g, ""))
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .replace(/\s/g, "-");
    let name = slug;
    for (let count = 1; found.has(name); count += 1) name = `${slug}-${count}`;
    found.add(name);
  }
  for (const [, id = ""] of page.matchAll(/<a id="([^"]+)">/g)) found.add(id);
  return found;
}
