// Uploads that an earlier page left unfinished: those that can resume do so at once, the others have a row that
// says what they need.

import { byId, make, setText, showName } from "./dom.js";
import { bytes, readable } from "./format.js";
import { explain } from "./messages.js";

/** Shows the entries of `client.resumable()`; `onAttached` gets the upload of each entry that resumes. */
export class Unfinished {
  #client;
  #onAttached;
  #section = byId("unfinished");
  #list = byId("unfinished-rows");
  #stopped = false;

  constructor(client, onAttached) {
    this.#client = client;
    this.#onAttached = onAttached;
  }

  /** Lists them once; an upload that another tab works on is not shown. */
  async open() {
    const entries = await this.#client.resumable();
    if (this.#stopped) return;
    for (const entry of entries) {
      if (entry.needs === "nothing") await this.#attach(entry).catch(() => this.#show(entry));
      else this.#show(entry);
    }
  }

  /** Forgets all rows. */
  stop() {
    this.#stopped = true;
    this.#list.replaceChildren();
    this.#section.hidden = true;
  }

  async #attach(entry, file) {
    const upload = await entry.attach(file);
    if (!this.#stopped) this.#onAttached(upload);
  }

  #show(entry) {
    const problem = make("p", { class: "problem", role: "alert", hidden: true });
    const row = make("div", { class: "unfinished-row", role: "listitem", data: { resumable: entry.id } });
    const show = (error) => {
      problem.hidden = false;
      setText(problem, explain(error).sentence);
    };
    const go = async (deed) => {
      problem.hidden = true;
      try {
        await deed();
        this.#remove(row);
      } catch (error) {
        show(error);
      }
    };
    const discard = make("button", { type: "button", class: "button quiet", data: { action: "discard" } }, "Discard");
    discard.addEventListener("click", () => go(() => entry.discard()));
    row.append(
      showName(make("p", { class: "name" }), readable(entry.name), readable(entry.path)),
      make("p", { class: "note" }, `${bytes(entry.size)}, begun ${new Date(entry.savedAt).toLocaleString("en")}`),
      make("div", { class: "unfinished-actions" }, this.#next(entry, go), discard),
      problem,
    );
    this.#list.append(row);
    this.#section.hidden = false;
  }

  /** The button that resumes it: one click grants access to the file, or the file has to be picked again. */
  #next(entry, go) {
    if (entry.needs !== "file") {
      const button = make("button", { type: "button", class: "button", data: { action: "continue" } }, "Continue");
      button.addEventListener("click", () => go(() => this.#attach(entry)));
      return button;
    }
    const input = make("input", { type: "file", class: "unseen", data: { action: "continue" } });
    const label = make("label", { class: "button" }, `Choose ${readable(entry.name)} again`, input);
    input.addEventListener("change", () => {
      const [file] = input.files;
      input.value = "";
      if (file) go(() => this.#attach(entry, file));
    });
    return label;
  }

  #remove(row) {
    row.remove();
    this.#section.hidden = this.#list.childElementCount === 0;
    byId("files").focus();
  }
}
