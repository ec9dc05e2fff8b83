// Files whose content does not look like their type: they are sent all the same, and the person should know.

import { setText } from "./dom.js";
import { count, readable } from "./format.js";
import { CAUTION } from "./messages.js";

/** Says it in `box` for the eye, and to screen readers by `announce`. */
export class Cautions {
  #box;
  #announce;
  #names = [];

  constructor(box, announce) {
    this.#box = box;
    this.#announce = announce;
  }

  /** One more file. */
  add(name = "A file") {
    const shown = readable(name);
    this.#names.push(shown);
    const many = (number) => `The content of ${count(number, "file")} does not look like the type. What could run is withheld.`;
    setText(this.#box, this.#names.length > 1 ? many(this.#names.length) : `${shown}: ${CAUTION}`);
    this.#box.hidden = false;
    this.#announce.say("caution", `${shown}: ${CAUTION}`, many);
  }

  /** Forgets all of them. */
  clear() {
    this.#names = [];
    this.#box.hidden = true;
  }
}
