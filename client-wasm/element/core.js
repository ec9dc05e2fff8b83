// What is behind an element: its list, its view, its words, its part in a form.
import { bytes } from "./format.js";
import { browse, listen, paste } from "./gestures.js";
import { List, idOf } from "./list.js";
import { isStored, sum } from "./sums.js";
import { adopt } from "./style.js";
import { View } from "./view.js";
import { Language } from "./language.js";
import { h, icon, readable, set } from "./dom.js";
import { ENGLISH } from "./words.js";

/** @import { Warning } from "../npm/api.d.ts" */
/** @import { Rejection } from "../npm/adapters.d.ts" */
/** @import { Earlier } from "./earlier.js" */
/** @import { CrowflyUpload } from "./element.js" */
/** @import { Item } from "./list.js" */
/** @import { Around } from "./row.js" */
/** @import { TextName } from "./words.js" */

/** Which element shows what earlier pages left, by its client or the address of its API.
 * @type {Map<unknown, Core>} */
const prompting = new Map();

/** What a form keeps of a stored file, so that it is there again when a person comes back to the page.
 * @typedef {{ id: string, name: string, size: number }} Kept */

export class Core {
  /** For what is loaded later, so that this is not loaded in pieces. */
  h = h;
  readable = readable;
  icon = icon;
  bytes = bytes;
  fieldsetDisabled = false;
  /** @type {View | undefined} */
  view;
  /** @type {Earlier | undefined} */
  earlier;
  #frame = 0;
  #looking = false;
  #value = "";
  #invalid = "";
  /** @type {Around["thumb"]} */
  #thumb;
  /** @type {HTMLElement | undefined} */
  root;
  #paste = (/** @type {Event} */ event) => {
    if (this.host.paste === "page") paste(this, event);
  };

  /** @param {CrowflyUpload} host
   * @param {ElementInternals} internals */
  constructor(host, internals) {
    this.host = host;
    this.internals = internals;
    this.list = new List(this);
    this.language = new Language(this, ENGLISH, {
      ko: () => import("./ko.js"),
      rare: () => import("./take.js"),
    });
  }

  get words() {
    return this.language.words;
  }

  get isDisabled() {
    return this.host.disabled || this.fieldsetDisabled;
  }

  connect() {
    const { host } = this;
    const { light } = host;
    if (!this.view) {
      this.internals.role = "group";
      this.view = new View(this, (name, children) => (light ? h("span", null, ...children) : h("slot", { name }, ...children)));
      // A click beside the buttons is for this, and leads nowhere: the page must not jump to the first button.
      const focus = (/** @type {Event} */ { target }) => {
        if (!(/** @type {Element} */ (target).matches(":active"))) this.focus({ preventScroll: true });
      };
      this.root = h("div", { part: "frame", tabindex: -1, focus }, ...this.view.nodes);
      if (light) {
        // What a browser gives the focus to when it tells what is missing in a form.
        if (!host.hasAttribute("tabindex")) host.tabIndex = -1;
        host.addEventListener("focus", focus);
        host.append(this.root);
      } else host.attachShadow({ mode: "open", delegatesFocus: true }).append(this.root);
      listen(this, (dragging) => this.view && set(this.view.zone, "data-dragging", dragging));
    }
    adopt(/** @type {Document | ShadowRoot} */ (host.shadowRoot ?? host.getRootNode()), light);
    host.ownerDocument.addEventListener("paste", this.#paste);
    this.language.connect();
    this.#lookLater();
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

  disconnect() {
    this.language.disconnect();
    this.host.ownerDocument.removeEventListener("paste", this.#paste);
    this.list.rest();
  }

  /** An attribute or a property has another value.
   * @param {string} name */
  set(name) {
    if (name === "messages") this.language.speak();
    if (name === "client" || name === "api" || name === "signer") {
      this.list.leave();
      this.earlier?.forget();
      this.earlier = undefined;
      if (this.host.isConnected) this.#lookLater();
    }
    this.changed();
  }

  /** Shows the list as it is by now, once in a frame, and tells the form at once. */
  changed() {
    this.#tellForm();
    this.draw();
  }

  /** Shows the list, and tells the form then. */
  draw() {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#tellForm();
      if (this.host.isConnected) this.view?.render(this.list.items, this.words, { explain: this.explain, thumb: this.#thumb });
    });
  }

  #tellForm() {
    const { host, internals, list } = this;
    if (!this.view) return;
    const stored = list.items.filter(isStored);
    /** @type {Kept[]} */
    const kept = stored.map((item) => ({ id: idOf(item) ?? "", name: item.name, size: item.size }));
    const value = JSON.stringify([host.name, kept]);
    if (value !== this.#value) {
      const first = !this.#value;
      this.#value = value;
      const data = new FormData();
      for (const { id } of kept) data.append(host.name, id);
      internals.setFormValue(host.name && kept.length > 0 ? data : null, JSON.stringify(kept));
      if (!first || kept.length > 0) for (const type of ["input", "change"]) host.dispatchEvent(new Event(type, { bubbles: true, composed: type === "input" }));
    }
    const { active, failed } = sum(list.items);
    /** @type {TextName | ""} */
    const wrong = active > 0 ? "stillUploading" : failed > 0 ? "someFailed" : host.required && stored.length === 0 ? "valueMissing" : "";
    const message = wrong && this.words.text(wrong);
    if (message === this.#invalid) return;
    this.#invalid = message;
    if (!message) internals.setValidity({});
    else internals.setValidity({ [wrong === "valueMissing" ? wrong : "customError"]: true }, message, this.view.browse);
  }

  /** @param {string} state */
  restore(state) {
    /** @type {Kept[]} */
    const kept = JSON.parse(state);
    if (this.list.items.length === 0) for (const one of kept) this.list.push({ ...one, state: "stored" });
    this.changed();
  }

  /** @param {string} type
   * @param {object} detail */
  emit(type, detail) {
    return this.host.dispatchEvent(new CustomEvent(type, { bubbles: true, composed: true, cancelable: type === "crowfly-warning", detail }));
  }

  /** Files were taken, or not.
   * @param {Rejection[]} rejected */
  took(rejected) {
    const loading = this.language.load("rare");
    if (rejected.length > 0) this.emit("crowfly-refused", { rejected });
    this.view?.note(this.words);
    if (rejected.length === 0) return;
    loading.then((loaded) => {
      const [title, lines] = loaded?.refusal?.(this, rejected) ?? [];
      this.view?.note(this.words, title, lines);
    });
  }

  /** Files came into the list. */
  added() {
    if (this.list.items.some(({ file }) => /^(image|video)\//.test(file?.type ?? ""))) this.#preview();
    this.changed();
  }

  /** @param {File[]} files */
  picked(files) {
    this.list.add(files.map((file) => ({ file })));
  }

  /** @param {Warning} warning */
  warn = async (warning) => {
    if (this.emit("crowfly-warning", { warning })) console.warn(`crowfly: ${warning.message}`);
    const item = this.list.items.find((item) => idOf(item) === warning.upload);
    await this.language.load("rare");
    const text = this.words.warnings[warning.code];
    if (item) item.warning = warning.code;
    if (text) this.view?.note(this.words, item && warning.upload ? `${item.name}: ${text}` : text);
    this.changed();
  };

  /** What went wrong, for people.
   * @param {unknown} error */
  explain = (error) => {
    const { name = "", code = "" } = /** @type {{ name?: string, code?: string }} */ (error ?? {});
    const found = this.words.errors[name === "AbortError" ? "aborted" : code];
    return found ?? (code === "notSetUp" || !code ? this.words.text(code || "unprepared") : (this.words.errors["unknown"] ?? this.words.text("failed")));
  };

  browse() {
    if (this.view && !this.isDisabled) browse(this.view.input, this.host, undefined);
  }

  /** @param {FocusOptions} [options] */
  focus(options) {
    this.view?.browse.focus(options);
  }

  /** @param {string} name
   * @param {Item} item */
  act(name, item) {
    if (name === "preview") this.#preview().then(({ open }) => open(this, item));
    else this.list.act(name, item);
  }

  /** @param {string} name of a button for all: `pause-all` */
  actAll(name) {
    const action = name.replace("-all", "");
    if (action === "start") this.list.start();
    else if (action === "clear") this.host.clear();
    else for (const item of [...this.list.items]) if (applies[action]?.includes(item.state)) this.list.act(action, item);
  }

  #preview() {
    const loading = import("./preview.js");
    loading.then(
      ({ thumbnail }) => {
        this.#thumb ??= thumbnail;
        this.changed();
      },
      () => {},
    );
    return loading;
  }

  /** Looks for what earlier pages left, unless there is certainly nothing: a client of its own is not made for that. */
  async #lookBack() {
    const { client, api, signer } = this.host;
    const key = client ?? (signer || api);
    const other = prompting.get(key);
    if (!key || this.earlier || (other && other !== this && other.host.isConnected)) return;
    prompting.set(key, this);
    try {
      const known = client ? undefined : await indexedDB.databases?.();
      if (known && !known.some(({ name }) => name?.startsWith("crowfly "))) return;
      const { Earlier } = await import("./earlier.js");
      this.earlier = new Earlier(this);
      await this.earlier.look(!client);
    } catch {
      // Where storage is refused, nothing was left.
    }
  }
}

/** The states in which a button for all does something.
 * @type {Readonly<Record<string, string[]>>} */
const applies = {
  pause: ["queued", "hashing", "uploading", "waiting"],
  resume: ["paused"],
  retry: ["failed"],
  abort: ["preparing", "ready", "queued", "hashing", "uploading", "waiting", "paused"],
};
