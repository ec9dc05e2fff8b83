// Which clients of which tabs live, by Web Locks; without them, by stamps in the journal.
// https://developer.mozilla.org/docs/Web/API/Web_Locks_API

/** What is used of the journal, where the stamps are kept beside the uploads.
 * @typedef {Pick<import("./journal.js").Journal, "name" | "put" | "read" | "remove">} Stamps */

const BEAT_MS = 10_000;
const STALE_MS = 30_000;
const NO_LOCKS =
  "no Web Locks here (no secure context, or an old browser): a tab that is stopped for half a minute may lose its uploads " +
  "to another";

/** How the ids of stamps begin. */
const STAMP = "owner ";

/** One client, as the others see it: while it lives it holds a lock of its own name, or stamps the journal again and
 * again. */
export class Owner {
  /** @type {Stamps} */
  #journal;
  /** @type {string} */
  #id;
  /** @type {() => void} */
  #warn;
  /** @type {Promise<unknown> | undefined} */
  #held;
  #closed = false;
  /** @type {(() => void) | undefined} */
  #release;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #beat;

  /** @param {Stamps} journal
   * @param {string} id of this client
   * @param {(message: string) => void} warn told once, where there are no Web Locks */
  constructor(journal, id, warn) {
    this.#journal = journal;
    this.#id = id;
    this.#warn = () => warn(NO_LOCKS);
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
    const held = this.#beat ? [] : await names();
    /** @param {string} id */
    const lives = (id) => id === this.#id || (this.#beat ? this.#stamped(id) : held.includes(this.#name(id)));
    return Promise.all(ids.map(async (id) => !(await lives(id))));
  }

  /** Whether a client has stamped the journal of late.
   * @param {string} id */
  async #stamped(id) {
    const stamp = await this.#journal.read(STAMP + id);
    return Number(stamp?.["savedAt"]) > Date.now() - STALE_MS;
  }

  /** Releases this client's entries to the others. */
  close() {
    this.#closed = true;
    this.#release?.();
    if (!this.#beat) return;
    clearInterval(this.#beat);
    removeEventListener("pagehide", this.#leaving);
    this.#leave();
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

  /** Takes the stamp away. */
  #leave() {
    this.#journal.remove(STAMP + this.#id, 0);
  }

  /** A page that is kept, so that one can go back to it, stamps again when it is shown.
   * @param {PageTransitionEvent} event */
  #leaving = ({ persisted }) => persisted || this.#leave();

  #stamp() {
    if (this.#closed) return undefined;
    this.#warn();
    const stamp = () => this.#journal.put({ id: STAMP + this.#id, savedAt: Date.now() });
    this.#beat = setInterval(stamp, BEAT_MS);
    addEventListener("pagehide", this.#leaving);
    return stamp();
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
