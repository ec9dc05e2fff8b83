// One row of the list.
import { bar, draw, fill, h, icon, readable, say, set } from "./dom.js";
import { bytes, duration, percent, rate } from "./format.js";
import { idOf } from "./list.js";
import { isStored } from "./sums.js";

/** @import { Item } from "./list.js" */
/** @import { TextName, Words } from "./words.js" */
/** @import { Icon } from "./dom.js" */

/** What a row's rendering needs of its element.
 * @typedef {object} Around
 * @property {Words} words
 * @property {(error: unknown) => string} explain
 * @property {boolean} disabled
 * @property {boolean} calm whether the numbers stay as they are: they are too quick to read
 * @property {(name: string, item: Item) => void} act
 * @property {((item: Item, row: Row) => void) | undefined} thumb draws small pictures, once that was loaded */

/** Failures that stay the same for the same file. */
const FINAL =
  /^(invalid_(name|path|size|type)|too_large|type_not_allowed|public_not_allowed|insufficient_scope|invalid_subject|forbidden|file_(changed|unreadable)|unsupported)$/;

/** What has a preview. */
const SHOWN = /^(image\/(?!svg)|video\/|audio\/)/;

/** A button with an icon, and with words where it is the next step.
 * @param {(name: string) => void} act
 * @param {string} part */
export function button(act, part) {
  const text = h("span", null);
  const svg = icon("abort");
  const element = h("button", { type: "button", part, click: () => act(element.dataset["action"] ?? "") }, svg, text);
  return {
    element,
    /** @param {Icon | undefined} name of the action; none hides it
     * @param {string} [word] what is written on it
     * @param {string} [label] its name, if that is more than what is written */
    show(name, word = "", label = word) {
      element.hidden = !name;
      if (!name) return;
      set(element, "data-action", name);
      set(element, "aria-label", label);
      set(element, "title", word ? null : label);
      draw(svg, name);
      say(text, word);
    },
  };
}

export class Row {
  /** @param {Item} item
   * @param {Around["act"]} act */
  constructor(item, act) {
    this.item = item;
    const does = (/** @type {string} */ name) => act(name, this.item);
    this.kind = h("span", { "aria-hidden": "true" });
    this.thumb = h("button", { type: "button", part: "thumbnail", "data-action": "preview", click: () => does("preview") }, icon("file"), this.kind);
    this.name = h("span", { part: "name" });
    this.detail = h("span", null);
    this.badge = h("span", { part: "badge" });
    this.mark = icon("done");
    this.bar = bar();
    this.first = button(does, "action");
    this.second = button(does, "action");
    this.element = h(
      "li",
      { part: "row" },
      this.thumb,
      h("div", { part: "body" }, this.name, h("div", { part: "detail" }, this.mark, this.detail, this.badge), this.bar),
      h("div", { part: "actions" }, this.first.element, this.second.element),
    );
    /** What it was rendered with.
     * @type {unknown[]} */
    this.seen = [];
  }

  /** @param {Around} around */
  render(around) {
    const { item } = this;
    const { words } = around;
    const now = [item.seen, item.state, item.error, item.warning, words, around.thumb, around.disabled, item.size, item.name];
    if (now.every((value, at) => value === this.seen[at])) return;
    const { state, seen } = item;
    const name = readable(item.name);
    if (around.calm && state === this.seen[1] && !item.error && words === this.seen[4]) return this.#progress(words, true);
    this.seen = now;
    const stored = isStored(item);
    const withheld = seen?.record?.withheld;
    const verified = stored && seen?.stored?.verified;
    set(this.element, "data-upload", idOf(item) ?? item.key);
    set(this.element, "data-state", state);
    say(this.name, name);
    set(this.name, "title", item.path ? `${readable(item.path)}/${name}` : name);
    say(this.kind, name.match(/\.(\w{1,4})$/)?.[1]?.toUpperCase() ?? "");
    const shown = SHOWN.test(item.file?.type ?? "");
    set(this.thumb, "aria-label", shown ? words.text("named", { action: words.text("preview"), name }) : null);
    this.thumb.disabled = !shown;
    set(this.thumb, "aria-hidden", shown ? null : "true");
    draw(this.mark, stored && !withheld ? "done" : "alert");
    this.mark.style.display = stored || state === "failed" || item.warning ? "" : "none";
    say(this.badge, withheld ? ` ${words.text("withheld")}` : verified ? words.text("verified") : "");
    set(this.badge, "title", seen?.stored?.crc64nvme);
    set(this.element, "data-withheld", withheld);
    this.bar.hidden = stored || state === "failed" || state === "aborted";
    set(this.bar, "aria-label", words.text("progressOf", { name }));
    this.#progress(words, false);
    if (state === "failed") say(this.detail, around.explain(item.error));
    if (withheld) say(this.detail, words.text(withheld));
    this.#buttons(around);
    around.thumb?.(item, this);
  }

  /** @param {Words} words
   * @param {boolean} onlyBar */
  #progress(words, onlyBar) {
    const { size, state, seen } = this.item;
    const { sent = 0, bytesPerSecond = 0, etaMs } = seen?.progress ?? {};
    const done = isStored(this.item);
    const moves = state === "uploading";
    const { lang } = words;
    const part = done ? 1 : size > 0 ? Math.min(1, sent / size) : 0;
    const amount = words.text("uploading", { sent: bytes(lang, sent), size: bytes(lang, size) });
    const said = state === "preparing" || state === "ready" || state === "processed" ? state : /** @type {TextName} */ (state);
    const word = words.text(moves ? "uploading" : done ? "stored" : said, { sent: bytes(lang, sent), size: bytes(lang, size) });
    fill(this.bar, part, [percent(lang, part), moves ? "" : word].filter(Boolean).join(", "));
    if (onlyBar || state === "failed") return;
    const more = moves
      ? [bytesPerSecond > 0 && rate(lang, bytesPerSecond), etaMs !== undefined && words.text("left", { time: duration(lang, etaMs) })]
      : [!done && sent > 0 && state !== "aborted" ? amount : bytes(lang, size)];
    say(this.detail, [word, ...more].filter(Boolean).join(" · "));
  }

  /** @param {Around} around */
  #buttons({ words, disabled }) {
    const { state, name, error } = this.item;
    const { code = "" } = /** @type {{ code?: string }} */ (error ?? {});
    /** @param {"pause" | "resume" | "retry" | "abort" | "remove"} action */
    const named = (action) => words.text("named", { action: words.text(action), name });
    const over = isStored(this.item) || state === "failed" || state === "aborted";
    const had = [this.first.element, this.second.element].find((element) => element.matches(":focus"));
    if (state === "failed" && !FINAL.test(code)) this.first.show("retry", words.text("retry"), named("retry"));
    else if (state === "paused") this.first.show("resume", "", named("resume"));
    else if (!over && state !== "ready" && state !== "preparing") this.first.show("pause", "", named("pause"));
    else this.first.show(undefined);
    const end = over ? "remove" : "abort";
    this.second.show(end, "", named(end));
    this.first.element.disabled = this.second.element.disabled = disabled;
    // A button that goes away does not take the focus with it.
    if (had?.hidden) this.second.element.focus();
  }
}
