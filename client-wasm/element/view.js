// What an element shows: the zone, the limits, notices, the sums, the list.
import { browse } from "./gestures.js";
import { bar, fill, h, icon, readable, say, set } from "./dom.js";
import { bytes, duration, percent, rate } from "./format.js";
import { button } from "./row.js";
import { news, sum } from "./sums.js";
import { Rows } from "./virtual.js";

/** @import { Core } from "./core.js" */
/** @import { CrowflyUpload } from "./element.js" */
/** @import { Around } from "./row.js" */
/** @import { Item } from "./list.js" */
/** @import { TextName, Words } from "./words.js" */

/** Least time between two announcements, and between two changes of the numbers, in milliseconds. */
const SPEAK_MS = 3_000;
const NUMBERS_MS = 400;

export class View {
  /** @type {Item[]} */
  shown = [];
  #numbers = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #speaking;
  #spoken = sum([]);
  /** Said besides what the sums say.
   * @type {string[]} */
  #sayings = [];

  /** @param {Core} core
   * @param {(name: string, children: Node[]) => Node} slot */
  constructor(core, slot) {
    const { host } = core;
    this.core = core;
    this.host = host;
    /** @param {"browse" | "folder" | "camera"} name */
    const way = (name) => {
      const click = () => browse(this.input, host, name === "browse" ? undefined : name);
      return h("button", { type: "button", part: name === "browse" ? "browse" : `way ${name}`, "data-action": name, click });
    };
    // Its events are not those of the element, which has its own.
    const picked = (/** @type {Event} */ event) => {
      event.stopPropagation();
      this.#picked();
    };
    this.input = h("input", { type: "file", hidden: true, tabindex: -1, change: picked, input: (event) => event.stopPropagation() });
    this.drop = h("span", { "data-fine": true });
    this.tap = h("span", { "data-coarse": true });
    this.browse = way("browse");
    this.folder = way("folder");
    this.camera = way("camera");
    this.limits = h("p", { part: "limits" });
    this.zone = h(
      "div",
      { part: "zone", click: ({ target }) => this.#clicked(target) },
      h("div", { part: "icon" }, icon("upload")),
      h("div", { part: "label" }, slot("label", [this.drop, this.tap])),
      h("div", { part: "ways" }, this.browse, this.folder, this.camera),
      h("div", { part: "hint", hidden: host.light }, slot("hint", [])),
      this.limits,
      this.input,
    );
    this.prompt = h("div", { part: "prompt", hidden: true, role: "group" });
    this.notice = h("div", { part: "notice", hidden: true });
    this.sums = h("span", { part: "sums" });
    this.bar = bar();
    const all = (/** @type {string} */ name) => core.actAll(name);
    this.all = [0, 1, 2, 3].map(() => button(all, "action"));
    this.summary = h(
      "div",
      { part: "summary", hidden: true },
      h("div", { part: "sum" }, this.sums, h("div", { part: "actions" }, ...this.all.map(({ element }) => element))),
      this.bar,
    );
    this.list = new Rows(() => core.changed());
    this.status = h("div", { role: "status", part: "status" });
    this.empty = h("div", { part: "empty" }, slot("empty", []));
    this.nodes = [this.zone, this.prompt, this.notice, this.summary, this.list.element, this.empty, this.status];
  }

  #picked() {
    const files = [...(this.input.files ?? [])];
    // Otherwise the same file cannot be picked twice in a row.
    this.input.value = "";
    this.core.picked(files);
  }

