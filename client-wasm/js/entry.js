// One upload as the application sees it.
import { abortError } from "./error.js";
import { deferred, notify, record } from "./values.js";

const ENDED = ["stored", "processed", "failed", "aborted"];

const noProgress = (total) => record("sent confirmed total hashed bytesPerSecond", [0, 0, total, 0, 0]);

/** What is known of one upload, and its promises. */
export class Entry {
  state = "queued";
  done = deferred();
  size = 0;
  type = "";
  progress = noProgress(0);
  /** Why it failed, what is stored, and its record; undefined where there is none. */
  error;
  stored;
  record;
  #processed;
  #reason;
  #snapshot;
  #unlisten;

  /** `given` is what the application gave: `id name type visibility metadata priority checksum onProgress
   * onStateChange signal`, `hidden` for one that only the server is to hear of. */
  constructor(given) {
    this.given = given;
    this.id = given.id;
  }

  /** Sets the file, and with it size and type. */
  setFile(file, type, size = file.size) {
    Object.assign(this, { file, type, size });
    this.progress = noProgress(this.size);
    this.#snapshot = undefined;
  }

  /** Whether it has ended in a way from which nothing leads back. */
  get final() {
    return this.ended && this.state !== "failed";
  }

  get ended() {
    return ENDED.includes(this.state);
  }

  setState(state) {
    this.state = state;
    this.renewed = false;
    // Nothing of it is read any more; one that failed may go on.
    if (this.final) this.file = undefined;
    if (state !== "failed") this.error = undefined;
    this.#snapshot = undefined;
    if (this.ended) this.listen();
    notify(this.given.onStateChange, state);
  }

  setProgress(progress) {
    this.progress = progress;
    this.#snapshot = undefined;
    notify(this.given.onProgress, progress);
  }

  /** Holds what ends the listening to the signal. */
  listen(unlisten) {
    this.#unlisten?.();
    this.#unlisten = unlisten;
  }

  /** Keeps the first reason for an abort. */
  setReason(reason) {
    this.#reason ??= reason === undefined ? undefined : { reason };
  }

  resolve(stored) {
    this.stored = stored;
    this.#snapshot = undefined;
    this.done.resolve(stored);
  }

  fail(error) {
    this.error = error;
    this.#snapshot = undefined;
    this.#reject(error);
  }

  rejectAborted() {
    this.#reject(this.#abortReason());
  }

  #reject(error) {
    this.done.reject(error);
    this.rejectProcessed(error);
  }

  /** Makes a failed upload a new one: no error, and a new promise. */
  renew() {
    this.renewed = true;
    this.done = deferred();
  }

  /** The promise of the record; `ask` is called if the engine must be asked for it. */
  processed(ask) {
    if (this.#processed) {
      ask();
      return this.#processed.promise;
    }
    if (this.record) return Promise.resolve(this.record);
    if (this.state === "failed") return Promise.reject(this.error);
    if (this.state === "aborted") return Promise.reject(this.#abortReason());
    this.#processed = deferred();
    const { promise } = this.#processed;
    ask();
    return promise;
  }

  resolveProcessed(upload) {
    this.record = upload;
    this.#snapshot = undefined;
    this.#processed?.resolve(upload);
    this.#processed = undefined;
  }

  rejectProcessed(error) {
    this.#processed?.reject(error);
    this.#processed = undefined;
  }

  /** The upload now; the same object until something changes. */
  snapshot() {
    const { id, name } = this.given;
    this.#snapshot ??= record("id name size type state progress error stored record", [
      id,
      name,
      this.size,
      this.type,
      this.state,
      this.progress,
      this.error,
      this.stored,
      this.record,
    ]);
    return this.#snapshot;
  }

  #abortReason() {
    this.#reason ??= { reason: abortError() };
    return this.#reason.reason;
  }
}
