// Who works on an entry of the journal: one client of one tab. While a client lives it holds a Web Lock of
// its own name; without Web Locks it stamps the journal again and again.
import { hold, isHeld } from "./locks.js";
import { listen, random } from "./values.js";

const BEAT_MS = 10_000;
const STALE_MS = 30_000;
const NO_LOCKS =
  "this page has no Web Locks (an old browser, or no secure context), so a stamp in the journal tells the " +
  "tabs apart; a tab that the browser has stopped for half a minute may lose its uploads to another";

/** What the stamps are called in the journal, where they stand beside the uploads. */
export const STAMP = "owner ";

/** One client, as the others see it. */
export class Owner {
  id = random(2).join("-");
  #journal;
  #warn;
  #held;
  #closed = false;
  #release;
  #beat;
  #unlisten;

  constructor(journal, driver) {
    this.#journal = journal;
    this.#warn = () => driver.warn("locks_unavailable", NO_LOCKS);
  }

  /** Resolves once the others can see that this client lives. */
  hold() {
    this.#held ??= this.#lock().catch(() => this.#stamp());
    return this.#held;
  }

  /** Whether the client of this id lives no more. */
  async gone(id) {
    if (id === this.id) return false;
    if (!this.#beat) return !(await isHeld(this.#name(id)));
    const stamp = await this.#journal.read(STAMP + id);
    return !(stamp?.savedAt > Date.now() - STALE_MS);
  }

  /** Lets the others have what this client worked on. */
  close() {
    this.#closed = true;
    this.#release?.();
    if (this.#beat) {
      clearInterval(this.#beat);
      this.#unlisten();
      this.#leave();
    }
  }

  #name(id) {
    return `${this.#journal.name} ${id}`;
  }

  async #lock() {
    const release = await hold(this.#name(this.id));
    if (this.#closed) release();
    else this.#release = release;
  }

  /** Takes the stamp away. */
  #leave() {
    this.#journal.remove(STAMP + this.id, 0);
  }

  #stamp() {
    if (this.#closed) return undefined;
    this.#warn();
    const stamp = () => this.#journal.update(STAMP + this.id, () => ({ id: STAMP + this.id, savedAt: Date.now() }));
    this.#beat = setInterval(stamp, BEAT_MS);
    // A page that is kept, so that one can go back to it, stamps again when it is shown.
    this.#unlisten = listen(globalThis, ["pagehide"], ({ persisted }) => persisted || this.#leave());
    return stamp();
  }
}
