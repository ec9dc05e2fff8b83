// Recordings that an earlier page left unfinished: what was recorded is kept in this browser, so that they go on by
// themselves, or are discarded.

import { confirmDiscard } from "../ask.js";
import { byId, make, setText } from "../dom.js";
import { bytes, moment, readable } from "../format.js";
import { explain } from "../messages.js";

const STEP_MS = 250;

export class Left {
  #client;
  #hooks;
  #box = byId("left");
  #list = byId("left-list");
  #stopped = new AbortController();

  /** `onRecord` gets a record, `onLate` why there is none yet. */
  constructor(client, hooks) {
    this.#client = client;
    this.#hooks = hooks;
  }

  /** Lists them. Without a journal there are none. */
  async look() {
    const all = await this.#client.resumable().catch(() => []);
    if (this.#stopped.signal.aborted) return;
    this.#list.replaceChildren(...all.filter(({ live }) => live).map((one) => this.#row(one)));
    this.#count();
  }

  /** Forgets what is listed; the recordings stay. */
  stop() {
    this.#stopped.abort();
    this.#list.replaceChildren();
    this.#count();
  }

  #row({ id, name, recordedBytes, savedAt, attach, discard }) {
    const shown = readable(name);
    const words = make("span", { class: "facts" }, `${bytes(recordedBytes)} recorded and kept in this browser, ${moment(savedAt)}`);
    const bar = make("progress", { hidden: true, max: recordedBytes || 1, value: 0, "aria-label": shown });
    const button = (action, label, style) =>
      make("button", { type: "button", class: `button ${style}`, data: { action }, "aria-label": `${label}: ${shown}` }, label);
    const [goOn, drop] = [button("go-on", "Go on", "primary"), button("discard-left", "Discard", "")];
    const row = make("li", { data: { left: id } }, make("span", { class: "name" }, shown), words, bar, make("span", { class: "left-actions" }, goOn, drop));
    const remove = () => {
      // The focus must not be lost with the row.
      const focused = row.contains(document.activeElement);
      row.remove();
      this.#count();
      if (focused) (this.#list.querySelector("button") ?? byId("recorder-title")).focus();
    };
    let upload;
    goOn.addEventListener("click", async () => {
      [goOn, drop].forEach((one) => (one.disabled = true));
      bar.hidden = false;
      const timer = setInterval(() => {
        const { confirmed = 0 } = upload?.progress ?? {};
        bar.value = confirmed;
        setText(words, `${bytes(confirmed)} of ${bytes(recordedBytes)} confirmed by storage`);
      }, STEP_MS);
      try {
        if (upload) upload.retry();
        else upload = await attach();
        await upload.done;
        remove();
        upload.processed().then(this.#hooks.onRecord, this.#hooks.onLate);
      } catch (error) {
        this.#failed(error, words);
      } finally {
        clearInterval(timer);
        bar.hidden = true;
        [goOn, drop].forEach((one) => (one.disabled = false));
      }
    });
    drop.addEventListener("click", async () => {
      if (!(await confirmDiscard(shown, this.#stopped.signal))) return;
      try {
        if (upload) upload.abort();
        else await discard();
        remove();
      } catch (error) {
        this.#failed(error, words);
      }
    });
    return row;
  }

  #failed(error, words) {
    if (!this.#stopped.signal.aborted) setText(words, explain(error).sentence);
  }

  #count() {
    this.#box.hidden = this.#list.childElementCount === 0;
  }
}
