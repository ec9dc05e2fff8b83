// What earlier pages left unfinished: asks whether to go on. Loaded only if there may be something.
/** @import { Resumable } from "../npm/api.d.ts" */
/** @import { PickedFile } from "../npm/adapters.d.ts" */
/** @import { Core } from "./core.js" */

/** Names that are shown. */
const TOLD = 3;
const TABLE = "uploads";

/** Whether any journal of this origin has an entry.
 * @returns {Promise<boolean>} */
export async function anything() {
  for (const { name } of (await indexedDB.databases?.()) ?? []) {
    if (name?.startsWith("crowfly ") && (await count(name)) > 0) return true;
  }
  return !indexedDB.databases;
}

/** @param {string} name
 * @returns {Promise<number>} */
function count(name) {
  return new Promise((done) => {
    const request = indexedDB.open(name);
    // It was deleted meanwhile: it must not come to be again.
    request.onupgradeneeded = () => request.transaction?.abort();
    request.onerror = () => done(0);
    request.onsuccess = () => {
      const db = request.result;
      const end = (/** @type {number} */ found) => {
        db.close();
        done(found);
      };
      if (!db.objectStoreNames.contains(TABLE)) return end(0);
      const counted = db.transaction(TABLE).objectStore(TABLE).count();
      counted.onsuccess = () => end(counted.result);
      counted.onerror = () => end(0);
    };
  });
}

export class Earlier {
  /** @type {Resumable[]} */
  left = [];
  /** The dialog was opened for these files: another one is not a new upload. */
  asked = false;

  /** @param {Core} core */
  constructor(core) {
    this.core = core;
  }

  /** @param {boolean} own whether the client is the element's own, which is not made in vain */
  async look(own) {
    if (own && !(await anything())) return;
    const client = await this.core.list.open();
    const ours = new Set(client.snapshot().uploads.map(({ id }) => id));
    this.left = (await client.resumable()).filter(({ id }) => !ours.has(id));
    await this.core.language.load("rare");
    this.show();
  }

  /** The element has another client from now on. */
  forget() {
    this.left = [];
    this.show();
  }

  /** Takes the files that go on with something; gives the others back.
   * @param {PickedFile[]} files */
  take(files) {
    const others = files.filter(({ file }) => {
      const one = this.left.find(({ name, size }) => name === file.name && size === file.size);
      if (!one) return true;
      this.#goOn(one, file);
      return false;
    });
    const { asked } = this;
    this.asked = false;
    const [first] = others;
    if (!asked || !first) return others;
    const { view, words } = this.core;
    view?.note(words, words.text("notEarlier", { name: first.file.name }));
    return [];
  }

  /** @param {Resumable} one
   * @param {File} [file] */
  async #goOn(one, file) {
    this.left = this.left.filter((other) => other !== one);
    this.show();
    try {
      await this.core.list.attach(one, file);
    } catch (error) {
      const { view, words } = this.core;
      // The same name and size, and another content: it is a new file.
      if (file && /** @type {{ code?: string }} */ (error).code === "file_changed") this.core.list.add([{ file }]);
      else view?.note(words, `${one.name}: ${this.core.explain(error)}`);
    }
  }

  show() {
    const { core, left } = this;
    const { h, readable, view, words } = core;
    if (!view) return;
    const { prompt } = view;
    const focused = prompt.matches(":focus-within");
    prompt.hidden = left.length === 0;
    prompt.replaceChildren();
    if (left.length === 0) {
      if (focused) view.browse.focus();
      return;
    }
    const files = left.filter(({ needs }) => needs === "file").length;
    const goOn = () => {
      for (const one of left) if (one.needs !== "file") this.#goOn(one);
      if (files === 0) return;
      this.asked = true;
      view.input.webkitdirectory = false;
      view.input.accept = "";
      view.input.multiple = files > 1;
      // What is picked after a dialog that was closed is new.
      view.input.addEventListener("cancel", () => (this.asked = false), { once: true });
      view.input.click();
    };
    const discard = () => {
      this.left = [];
      this.show();
      for (const one of left) one.discard().catch(() => {});
    };
    const names = left.slice(0, TOLD).map(({ name }) => readable(name));
    if (left.length > TOLD) names.push(words.text("more", { n: left.length - TOLD }));
    const title = words.text("earlier", { n: left.length });
    const button = (/** @type {string} */ action, /** @type {() => void} */ click, /** @type {string} */ text) =>
      h("button", { type: "button", part: "action", "data-action": action, click }, text);
    prompt.setAttribute("aria-label", title);
    prompt.append(
      h("div", null, h("strong", null, title), h("p", null, names.join(", ")), ...(files ? [h("p", null, words.text("earlierFile", { n: files }))] : [])),
      h("div", { part: "actions" }, button("resume-earlier", goOn, words.text("goOn")), button("discard-earlier", discard, words.text("discard"))),
    );
    if (focused) prompt.querySelector("button")?.focus();
  }
}
