// The figures of one upload of a client without a network.
import { PARTS_FROM, frozen } from "./testing-values.js";

/** @import { Progress, UploadSummary } from "./testing.d.ts" */

/** Storage is said to be this fast, so that a rate and a time to the end can be shown. */
const BYTES_PER_SECOND = 1_000_000;

export class Ledger {
  size = 0;
  attempts = 0;
  #resent = 0;
  #ms = { queued: 0, hashing: 0, uploading: 0, waiting: 0, paused: 0 };
  /** @type {Progress} */
  progress;
  /** The source of a live upload has not ended. */
  growing = false;

  /** @param {boolean} hashes
   * @param {number} size
   * @param {number} confirmed bytes that storage has from an earlier page */
  constructor(hashes, size, confirmed) {
    this.hashes = hashes;
    this.size = size;
    this.progress = frozen({ sent: confirmed, confirmed, total: size, hashed: 0, bytesPerSecond: 0 });
  }

  /** As the handle shows it: the total of a recording is not known before its end.
   * @returns {Progress} */
  get shown() {
    if (!this.growing) return this.progress;
    const { total: _, ...progress } = this.progress;
    return /** @type {Progress} */ (frozen(progress));
  }

  /** @param {number} bytes that the source of a live upload has given */
  record(bytes) {
    this.size = bytes;
    this.move({ recorded: bytes });
  }

  get inParts() {
    return this.size > PARTS_FROM;
  }

  /** @param {Partial<Progress>} fields */
  move(fields) {
    this.progress = frozen({ ...this.progress, ...fields, total: this.size });
  }

  hashAll() {
    this.move({ hashed: this.size });
  }

  /** @param {number} part of the file, from 0 to 1
   * @returns {number} the bytes that storage has confirmed by it */
  sendTo(part) {
    const before = this.progress.confirmed;
    const sent = Math.max(before, Math.round(Math.min(Math.max(part, 0), 1) * this.size));
    const etaMs = Math.round(((this.size - sent) * 1_000) / BYTES_PER_SECOND);
    const confirmed = this.inParts ? sent : before;
    this.move({ sent, confirmed, bytesPerSecond: BYTES_PER_SECOND, etaMs });
    return confirmed - before;
  }

  storeAll() {
    this.move({ sent: this.size, confirmed: this.size });
    this.rest();
  }

  /** Nothing is on its way any more: what storage has not confirmed is to be sent again. */
  rest() {
    const { etaMs: _, ...progress } = this.progress;
    this.progress = frozen({ ...progress, sent: progress.confirmed, bytesPerSecond: 0 });
  }

  /** A request has failed. */
  repeat() {
    this.attempts += 1;
    this.#resent += this.progress.sent - this.progress.confirmed;
    this.rest();
  }

  /** @param {"queued" | "hashing" | "uploading"} state
   * @param {number} ms */
  spend(state, ms) {
    this.#ms[state] += ms;
  }

  /** @returns {UploadSummary} */
  summary() {
    return frozen({ attempts: this.attempts, bytesResent: this.#resent, ms: Object.freeze({ ...this.#ms }) });
  }
}
