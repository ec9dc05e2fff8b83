// Files whose content does not look like their type: they are sent all the same, and the person should know.

import { setText } from "./dom.js";
import { count, readable } from "./format.js";
import { CAUTION } from "./messages.js";

/** Says it in `box` for the eye, and to screen readers by `announce`. */
export class Cautions {
  #box;
  #announce;
  /** Names by upload. */
  #names = new Map();

  constructor(box, announce) {
    this.#box = box;
    this.#announce = announce;
  }

  /** One more file: the id of its upload, and its name. */
  add(id, name = "A file") {
    const shown = readable(name);
    this.#names.set(id, shown);
    this.#show();
    this.#announce.say("caution", sentence(shown), sentenceOfMany);
  }

  /** The record is there: if the file is withheld, its row says so. */
  settle({ id, withheld }) {
    if (withheld && this.#names.delete(id)) this.#show();
  }

  /** Forgets all of them. */
  clear() {
    this.#names.clear();
    this.#show();
  }

  #show() {
    const [first] = this.#names.values();
    this.#box.hidden = first === undefined;
    if (first !== undefined) setText(this.#box, this.#names.size > 1 ? sentenceOfMany(this.#names.size) : sentence(first));
  }
}

function sentence(name) {
  return `${name}: ${CAUTION}`;
}

function sentenceOfMany(number) {
  return `The content of ${count(number, "file")} does not look like the type. What could run is withheld.`;
}
