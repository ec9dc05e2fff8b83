// Elements without a framework. Nothing parses HTML, so that a page's Trusted Types have nothing to refuse.

const SVG = "http://www.w3.org/2000/svg";

/** Outlines on a grid of 24 by 24. */
const PATHS = {
  upload: "M12 16V5m-5 5 5-5 5 5M4 16v3a1 1 0 0 0 1 1h14a1 1 0 0 0 1-1v-3",
  file: "M14 3H7a1 1 0 0 0-1 1v16a1 1 0 0 0 1 1h10a1 1 0 0 0 1-1V7zv4h4",
  pause: "M9 5v14M15 5v14",
  resume: "M8 5l11 7-11 7z",
  retry: "M20 12a8 8 0 1 1-2.5-5.8L20 8.5V4m0 4.5h-4.5",
  abort: "M6 6l12 12M18 6 6 18",
  remove: "M6 6l12 12M18 6 6 18",
  done: "M5 12.5l4.5 4.5L19 7.5",
  alert: "M12 8v5m0 3.5v.1M12 3.5 2.5 20h19z",
};

/** A text without the characters that only hide or reorder others, as a record has a file's name: those that
 * `contract/src/marks.rs` removes.
 * @param {string} text */
export const readable = (text) => text.replace(/[\u200b\ufeff\u202a-\u202e\u2066-\u206f\ufff9-\ufffb]/g, "");

/** What an element is given: attributes, and functions that listen to events.
 * @typedef {Readonly<Record<string, string | number | boolean | null | undefined | ((event: Event) => void)>>} Given */

/** An element with attributes, listeners and children.
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Given | null} [given]
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[T]} */
export function h(tag, given, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(given ?? {})) {
    if (typeof value === "function") element.addEventListener(name, value);
    else set(element, name, value);
  }
  element.append(...children);
  return element;
}

/** Sets an attribute if it is another one now; null, undefined and false take it away.
 * @param {Element} element
 * @param {string} name
 * @param {string | number | boolean | null | undefined} value */
export function set(element, name, value) {
  const text = value === true ? "" : value === false || value == null ? null : `${value}`;
  if (element.getAttribute(name) === text) return;
  if (text === null) element.removeAttribute(name);
  else element.setAttribute(name, text);
}

/** Sets the text if it is another one now: screen readers and selections are left alone.
 * @param {Node} node
 * @param {string} text */
export function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** @typedef {keyof typeof PATHS} Icon */

/** @param {Icon} name */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  set(svg, "viewBox", "0 0 24 24");
  set(svg, "aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  set(path, "d", PATHS[name]);
  svg.append(path);
  return svg;
}

/** Changes the outline of an icon.
 * @param {Element} svg
 * @param {Icon} name */
export const draw = (svg, name) => set(/** @type {Element} */ (svg.firstElementChild), "d", PATHS[name]);

/** A bar of progress with its filling.
 * @param {Given} [given] */
export function bar(given) {
  const all = { part: "bar", role: "progressbar", "aria-valuemin": 0, "aria-valuemax": 100, ...given };
  return h("div", all, h("i"));
}

/** Fills a bar.
 * @param {HTMLElement} bar
 * @param {number} part from 0 to 1
 * @param {string} text what a screen reader says of it */
export function fill(bar, part, text) {
  const percent = Math.floor(part * 100);
  set(bar, "aria-valuenow", percent);
  set(bar, "aria-valuetext", text);
  // By script and not as an attribute, which a content security policy may refuse.
  /** @type {HTMLElement} */ (bar.firstElementChild).style.inlineSize = `${part * 100}%`;
}
