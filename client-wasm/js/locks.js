// Which clients of which tabs live, by Web Locks; without them, by stamps in the journal (`stamps.js`).
// https://developer.mozilla.org/docs/Web/API/Web_Locks_API

/** @import { Stamps } from "./stamps.js" */

/** What is used of the journal.
 * @typedef {Pick<import("./journal.js").Journal, "name" | "put" | "read" | "remove">} Journal */

const NO_LOCKS = "no Web Locks here";

/** One client, as the others see it: while it lives it holds a lock of its own name. */
export class Owner {
  /** @type {Journal} */
  #journal;
  /** @type {string} */
  #id;
  /** @type {(message: string) => void} */
  #warn;
  /** @type {Promise<unknown> | undefined} */
  #held;
  #closed = false;
  /** @type {(() => void) | undefined} */
  #release;
  /** @type {Stamps | undefined} */
  #stamps;

  /** @param {Journal} journal
   * @param {string} id of this client
   * @param {(message: string) => void} warn told once, where there are no Web Locks */
  constructor(journal, id, warn) {
    this.#journal = journal;
    this.#id = id;
    this.#warn = warn;
  }

  /** Resolves once the others can see that this client lives. */
  hold() {
    this.#held ??= this.#lock().catch(() => this.#stamp());
    return this.#held;
  }

  /** Which of the clients of these ids live no more. Rejects where the browser denies its locks.
   * @param {string[]} ids */
  async gone(ids) {
    await this.hold();
    const stamps = this.#stamps;
    const held = stamps ? [] : await names();
    /** @param {string} id */
    const lives = (id) => id === this.#id || (stamps ? stamps.lives(id) : held.includes(this.#name(id)));
    return Promise.all(ids.map(async (id) => !(await lives(id))));
  }

  /** Releases this client's entries to the others. */
  close() {
    this.#closed = true;
    this.#release?.();
    this.#stamps?.end();
  }

  /** @param {string} id */
  #name(id) {
    return `${this.#journal.name} ${id}`;
  }

  async #lock() {
    const release = await hold(this.#name(this.#id));
    if (this.#closed) release();
    else this.#release = release;
  }

  /** Without the script nobody can see that this client lives, but it takes nothing from others either. */
  async #stamp() {
    const loaded = await import("./stamps.js").catch(() => undefined);
    if (this.#closed) return;
    this.#warn(loaded?.NO_LOCKS ?? NO_LOCKS);
    if (!loaded) return;
    this.#stamps = new loaded.Stamps(this.#journal, this.#id);
    await this.#stamps.put();
  }
}

/** Takes a lock of this name. Rejects where there are no Web Locks.
 * @param {string} name
 * @returns {Promise<() => void>} lets go of it */
function hold(name) {
  return new Promise((held, refused) => {
    /** @returns {Promise<void>} */
    const keep = () => new Promise((release) => held(release));
    // Where there are no locks this throws, which rejects.
    navigator.locks.request(name, keep).catch(refused);
  });
}

/** The names of all locks that are held. Rejects where there are no Web Locks. */
async function names() {
  const { held } = await navigator.locks.query();
  return (held ?? []).map(({ name }) => name);
}
