// What earlier pages recorded and did not finish: asks whether to go on, one after another. Loaded only if there may be something.
import { anything } from "../element/earlier.js";

/** @import { Resumable } from "../npm/api.d.ts" */
/** @import { Core } from "./core.js" */

export class Left {
  /** The newest first.
   * @type {Resumable[]} */
  #left = [];

  /** @param {Core} core */
  constructor(core) {
    this.core = core;
  }

  /** @param {boolean} own whether the client is the recorder's own, which is not made in vain */
  async look(own) {
    if (own && !(await anything())) return;
    const { core } = this;
    const client = await core.opener.open();
    const ours = new Set(client.snapshot().uploads.map(({ id }) => id));
    const all = await client.resumable();
    this.#left = all.filter(({ id, live }) => live && !ours.has(id)).sort((one, other) => other.savedAt - one.savedAt);
    await core.language.load("rare");
    this.show();
  }

  /** The recorder has another client from now on. */
  forget() {
    this.#left = [];
    this.show();
  }

  /** Offers the next one, while the recorder does nothing else. */
  show() {
    const { core } = this;
    const { view, words } = core;
    const [one] = this.#left;
    if (!view) return;
    if (!one || core.recordings.isBusy || core.recordings.state === "failed") return view.offer(view.prompt, "", [], []);
    const { recordedBytes = 0, savedAt } = one;
    const date = new Intl.DateTimeFormat(words.lang, { dateStyle: "medium", timeStyle: "short" }).format(savedAt);
    const line = words.text("earlierKept", { name: one.name, size: core.bytes(words.lang, recordedBytes), date });
    view.offer(view.prompt, words.text("earlier", { n: this.#left.length }), [line], [
      ["resume-earlier", words.text("goOn"), () => this.#take(() => core.recordings.attach(one))],
      ["discard-earlier", words.text("discard"), () => this.#discard(one)],
    ]);
  }

  /** @param {Resumable} one */
  #discard(one) {
    const { view, words } = this.core;
    view?.offer(view.prompt, words.text("discardIt"), [one.name], [
      ["keep", words.text("keep"), () => this.show()],
      ["discard-now", words.text("discard"), () => this.#take(() => one.discard())],
    ]);
  }

  /** Takes the first one, which is offered no more.
   * @param {() => Promise<void>} deed */
  async #take(deed) {
    this.#left.shift();
    this.show();
    try {
      await deed();
    } catch (error) {
      this.core.explain(error);
    }
  }
}
