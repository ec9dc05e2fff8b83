// A client without a network: the uploads, what is read, and what a test tells it.
import { OCTET_STREAM, nthId, closed, frozen, invalidOption, notify, present, recordOf, uploadError } from "./testing-values.js";
import { readAttach, readClient, readFile, readLive, readPage, readUpload } from "./testing-options.js";
import { TestUpload } from "./testing-upload.js";
import { totalsOf } from "./testing-totals.js";

/** @import { LiveOptions, LiveSource, LiveUpload } from "./live.d.ts" */
/** @import { Content, ErrorFields, FileHandle, RecordSeed, Resumable, ResumableSeed, Snapshot, TestClient, TestClientOptions, TestControls, Upload, UploadErrorCode, UploadOptions, UploadPhase, UploadRecord, WarningCode } from "./testing.d.ts" */

/** @typedef {{ code: UploadErrorCode, fields: ErrorFields | undefined }} Failure */

const ULID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;
const PAGE = 20;
/** Why an object is withheld, and with which code `content` says so.
 * @type {Readonly<Record<NonNullable<UploadRecord["withheld"]>, UploadErrorCode>>} */
const WITHHELD = {
  active_content: "type_mismatch",
  scan_pending: "scan_pending",
  infected: "infected",
  content_encoding: "content_encoding",
};

export class TestHost {
  closed = false;
  held = false;
  offline = false;
  /** @type {TestUpload[]} */
  #uploads = [];
  /** Those in the snapshot.
   * @type {TestUpload[]} */
  #shown = [];
  /** @type {Map<string, UploadRecord>} */
  #records = new Map();
  /** @type {Map<string, ResumableSeed & { id: string }>} */
  #left = new Map();
  /** @type {Failure[]} */
  #failures = [];
  /** @type {Failure | undefined} */
  #reads;
  #ids = 0;
  /** @type {Snapshot | undefined} */
  #snapshot;
  /** @type {Set<{ listener: () => void }>} */
  #listeners = new Set();
  #telling = false;
  /** Loops that move an upload. */
  #moving = 0;
  /** @type {(() => void)[]} */
  #waiting = [];

  /** @param {TestClientOptions | undefined} options
   * @param {() => void} onClose */
  constructor(options, onClose) {
    this.options = readClient(options);
    this.held = this.options.auto === false;
    this.delayMs = this.options.delayMs ?? 0;
    this.steps = this.options.steps ?? 4;
    this.onClose = onClose;
    for (const seed of this.options.resumable ?? []) this.#leave(seed);
    for (const seed of this.options.records ?? []) this.#addRecord(seed);
  }

  /** @returns {TestClient} */
  client() {
    return {
      upload: (file, options) => this.#upload(file, options),
      uploadLive: (source, options) => this.#uploadLive(source, options),
      find: (id) => this.#shown.find((upload) => upload.id === id)?.handle,
      forget: (id) => this.#forget(id),
      pauseAll: () => this.#shown.forEach((upload) => upload.pause(true)),
      resumeAll: () => this.#shown.forEach((upload) => upload.pause(false)),
      retryFailed: () => this.#shown.forEach((upload) => upload.retry()),
      abortAll: (reason) => this.#shown.forEach((upload) => upload.abort(reason)),
      resumable: () => this.#read(() => [...this.#left.values()].map((seed) => this.#resumable(seed)), "start"),
      subscribe: (listener) => this.#subscribe(listener),
      snapshot: () => this.#view(),
      records: (page) => this.#readRecords(() => this.#page(readPage(page))),
      record: (id) => this.#readRecords(() => this.#record(id)),
      content: (id) => this.#readRecords(() => contentOf(this.#record(id))),
      remove: (id) => this.#readRecords(() => this.#remove(id)),
      doctor: async () => Object.freeze([...(this.options.findings ?? [])]),
      close: () => this.#close(),
      testing: this.#controls(),
    };
  }

