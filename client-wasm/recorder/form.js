// A recorder's part in its form.

/** @import { Core } from "./core.js" */
/** @import { Recordings } from "./recordings.js" */

/** What a form keeps of a stored recording, so that it is there again when a person comes back to the page.
 * @typedef {{ id: string, name: string, size: number, verified?: boolean }} Kept */

export class Part {
  #value = "";
  #invalid = "";

  /** Tells the form what has changed.
   * @param {Core} core
   * @param {Recordings} recordings */
  tell({ host, internals, view, words }, { isBusy, kept, state }) {
    if (!view) return;
    const value = kept?.id ?? "";
    if (value !== this.#value) {
      this.#value = value;
      internals.setFormValue(value || null, kept ? JSON.stringify(kept) : null);
      for (const type of ["input", "change"]) host.dispatchEvent(new Event(type, { bubbles: true, composed: type === "input" }));
    }
    const wrong = isBusy ? "stillRecording" : state === "failed" ? "notStored" : host.required && !value ? "valueMissing" : "";
    const message = wrong && words.text(wrong);
    if (message === this.#invalid) return;
    this.#invalid = message;
    if (!message) internals.setValidity({});
    else internals.setValidity({ [wrong === "valueMissing" ? wrong : "customError"]: true }, message, view.anchor);
  }
}
