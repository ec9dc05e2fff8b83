// One upload of a client without a network: its state follows from how far it is and what holds it up.
import { controlsOf, handleOf } from "./testing-handles.js";
import { Ledger } from "./testing-ledger.js";
import { Recording } from "./testing-live.js";
import { Outcome, PHASES } from "./testing-outcome.js";
import { isHandle, mediaType } from "./testing-options.js";
import { CRC, abortError, closed, frozen, keyOf, notify, uploadError } from "./testing-values.js";

/** @import { LiveOptions } from "./live.d.ts" */
/** @import { TestHost } from "./testing-client.js" */
/** @import { ErrorFields, FileHandle, Progress, RecordSeed, Stored, UploadErrorCode, UploadOptions, UploadRecord, UploadSnapshot, UploadState } from "./testing.d.ts" */
/** @import { End, Given, Stage } from "./testing-outcome.js" */

export class TestUpload {
  /** @type {Stage} */
  #stage = "queued";
  /** @type {End | undefined} */
  #end;
  /** @type {UploadState} */
  shown = "queued";
  #paused = false;
  /** Whether a test holds it; undefined: as the client.
   * @type {boolean | undefined} */
  #held;
  /** A step has failed, and is to be repeated. */
  #waits = false;
  /** `queued` was told. */
  #told = false;
  /** Its checksum is known: a retry does not hash again. */
  #hashed = false;
  /** The server is asked to cancel it. */
  #aborting = false;
  /** Of the loop that was started last; an older one ends at its next step. */
  #turn = 0;
  #step = 0;
  /** @type {UploadSnapshot | undefined} */
  #snapshot;
  #outcome = new Outcome();
  /** @type {(() => void) | undefined} */
  #unheed;

  /** @param {TestHost} host
   * @param {Given} given */
  constructor(host, { id, file, options, left, failure, source }) {
    this.host = host;
    this.id = id;
    this.file = file;
    this.options = options;
    this.failure = failure;
    const hashes = (options.checksum ?? host.options.checksum) !== "none";
    this.ledger = new Ledger(hashes, left?.size ?? 0, left?.confirmed ?? 0);
    this.type = mediaType(options.type, "");
    /** Size and type are those of an earlier page, or of a recording. */
    this.known = left !== undefined;
    this.recording = source && new Recording(this, source, /** @type {LiveOptions} */ (options));
    this.handle = handleOf(this);
    this.controls = controlsOf(this);
    if (file && !isHandle(file)) this.#look(file);
  }

  get ended() {
    return this.#end !== undefined;
  }

  get done() {
    return this.#outcome.done.promise;
  }

  /** Whether its `processed()` is waited for. */
  get awaited() {
    return this.#outcome.waiting !== undefined;
  }

