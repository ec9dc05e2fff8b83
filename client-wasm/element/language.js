// The language of an element: that of the page around it, as far as there are words for it.
import { set } from "./dom.js";
import { Words } from "./words.js";

/** @import { Messages } from "../npm/element.d.ts" */
/** @import { refusal } from "./rare.js" */

const KOREAN = /^ko\b/i;

/** What speaks: a component. Its `root` is there once it has been in a page.
 * @typedef {object} Speaker
 * @property {HTMLElement & { messages: Messages | undefined }} host
 * @property {Element | undefined} root
 * @property {ElementInternals} internals
 * @property {() => void} changed called when the words have changed */

/** What words come with.
 * @typedef {{ messages: Messages, refusal?: typeof refusal }} Loaded */

/** What loads words: Korean, and the English ones that many pages never need.
 * @typedef {Readonly<Record<"ko" | "rare", () => Promise<Loaded>>>} Files */

export class Language {
  #tag = "en";
  /** The words that were loaded.
   * @type {Record<string, Messages>} */
  #loaded = {};
  /** @type {Record<string, Promise<Loaded | undefined>>} */
  #loading = {};
  #observer;
  #english;
  #files;

  /** @param {Speaker} core
   * @param {Messages} english the words that every page needs
   * @param {Files} files */
  constructor(core, english, files) {
    this.core = core;
    this.#english = english;
    this.#files = files;
    this.words = new Words("en", english);
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

  /** Loads more words, and gives what came with them. Without them it goes on with those that it has.
   * @param {"ko" | "rare"} name
   * @returns {Promise<Loaded | undefined>} */
  load(name) {
    return (this.#loading[name] ??= this.#files[name]().then(
      (loaded) => {
        this.#loaded[name] = loaded.messages;
        this.#spell();
        return loaded;
      },
      () => {
        delete this.#loading[name];
        return undefined;
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
    this.words = new Words(spoken, this.#english, rare, korean, messages);
    if (core.root) set(core.root, "lang", spoken === tag ? null : spoken);
    core.internals.ariaLabel = this.words.text("label");
    core.changed();
  }
}
