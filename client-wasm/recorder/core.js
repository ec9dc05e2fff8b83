// What is behind a recorder: its view, its words, its part in a form.
import { bytes } from "../element/format.js";
import { Language } from "../element/language.js";
import { adopt } from "../element/style.js";
import { kindsOf, lacking } from "./capture.js";
import { Opener } from "./client.js";
import { Part } from "./form.js";
import { Recordings } from "./recordings.js";
import { View } from "./view.js";
import { ENGLISH } from "./words.js";

/** @import { Warning } from "../npm/api.d.ts" */
/** @import { Kind } from "./capture.js" */
/** @import { Left } from "./left.js" */
/** @import { CrowflyRecorder } from "./recorder.js" */

/** Which recorder offers what earlier pages left, by its client or the address of its API.
 * @type {Map<unknown, Core>} */
const offering = new Map();

/** How long the client of a recorder that has left the page is kept. */
const GRACE_MS = 5_000;

export class Core {
  /** For what is loaded later, so that this is not loaded in pieces. */
  bytes = bytes;
  fieldsetDisabled = false;
  /** @type {View | undefined} */
  view;
  /** @type {HTMLElement | undefined} */
  root;
  /** @type {Left | undefined} */
  left;
  /** @type {Kind | undefined} */
  #chosen;
  recordings = new Recordings(this);
  #part = new Part();
  #frame = 0;
  #looking = false;

  /** @param {CrowflyRecorder} host
   * @param {ElementInternals} internals */
  constructor(host, internals) {
    this.host = host;
    this.internals = internals;
    this.opener = new Opener(host, (warning) => this.#warn(warning));
    this.language = new Language(this, ENGLISH, {
      ko: () => import("./ko.js"),
      rare: () => import("./rare.js"),
    });
  }

  get words() {
    return this.language.words;
  }

  get isDisabled() {
    return this.host.disabled || this.fieldsetDisabled;
  }

  get kinds() {
    return kindsOf(this.host.sources);
  }

  /** What is recorded, or will be. */
  get kind() {
    const { kinds } = this;
    return kinds.find((kind) => kind === this.#chosen) ?? /** @type {Kind} */ (kinds[0]);
  }

  connect() {
    const { host } = this;
    const { light } = host;
    if (!this.view) {
      this.internals.role = "group";
      this.view = new View(this);
      this.root = this.view.root;
      if (light) {
        // What a browser gives the focus to when it tells what is missing in a form.
        if (!host.hasAttribute("tabindex")) host.tabIndex = -1;
        host.addEventListener("focus", () => this.focus());
        host.append(this.root);
      } else host.attachShadow({ mode: "open", delegatesFocus: true }).append(this.root);
    }
    adopt(/** @type {Document | ShadowRoot} */ (host.shadowRoot ?? host.getRootNode()), light);
    this.language.connect();
    this.check();
    this.#lookLater();
  }

  disconnect() {
    this.language.disconnect();
    queueMicrotask(() => {
      // It was only moved.
      if (this.host.isConnected) return;
      this.recordings.leave();
      this.rest();
    });
  }

  /** Closes the recorder's own client when it has left the page and nothing is being sent. */
  rest() {
    setTimeout(() => {
      if (!this.host.isConnected && !this.recordings.isBusy) this.opener.leave();
    }, GRACE_MS);
  }

  /** Looks for what earlier pages left when the page has nothing better to do. */
  #lookLater() {
    if (this.#looking) return;
    this.#looking = true;
    (globalThis.requestIdleCallback ?? setTimeout)(() => {
      this.#looking = false;
      this.#lookBack();
    });
  }

  /** Looks, unless there is certainly nothing: a client of its own is not made for that. */
  async #lookBack() {
    const { client, api } = this.host;
    const key = client ?? api;
    const other = offering.get(key);
    if (!key || this.left || (other && other !== this && other.host.isConnected)) return;
    offering.set(key, this);
    try {
      const known = client ? undefined : await indexedDB.databases?.();
      if (known && !known.some(({ name }) => name?.startsWith("crowfly "))) return;
      const { Left } = await import("./left.js");
      this.left = new Left(this);
      await this.left.look(!client);
    } catch {
      // Where storage is refused, nothing was left.
    }
  }

  /** An attribute or a property has another value.
   * @param {string} name */
  set(name) {
    if (name === "messages") this.language.speak();
    if (name === "client" || name === "api") {
      // What runs goes on with the client that it has.
      this.opener.leave(this.recordings.isBusy);
      this.left?.forget();
      this.left = undefined;
      if (this.host.isConnected) this.#lookLater();
    }
    if (name === "sources" && this.view) this.check();
    this.changed();
  }

  /** @param {Kind} kind */
  choose(kind) {
    this.#chosen = kind;
    this.view?.note();
    this.check();
    this.changed();
  }

  /** Says what this browser lacks for what is chosen; whether it lacks nothing. */
  check() {
    const lacks = lacking(this.kind);
    if (lacks) this.tell(lacks);
    return !lacks;
  }

  /** Shows a notice, by the name of its text.
   * @param {string} name */
  async tell(name) {
    await this.language.load("rare");
    this.view?.note(this.words.warnings[name] ?? this.words.text(name));
  }

  /** Shows what went wrong.
   * @param {unknown} error */
  async explain(error) {
    await this.language.load("rare");
    const { name = "", code = "" } = /** @type {{ name?: string, code?: string }} */ (error ?? {});
    const { words } = this;
    this.view?.note(words.errors[name === "AbortError" ? "aborted" : code] ?? words.text(code === "notSetUp" ? code : "failed"));
  }

  /** @param {Warning} warning */
  #warn(warning) {
    if (this.emit("crowfly-warning", { warning })) console.warn(`crowfly: ${warning.message}`);
    this.language.load("rare").then(() => {
      if (this.words.warnings[warning.code]) this.tell(warning.code);
    });
  }

  /** Tells the form at once, and shows what is by now, once in a frame. */
  changed() {
    this.#part.tell(this, this.recordings);
    this.draw();
  }

  draw() {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      if (this.host.isConnected) this.view?.render();
    });
  }

  /** @param {string} type
   * @param {object} detail */
  emit(type, detail) {
    return this.host.dispatchEvent(new CustomEvent(type, { bubbles: true, composed: true, cancelable: type === "crowfly-warning", detail }));
  }

  /** @param {FocusOptions} [options] */
  focus(options) {
    this.view?.anchor.focus(options);
  }
}
