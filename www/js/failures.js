// Facts on uploads that failed, collapsed: for the developer to whom a person reports it. What happened is said in the row.

import { byId, make } from "./dom.js";
import { readable } from "./format.js";
import { explain } from "./messages.js";

/** The latest failures that are kept. */
const MOST = 20;

/** The list below the uploader. */
export class Failures {
  #box = byId("failures");
  #list = byId("failures-list");

  /** One more: the id of an upload, undefined where it failed before it had one, and the name of its file. */
  add(id, name, error) {
    const { facts } = explain(error);
    this.#list.prepend(make("li", { data: { failed: id ?? "" } }, `${readable(name) || "A file"}: ${facts}`));
    while (this.#list.childElementCount > MOST) this.#list.lastElementChild.remove();
    this.#box.hidden = false;
  }

  /** Forgets all of them. */
  clear() {
    this.#list.replaceChildren();
    this.#box.hidden = true;
  }
}
