// Which clients live, where there are no Web Locks: each stamps the journal again and again. Loaded by those pages alone.

/** What is used of the journal, where the stamps are kept beside the uploads.
 * @typedef {Pick<import("./journal.js").Journal, "put" | "read" | "remove">} Journal */

const BEAT_MS = 10_000;
const STALE_MS = 30_000;

/** The warning. */
export const NO_LOCKS =
  "no Web Locks here (no secure context, or an old browser): a tab that is stopped for half a minute may lose its uploads " +
  "to another";

/** How the ids of stamps begin. */
const STAMP = "owner ";

/** One client's stamp, and those of others. */
export class Stamps {
  /** @type {Journal} */
  #journal;
  /** @type {string} */
  #id;
  /** @type {ReturnType<typeof setInterval>} */
  #beat;

  /** @param {Journal} journal
   * @param {string} id of this client */
  constructor(journal, id) {
    this.#journal = journal;
    this.#id = STAMP + id;
    this.#beat = setInterval(this.put, BEAT_MS);
    addEventListener("pagehide", this.#leaving);
  }

  /** Resolves once the others can see that this client lives. */
  put = () => this.#journal.put({ id: this.#id, savedAt: Date.now() });

  /** Whether a client has stamped the journal of late.
   * @param {string} id */
  async lives(id) {
    const stamp = await this.#journal.read(STAMP + id);
    return Number(stamp?.["savedAt"]) > Date.now() - STALE_MS;
  }

  end() {
    clearInterval(this.#beat);
    removeEventListener("pagehide", this.#leaving);
    this.#remove();
  }

  #remove() {
    this.#journal.remove(this.#id, 0);
  }

  /** A page that is kept, so that one can go back to it, stamps again when it is shown.
   * @param {PageTransitionEvent} event */
  #leaving = ({ persisted }) => persisted || this.#remove();
}
