// The language of an element: that of the page around it, as far as there are words for it.
import { set } from "./dom.js";
import { Words } from "./words.js";

/** @import { Messages } from "../npm/element.d.ts" */
/** @import { Core } from "./core.js" */
/** @import { refusal } from "./rare.js" */

const KOREAN = /^ko\b/i;

export class Language {
  words = new Words("en", {}, {});
  #tag = "en";
  /** The words that were loaded.
   * @type {Record<string, Messages>} */
  #loaded = {};
  /** @type {Record<string, Promise<void>>} */
  #loading = {};
  #observer;
  /** @type {typeof refusal | undefined} */
  refusal;

  /** @param {Core} core */
  constructor(core) {
    this.core = core;
    this.#observer = globalThis.MutationObserver && new MutationObserver(() => this.speak());
  }

  /** Follows the page's language. */
  connect() {
    this.#observer.observe(this.core.host.ownerDocument, { subtree: true, attributeFilter: ["lang"] });
    this.speak();
  }

  disconnect() {
    this.#observer.disconnect();
  }

  /** Finds the language: that of the nearest attribute, out of shadow roots too. */
  speak() {
    /** @type {Element | undefined} */
    let node = this.core.host;
    let tag = "";
    while (node && !tag) {
      tag = node.closest("[lang]")?.getAttribute("lang") ?? "";
      node = /** @type {Partial<ShadowRoot>} */ (node.getRootNode()).host;
    }
    this.#tag = tag || "en";
    if (KOREAN.test(tag)) this.load("ko");
    this.#spell();
  }

  /** Loads more words. Without them it goes on with those that it has.
   * @param {"ko" | "rare"} name */
  load(name) {
    return (this.#loading[name] ??= (
      name === "ko"
        ? import("./ko.js").then(({ messages }) => messages)
        : import("./take.js").then(({ texts, errors, warnings, refusal }) => {
            this.refusal = refusal;
            return { ...texts, errors, warnings };
          })
    ).then(
      (loaded) => {
        this.#loaded[name] = loaded;
        this.#spell();
      },
      () => {
        delete this.#loading[name];
      },
    ));
  }

  #spell() {
    const { core } = this;
    const { ko, rare } = this.#loaded;
    const tag = this.#tag;
    const { messages } = core.host;
    const korean = KOREAN.test(tag) ? ko : undefined;
    // A language that has no words here has no numbers of its own in the middle of English.
    const spoken = korean || /^en\b/i.test(tag) || messages ? tag : "en";
    this.words = new Words(spoken, korean ?? {}, messages ?? {}, rare);
    if (core.root) set(core.root, "lang", spoken === tag ? null : spoken);
    core.internals.ariaLabel = this.words.text("label");
    core.changed();
  }
}
