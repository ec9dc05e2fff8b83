// What the page sees: a snapshot that stays the same object until something changes, and listeners.
import { now } from "./clock.js";
import { list, notify, record } from "./values.js";

/** Listeners are told at most this often, however much changes: each of them may look at every upload. */
const FRAME_MS = 16;

/** All uploads of a client, in the order in which they were started. */
export class Store {
  #entries = new Map();
  #listeners = new Map();
  #next = 0;
  #snapshot;
  #changed = false;
  #frame;
  #told = -FRAME_MS;

  add(entry) {
    this.#entries.set(entry.id, entry);
    this.touch();
  }

  find(id) {
    return this.#entries.get(id);
  }

  /** Takes an upload out that nobody looks at. */
  remove(id) {
    this.#entries.delete(id);
  }

  /** All that the application has not been told of as ended. */
  open() {
    return [...this.#entries.values()].filter((entry) => !entry.ended);
  }

  /** Marks the snapshot as changed; `notify` then tells the listeners. */
  touch() {
    this.#snapshot = undefined;
    this.#changed = true;
  }

  /** As `touch`, but the listeners are told within a frame, once for all uploads. */
  touchInFrame() {
    this.#snapshot = undefined;
    if (!this.#changed) this.#inFrame();
  }

  /** Tells the listeners, if anything changed since the last time: at once, or within a frame of that. */
  notify() {
    if (!this.#changed) return;
    if (now() - this.#told < FRAME_MS) this.#inFrame();
    else this.#tell();
  }

  /** Adds a listener; the function that is given back removes it. */
  subscribe(listener) {
    const number = this.#next++;
    this.#listeners.set(number, listener);
    return () => void this.#listeners.delete(number);
  }

  /** All uploads now. */
  snapshot() {
    this.#snapshot ??= record("uploads", [
      list([...this.#entries.values()].filter(({ given }) => !given.hidden).map((entry) => entry.snapshot())),
    ]);
    return this.#snapshot;
  }

  /** Tells the listeners a last time and forgets them. */
  close() {
    if (this.#changed || this.#frame !== undefined) this.#tell();
    this.#listeners.clear();
  }

  #inFrame() {
    if (this.#listeners.size > 0) this.#frame ??= setTimeout(() => this.#tell(), FRAME_MS);
  }

  #tell() {
    clearTimeout(this.#frame);
    this.#frame = undefined;
    this.#changed = false;
    this.#told = now();
    for (const listener of [...this.#listeners.values()]) notify(listener);
  }
}