  /** @returns {TestControls} */
  #controls() {
    const host = this;
    return {
      options: this.options,
      get uploads() {
        return host.#uploads.map(({ controls }) => controls);
      },
      upload: (which) => this.#which(which).controls,
      hold: () => this.#hold(true),
      release: () => this.#hold(false),
      offline: () => this.#change(() => (this.offline = true)),
      online: () => this.#change(() => (this.offline = false)),
      failNext: (code, fields) => void this.#failures.push({ code, fields }),
      failReads: (code, fields) => void (this.#reads = code === null ? undefined : { code, fields }),
      addResumable: (seed) => this.#leave(seed),
      addRecord: (seed) => this.#addRecord(seed),
      warn: (code, message, upload) => this.warn(code, message ?? `a warning of a test: ${code}`, upload),
      settled: () => new Promise((done) => (this.#moving > 0 ? this.#waiting.push(done) : done())),
    };
  }

  /** @param {Blob | FileHandle} file
   * @param {UploadOptions | null} [options] */
  #upload(file, options) {
    if (this.closed) throw closed("start");
    const given = readUpload(file, options, this.options);
    const failure = this.#failures.shift();
    return this.#add(new TestUpload(this, { id: this.#nextId(), file, options: given, failure }));
  }

  /** @param {LiveSource} source
   * @param {LiveOptions} options
   * @returns {LiveUpload} */
  #uploadLive(source, options) {
    if (this.closed) throw closed("start");
    if (this.options.signer) throw this.unsupported("start");
    const given = /** @type {UploadOptions & { name: string }} */ (readLive(source, options, this.options));
    const [id, failure] = [this.#nextId(), this.#failures.shift()];
    return /** @type {LiveUpload} */ (this.#add(new TestUpload(this, { id, file: undefined, options: given, source, failure })));
  }

  /** @param {TestUpload} upload */
  #add(upload) {
    this.#uploads.push(upload);
    this.#shown.push(upload);
    this.changed();
    upload.begin();
    return upload.handle;
  }

  #nextId() {
    this.#ids += 1;
    return nthId(this.#ids);
  }

  /** @param {string | Upload | undefined} which */
  #which(which) {
    const is = (/** @type {TestUpload} */ { id, handle, options }) => [undefined, id, options.name, handle].includes(which);
    const found = this.#uploads.filter(is).at(-1);
    if (found) return found;
    throw new Error(which === undefined ? "no upload was started" : `no upload ${String(Object(which).id ?? which)} was started`);
  }