  /** @param {EventTarget | null} target */
  #clicked(target) {
    if (!this.core.isDisabled && !/** @type {Element} */ (target).closest("a,button,input,label,select,textarea")) browse(this.input, this.host, undefined);
  }

  /** @param {Item[]} items
   * @param {Words} words
   * @param {Pick<Around, "explain" | "thumb">} more */
  render(items, words, more) {
    const { core } = this;
    const disabled = core.isDisabled;
    const now = performance.now();
    const calm = now - this.#numbers < NUMBERS_MS;
    if (!calm) this.#numbers = now;
    this.#zone(words, disabled, items.length);
    const sums = sum(items);
    this.#summary(sums, words, disabled, calm);
    for (const item of this.list.rows.keys()) {
      if (!items.includes(item) && !this.list.passFocus(item, this.shown, items)) this.browse.focus();
    }
    this.shown = items;
    set(this.list.element, "aria-label", words.text("list"));
    this.list.element.hidden = items.length === 0;
    this.empty.hidden = items.length > 0;
    this.list.render(items, { ...more, words, disabled, calm, act: (name, item) => core.act(name, item) });
    this.#speak(words);
    // What was left as it is needs another look.
    if (calm && sums.rate > 0) setTimeout(() => core.changed(), NUMBERS_MS);
  }

  /** @param {Words} words
   * @param {boolean} disabled
   * @param {number} files */
  #zone(words, disabled, files) {
    const { host, browse, folder, camera } = this;
    const { multiple } = host;
    set(this.zone, "data-disabled", disabled);
    set(this.zone, "data-filled", files > 0);
    say(this.drop, words.text(multiple ? "drop" : "dropOne"));
    say(this.tap, words.text(multiple ? "tap" : "tapOne"));
    say(browse, words.text(multiple ? "browse" : "browseOne"));
    say(folder, words.text("folder"));
    say(camera, words.text("camera"));
    folder.hidden = !host.folders || !multiple;
    camera.hidden = !host.hasAttribute("camera");
    browse.disabled = folder.disabled = camera.disabled = this.input.disabled = disabled;
    set(this.input, "multiple", multiple);
    say(this.limits, limits(host, words));
    this.limits.hidden = !this.limits.textContent;
  }

  /** @param {ReturnType<typeof sum>} sums
   * @param {Words} words
   * @param {boolean} disabled
   * @param {boolean} calm */
  #summary(sums, words, disabled, calm) {
    const { files, active, paused, ready, stored, failed, sent, total, rate: speed, etaMs } = sums;
    const focused = this.summary.matches(":focus-within");
    this.summary.hidden = files === 0;
    if (files === 0) {
      if (focused) this.browse.focus();
      return;
    }
    const { lang } = words;
    const part = total > 0 ? sent / total : stored > 0 ? 1 : 0;
    const going = active - paused - ready;
    const text = [
      words.text("storedOf", { n: files, stored }),
      failed > 0 && words.text("failedOf", { n: failed }),
      active > 0 && percent(lang, part),
      speed > 0 && rate(lang, speed),
      speed > 0 && etaMs !== undefined && words.text("left", { time: duration(lang, etaMs) }),
    ].filter(Boolean);
    if (!calm || going === 0) say(this.sums, text.join(" · "));
    set(this.bar, "aria-label", words.text("progressOfAll"));
    this.bar.hidden = active === 0 || files < 2;
    fill(this.bar, part, text.join(", "));
    const had = this.all.find(({ element }) => element.matches(":focus"));
    // Of one file, its row has the buttons.
    const many = files > 1;
    if (ready > 0) this.#offer(0, "resume", "start", words.text("start", { n: ready }));
    else if (going > 0) this.#offer(0, "pause", "pause-all", many && words.text("pauseAll"));
    else this.#offer(0, "resume", "resume-all", many && paused > 0 && words.text("resumeAll"));
    this.#offer(1, "retry", "retry-all", many && failed > 0 && words.text("retryAll"));
    this.#offer(2, "abort", "abort-all", many && active > 0 && words.text("abortAll"));
    this.#offer(3, "remove", "clear", many && files > active && words.text("clear"));
    for (const { element } of this.all) element.disabled = disabled;
    if (had?.element.hidden) (this.all.find(({ element }) => !element.hidden)?.element ?? this.browse).focus();
  }

  /** A button for all: shown where it has a word.
   * @param {number} at
   * @param {"pause" | "resume" | "retry" | "abort" | "remove"} look
   * @param {string} action
   * @param {string | false} word */
  #offer(at, look, action, word) {
    const one = this.all[at];
    one?.show(word ? look : undefined, word || "");
    if (one && word) one.element.dataset["action"] = action;
  }

  /** Shows a notice and says it; without a title takes it away.
   * @param {Words} words
   * @param {string} [title]
   * @param {string[]} [lines] */
  note(words, title, lines = []) {
    const { notice } = this;
    const focused = notice.matches(":focus-within");
    notice.hidden = !title;
    notice.replaceChildren();
    if (focused) this.browse.focus();
    if (!title) return;
    title = readable(title);
    lines = lines.map(readable);
    const dismiss = button(() => this.note(words), "action");
    dismiss.show("remove", "", words.text("dismiss"));
    set(dismiss.element, "data-action", "dismiss");
    notice.append(icon("alert"), h("div", null, h("strong", null, title), ...lines.map((line) => h("p", null, line))), dismiss.element);
    this.#sayings.push(lines.length > 0 ? `${title}. ${lines.join(" ")}` : title);
    this.#speak(words);
  }

  /** Speaks in a while of what has changed until then, all at once.
   * @param {Words} words */
  #speak(words) {
    const said = news(this.#spoken, sum(this.core.list.items));
    if (this.#speaking || (said.length === 0 && this.#sayings.length === 0)) {
      // What leaves the list is not news, but what comes after is.
      if (said.length === 0 && !this.#speaking) this.#spoken = sum(this.core.list.items);
      return;
    }
    const speak = () => {
      const now = sum(this.core.list.items);
      const texts = [...this.#sayings.splice(0), ...news(this.#spoken, now).map(([name, n]) => words.text(name, { n }))];
      this.#spoken = now;
      if (texts.length > 0) this.status.textContent = texts.join(" ");
      this.#speaking = texts.length > 0 ? setTimeout(again, SPEAK_MS) : undefined;
    };
    const again = () => {
      this.#speaking = undefined;
      speak();
    };
    // What comes in the same moment is said together.
    this.#speaking = setTimeout(again, 100);
  }
}

/** What is taken here, in one line.
 * @param {CrowflyUpload} host
 * @param {Words} words */
function limits(host, words) {
  const { lang } = words;
  const { accept, minBytes, maxBytes, maxFiles, maxTotalBytes, multiple } = host;
  return [
    accept && kinds(accept, words),
    minBytes && words.text("atLeast", { size: bytes(lang, minBytes) }),
    maxBytes && words.text("upTo", { size: bytes(lang, maxBytes) }),
    multiple && maxFiles && words.text("most", { n: maxFiles }),
    multiple && maxTotalBytes && words.text("upToInAll", { size: bytes(lang, maxTotalBytes) }),
  ]
    .filter(Boolean)
    .join(" · ");
}

/** An `accept` for people: `image/*,.pdf` is "images, PDF".
 * @param {string} accept
 * @param {Words} words */
function kinds(accept, words) {
  /** @type {Readonly<Record<string, TextName>>} */
  const groups = { "image/*": "images", "video/*": "videos", "audio/*": "sounds" };
  const all = accept.split(",").map((rule) => {
    const plain = rule.trim().toLowerCase();
    const group = groups[plain];
    return group ? words.text(group) : plain.replace(/^.*[./]/, "").replace(/\+.*$/, "").toUpperCase();
  });
  return [...new Set(all)].filter((kind) => kind && kind !== "*").join(", ");
}