  begin() {
    // Once the caller has the handle.
    void Promise.resolve().then(() => this.#tellQueued());
    if (this.known && !this.recording) this.#event({ type: "resumed" });
    this.refresh();
    this.#heed();
  }

  #stopped() {
    if (this.ledger.growing && this.#stage === "uploading") return true;
    return (this.#held ?? this.host.held) || this.#aborting || this.#waits || this.#paused || this.host.offline;
  }

  #finished() {
    return this.#end !== undefined && !(this.#end === "stored" && this.awaited);
  }

  /** Moves on, if it can. */
  go() {
    if (this.#stopped() || this.#finished()) return;
    void this.host.moving(this.#run(++this.#turn));
  }

  /** @param {number} turn */
  async #run(turn) {
    do {
      if (!this.#end) this.ledger.spend(this.#stage, this.host.delayMs);
      await this.host.pause();
      if (turn !== this.#turn || this.#stopped() || this.#finished()) return;
      await this.#next(turn);
    } while (turn === this.#turn && !this.#finished());
  }

  /** One step. Nothing is awaited but the file of a handle.
   * @param {number} turn */
  #next(turn) {
    const { steps } = this.host;
    const { size, progress } = this.ledger;
    if (this.#end) this.answer();
    else if (this.#stage === "queued") {
      if (isHandle(this.file) && !this.known) return this.#open(this.file, turn);
      this.#start();
    } else if (this.#stage === "hashing") {
      this.#sending();
    } else if (this.failure && (this.#step >= steps / 2 || size === 0)) {
      const { code, fields } = this.failure;
      this.failure = undefined;
      this.fail(code, fields);
    } else if (progress.sent < size && this.#step < steps) {
      this.#step += 1;
      this.send(this.#step / steps);
    } else this.store();
    return undefined;
  }

  /** @param {FileHandle} handle
   * @param {number} turn */
  async #open(handle, turn) {
    try {
      const file = await handle.getFile();
      if (turn !== this.#turn) return;
      this.#look(file);
      this.#start();
    } catch (cause) {
      const message = "the file is gone, or reading it was not permitted";
      if (turn === this.#turn) this.fail("file_unreadable", { message, cause, phase: "start" });
    }
  }

  #start() {
    this.#tellQueued();
    if (this.#end) return;
    this.ledger.attempts += 1;
    this.#event({ type: "started" });
    if (!this.#end) this.#enter(this.ledger.hashes && !this.#hashed && !this.recording ? "hashing" : "uploading");
  }

  /** The first state is told, too. */
  #tellQueued() {
    if (this.#told || this.shown !== "queued") return;
    this.#told = true;
    notify(this.options.onStateChange, "queued");
  }

  /** Comes to the state in which bytes go; false if a callback has ended it on the way. */
  #sending() {
    if (this.#stage === "queued" && !this.#end) this.#start();
    if (this.#stage === "hashing" && !this.#end) {
      this.#hashed = true;
      this.ledger.hashAll();
      this.moved();
      if (!this.#end) this.#enter("uploading");
    } else this.refresh();
    return !this.#end;
  }

  /** @param {Blob} file */
  #look(file) {
    if (this.known) return;
    this.ledger.size = file.size;
    this.type = mediaType(this.options.type, file.type);
    this.ledger.move({});
    this.changed();
  }

  /** @param {boolean | undefined} held */
  hold(held) {
    this.#held = held;
    if (held) return;
    this.#waits = false;
    this.refresh();
    this.go();
  }

  /** Does what a test says, after which the upload goes no further by itself.
   * @param {() => void} deed */
  take(deed) {
    if (this.#end || this.#aborting) return;
    this.#held = true;
    deed();
  }

  /** @param {number | Partial<Progress>} to */
  send(to) {
    this.#waits = false;
    if (!this.#sending()) return;
    const bytes = typeof to === "number" ? this.ledger.sendTo(to) : 0;
    if (typeof to === "object") this.ledger.move(to);
    this.moved();
    if (bytes > 0 && !this.#end) this.#event({ type: "part", number: Math.max(this.#step, 1), bytes });
  }

  /** @param {Partial<Stored>} [fields] */
  store(fields) {
    const { id, ledger } = this;
    const { hashes, size } = ledger;
    const crc64nvme = hashes ? CRC : undefined;
    const stored = frozen({ id, key: keyOf(id, this.options.name), size, crc64nvme, etag: "test", verified: hashes, ...fields });
    if (!this.#sending()) return;
    ledger.storeAll();
    this.moved();
    // A callback may have ended it.
    if (this.#end) return;
    if (!stored.verified && (this.options.requireVerified ?? this.host.options.requireVerified)) {
      return this.fail("unverified", { phase: "complete" });
    }
    if (!ledger.inParts) this.#event({ type: "part", bytes: size });
    this.#outcome.stored = stored;
    this.#note();
    this.#finish("stored");
    this.#event({ type: stored.verified ? "verified" : "unverified", stored, summary: this.#outcome.summary });
    this.#outcome.done.resolve(stored);
    if (this.#outcome.made) this.answer();
    else this.go();
  }

  /** Answers `processed()`, if it was called.
   * @param {RecordSeed} [made] the record that a test makes */
  answer(made = this.#outcome.made) {
    this.#outcome.made = made;
    if (this.#end !== "stored" || !this.awaited) return;
    const failure = made ? undefined : this.host.readFailure("process");
    if (failure) return this.#outcome.rejectRecord(failure);
    const record = (this.#outcome.record = this.#note(made));
    this.#end = "processed";
    this.refresh();
    this.#outcome.resolveRecord(record);
  }

  /** The record that the server would have.
   * @param {RecordSeed} [made] */
  #note(made) {
    const { verified = false, crc64nvme } = this.#outcome.stored ?? {};
    return this.host.noteRecord(this, "stored", { verified, ...(crc64nvme && { crc64nvme }), ...made });
  }

  /** @returns {Promise<UploadRecord>} */
  processed() {
    const { host } = this;
    if (host.options.signer) return Promise.reject(host.unsupported("process"));
    if (this.#outcome.record) return Promise.resolve(this.#outcome.record);
    if (this.#end === "failed") return Promise.reject(this.#outcome.error);
    if (this.#end === "aborted") return Promise.reject(this.#outcome.reason);
    if (host.closed) return Promise.reject(closed("process"));
    const promise = this.#outcome.wait();
    if (this.#outcome.made) this.answer();
    else if (this.#end) this.go();
    return promise;
  }

  /** @param {UploadErrorCode} code
   * @param {ErrorFields} [fields] */
  fail(code, fields) {
    if (this.#end === "stored") this.#outcome.rejectRecord(uploadError(code, fields, "process"));
    if (this.#end) return;
    const error = (this.#outcome.error = uploadError(code, fields, PHASES[this.#stage]));
    this.#finish("failed");
    this.#event({ type: "failed", error, summary: this.#outcome.summary });
    this.#outcome.reject(error);
  }

  /** @param {UploadErrorCode} code
   * @param {ErrorFields} [fields] */
  repeat(code, fields) {
    const { phase, status, part } = uploadError(code, fields, PHASES[this.#stage]);
    this.ledger.repeat();
    this.moved();
    this.#event({ type: "retried", code, phase, status, number: part, attempt: 1, delayMs: this.host.delayMs });
    this.#waits = true;
    this.refresh();
  }

  /** @param {unknown} [reason] */
  abort(reason) {
    if (this.host.closed || this.#aborting || (this.#end && this.#end !== "failed")) return;
    this.#outcome.reason = reason === undefined ? abortError() : reason;
    this.#turn += 1;
    if (this.#end || this.#stage !== "uploading") return this.#aborted();
    this.#aborting = true;
    this.refresh();
    void this.host.moving(this.host.pause().then(() => this.#aborted()));
  }

  /** The server has confirmed that it was cancelled. */
  #aborted() {
    this.#aborting = false;
    if (this.#end && this.#end !== "failed") return;
    if (this.host.closed) return;
    this.#outcome.error = undefined;
    this.host.noteRecord(this, "aborted");
    this.#finish("aborted");
    this.#outcome.reject(this.#outcome.reason);
  }

  retry() {
    if (this.#end !== "failed" || this.host.closed) return;
    this.#end = undefined;
    [this.#stage, this.#step, this.#waits, this.#paused] = ["queued", 0, false, false];
    this.#outcome.renew();
    this.ledger.rest();
    this.refresh();
    this.#heed();
  }

  /** @param {boolean} paused */
  pause(paused) {
    if (this.#end || this.#aborting || this.#paused === paused || this.host.closed) return;
    this.#paused = paused;
    if (paused) this.ledger.rest();
    this.refresh();
    this.go();
  }

  /** Shows the state that follows from how far it is and what holds it up. */
  refresh() {
    const before = this.shown;
    const waits = this.#waits || this.host.offline;
    const stopped = this.#aborting ? "waiting" : this.#paused ? "paused" : waits ? "waiting" : undefined;
    const next = this.#end ?? stopped ?? this.#stage;
    if (next === before) return;
    this.shown = next;
    this.changed();
    notify(this.options.onStateChange, next);
    if (next === "waiting" && !this.#aborting) this.#event({ type: "waiting" });
    else if (!this.#end && !stopped && (before === "waiting" || before === "paused")) this.#event({ type: "resumed" });
  }

  /** @param {Stage} stage */
  #enter(stage) {
    this.#stage = stage;
    if (stage === "uploading") this.host.noteRecord(this, "pending");
    this.refresh();
  }

  /** @param {End} end */
  #finish(end) {
    this.#end = end;
    if (end !== "failed") this.recording?.end();
    this.#turn += 1;
    this.#unheed?.();
    this.#outcome.summary = end === "aborted" ? undefined : this.ledger.summary();
    this.refresh();
  }

  moved() {
    this.changed();
    notify(this.options.onProgress, this.ledger.shown);
  }

  /** @param {Record<string, unknown> & { type: string }} event */
  #event(event) {
    notify(this.host.options.onEvent, /** @type {never} */ (frozen({ upload: this.id, ...event })));
  }

  changed() {
    this.#snapshot = undefined;
    this.host.changed();
  }

  /** @returns {UploadSnapshot} */
  snapshot() {
    return (this.#snapshot ??= frozen({
      id: this.id,
      name: this.options.name,
      path: this.options.path,
      size: this.ledger.size,
      type: this.type,
      state: this.shown,
      progress: this.ledger.progress,
      error: this.#outcome.error,
      stored: this.#outcome.stored,
      record: this.#outcome.record,
      summary: this.#outcome.summary,
      ...(this.ledger.growing && !this.#end && { recording: /** @type {const} */ (true) }),
    }));
  }

  /** Listens to the signal until it has ended, and moves on unless that has fired already. */
  #heed() {
    const { signal } = this.options;
    if (signal?.aborted) return this.abort(signal.reason);
    const hear = () => this.abort(signal?.reason);
    signal?.addEventListener("abort", hear);
    this.#unheed = () => signal?.removeEventListener("abort", hear);
    this.go();
  }
}