  /** @param {string} id */
  #forget(id) {
    const upload = this.#shown.find((other) => other.id === id);
    if (!upload) return true;
    if (!upload.ended || upload.awaited) return false;
    upload.abort();
    this.#shown = this.#shown.filter((other) => other !== upload);
    this.changed();
    return true;
  }

  /** @param {boolean} held */
  #hold(held) {
    this.held = held;
    for (const upload of this.#uploads) upload.hold(undefined);
  }

  /** @param {() => void} change */
  #change(change) {
    change();
    for (const upload of this.#uploads) {
      upload.refresh();
      upload.go();
    }
  }

  /** Before a step. */
  pause() {
    return this.delayMs > 0 ? new Promise((done) => setTimeout(done, this.delayMs)) : Promise.resolve();
  }

  /** @param {Promise<void>} loop */
  async moving(loop) {
    this.#moving += 1;
    await loop;
    this.#moving -= 1;
    if (this.#moving === 0) for (const done of this.#waiting.splice(0)) done();
  }

  changed() {
    this.#snapshot = undefined;
    if (this.#telling || this.#listeners.size === 0) return;
    this.#telling = true;
    queueMicro(() => this.#tell());
  }

  #tell() {
    if (!this.#telling) return;
    this.#telling = false;
    for (const { listener } of [...this.#listeners]) notify(listener, undefined);
  }

  /** @param {() => void} listener */
  #subscribe(listener) {
    if (typeof listener !== "function") throw invalidOption("subscribe: listener must be a function");
    const entry = { listener };
    if (!this.closed) this.#listeners.add(entry);
    return () => void this.#listeners.delete(entry);
  }

  /** @returns {Snapshot} */
  #view() {
    if (!this.#snapshot) {
      const uploads = Object.freeze(this.#shown.map((upload) => upload.snapshot()));
      this.#snapshot = frozen({ uploads, totals: totalsOf(uploads) });
    }
    return this.#snapshot;
  }

  /** @param {ResumableSeed} seed */
  #leave(seed) {
    const id = seed.id ?? this.#nextId();
    this.#left.set(id, { ...seed, id });
    return id;
  }

  /** @param {ResumableSeed & { id: string }} seed
   * @returns {Resumable} */
  #resumable(seed) {
    const { id, name, path, size, type = OCTET_STREAM, metadata, savedAt = Date.now(), live } = seed;
    const needs = seed.needs ?? (live ? "nothing" : "file");
    const take = () => {
      if (this.closed) throw closed("start");
      if (!this.#left.delete(id)) throw uploadError("not_found", { message: "this upload has ended" });
    };
    return present({
      id,
      name,
      path,
      ...(live ? { size: 0, live, recordedBytes: size } : { size }),
      type,
      metadata,
      savedAt,
      needs,
      /** @type {Resumable["attach"]} */
      attach: async (file, options) => {
        const given = readAttach(options);
        if (file === undefined && needs === "file") throw invalidOption("attach: the file is missing; pick it again");
        if (file !== undefined) readFile("attach", file);
        const picked = file && "getFile" in file ? await file.getFile() : file;
        if (picked && picked.size !== size) throw uploadError("file_changed", { message: "this is not the file that was begun" });
        take();
        const left = { size, confirmed: seed.confirmed ?? 0 };
        return this.#add(new TestUpload(this, { id, file, options: present({ ...given, name, path, type, metadata }), left }));
      },
      discard: async () => take(),
    });
  }

  /** @param {RecordSeed} [seed] */
  #addRecord(seed = {}) {
    const record = recordOf({ ...seed, id: seed.id ?? this.#nextId() });
    this.#records.set(record.id, record);
    return record;
  }

  /** Notes what the server would know of an upload.
   * @param {TestUpload} upload
   * @param {UploadRecord["status"]} status
   * @param {RecordSeed} [fields]
   * @returns {UploadRecord} */
  noteRecord(upload, status, fields) {
    const { id, ledger, options, type } = upload;
    const known = this.#records.get(id);
    const createdAt = known?.createdAt ?? Date.now();
    const { name, visibility = "private", metadata } = options;
    const path = options.path || undefined;
    return this.#addRecord(
      present({
        ...{ id, status, name, path, size: ledger.size, type, visibility, metadata, createdAt },
        ...(upload.recording && { live: /** @type {const} */ (true) }),
        ...fields,
      }),
    );
  }

  /** @param {{ limit?: number, cursor?: string }} page */
  #page({ limit = PAGE, cursor }) {
    const all = [...this.#records.values()].reverse().sort((one, other) => other.createdAt - one.createdAt);
    const from = cursor === undefined ? 0 : Number(cursor);
    if (!Number.isInteger(from) || from < 0) throw uploadError("invalid_cursor", { status: 400 }, "read");
    const next = from + limit < all.length ? String(from + limit) : undefined;
    return frozen({ uploads: Object.freeze(all.slice(from, from + limit)), cursor: next });
  }

  /** @param {string} id */
  #record(id) {
    if (!ULID.test(id)) throw invalidOption("id must be a ULID of 26 characters");
    const record = this.#records.get(id);
    if (!record) throw uploadError("not_found", { status: 404, message: "there is no such upload" }, "read");
    return record;
  }

  /** Its upload keeps its state.
   * @param {string} id */
  #remove(id) {
    const { url, ...record } = this.#record(id);
    const { status } = record;
    if (status === "deleted") return;
    if (status !== "stored") throw notThere(status);
    this.#addRecord({ ...record, status: "deleted", verified: false });
  }

  /** @template T
   * @param {() => T} read
   * @returns {Promise<T>} */
  async #readRecords(read) {
    if (this.options.signer) throw this.unsupported("read");
    return this.#read(read, "read");
  }

  /** @template T
   * @param {() => T} read
   * @param {UploadPhase} phase
   * @returns {Promise<T>} */
  async #read(read, phase) {
    if (this.closed) throw closed(phase);
    await this.pause();
    if (this.closed) throw closed(phase);
    const failure = this.readFailure(phase);
    if (failure) throw failure;
    return read();
  }

  /** What a test says of reads.
   * @param {UploadPhase} phase */
  readFailure(phase) {
    if (this.#reads) return uploadError(this.#reads.code, this.#reads.fields, phase);
    return this.offline && phase === "read" ? uploadError("network", {}, phase) : undefined;
  }

  /** @param {UploadPhase} phase */
  unsupported(phase) {
    const message = "reading records needs the API of a Crowfly stack; a `signer` has none";
    return uploadError("unsupported", { message }, phase);
  }

  /** @param {WarningCode} code
   * @param {string} message
   * @param {string} [upload] */
  warn(code, message, upload) {
    const { onWarning } = this.options;
    if (onWarning) notify(onWarning, frozen({ code, message, ...(upload !== undefined && { upload }) }));
    else console.warn(`crowfly: ${message}`);
  }

  #close() {
    if (this.closed) return;
    for (const upload of this.#uploads) upload.fail("closed", { message: closed("start").message });
    this.closed = true;
    this.#tell();
    this.#listeners.clear();
    this.onClose();
  }
}

/** Why there is no object.
 * @param {UploadRecord["status"]} status */
function notThere(status) {
  return uploadError(status === "pending" ? "not_stored" : "upload_ended", { status: 409 }, "read");
}

/** Where an object is read, or why it is not given out.
 * @param {UploadRecord} record
 * @returns {Content} */
function contentOf({ status, key, url, visibility, withheld }) {
  if (status !== "stored") throw notThere(status);
  if (withheld) throw uploadError(WITHHELD[withheld], { status: withheld === "infected" ? 403 : 409 }, "read");
  const address = url ?? `https://storage.test/${key}`;
  return frozen(visibility === "public" ? { url: address } : { url: address, expiresInMs: 60_000 });
}

/** A microtask of the language, which no fake timer holds back.
 * @param {() => void} task */
function queueMicro(task) {
  void Promise.resolve().then(task);
}
