import type { UploadError } from "./errors.js";
import type { Totals, UploadEvent, UploadSummary } from "./events.js";
import type { Content, RecordPage, UploadRecord } from "./records.js";
import type { Signer } from "./signer.js";

export * from "./errors.js";
export * from "./events.js";
export * from "./records.js";
export * from "./signer.js";

/** Why a token is asked for: the first one, one that is about to expire, or one that was refused. */
export type TokenReason = "initial" | "expiring" | "unauthorized";

/** State of an upload. The last three, and `stored`, do not change by themselves; `stored`
 * becomes `processed` only after `processed()` was called. */
export type UploadState =
  | "queued"
  | "hashing"
  | "uploading"
  | "paused"
  | "waiting"
  | "stored"
  | "processed"
  | "failed"
  | "aborted";

/** Who may read the object without a credential. */
export type Visibility = "private" | "public";

/** `crc64nvme`: the bytes are hashed before they are sent, and `Stored.verified` says whether storage states the same
 * checksum. `none`: they are not, and nothing is verified. */
export type Checksum = "crc64nvme" | "none";

/** What the client as a whole is set to. */
export interface CommonOptions {
  /** Checksum of uploads that do not say otherwise; `crc64nvme` by default. */
  checksum?: Checksum | undefined;
  /** Whether uploads that do not say otherwise fail with `unverified` where storage does not state the checksum that was
   * computed here; false by default. `invalid_option` together with `checksum: "none"`. */
  requireVerified?: boolean | undefined;
  /** Most requests to storage at the same time, 1 to 6, over all host names of the bucket. By default 6 to each name; those
   * beyond the first 6 are added while they bring bytes a second. */
  concurrency?: number | undefined;
  /** Longest wait for `token`, in milliseconds; 30,000 by default. */
  tokenTimeoutMs?: number | undefined;
  /** Longest wait of `processed()`, in milliseconds; 60,000 by default. */
  pollTimeoutMs?: number | undefined;
  /** Called on degraded operation; written to the console by default. */
  onWarning?: ((warning: Warning) => void) | undefined;
  /** Called with what happens to uploads: for logs, metrics and traces of the application. Not for its state, for which
   * there is `subscribe`. */
  onEvent?: ((event: UploadEvent) => void) | undefined;
  /** Whether calls of the API carry a W3C `traceparent` header; false by default. The trace's id is that of the upload (of a
   * batch's first): its ULID as 32 hexadecimal digits. An API of another origin must allow the header in its CORS rules; a Crowfly
   * stack does. */
  trace?: boolean | undefined;
  /** Whether uploads are noted in a journal, so that a later page can go on with them; true by default. */
  resume?: boolean | undefined;
  /** Sets journals apart, such as those of two users of one browser: give a user's id. */
  scope?: string | undefined;
}

/** Gives a JWT for the API, with or without `Bearer ` before it. Called when one is needed, never twice at a time. */
export type TokenProvider = (request: { reason: TokenReason }) => string | Promise<string>;

/** A client of a Crowfly stack, or of another server that speaks its HTTP contract. */
export interface ApiOptions extends CommonOptions {
  /**
   * The address of the API: `https://...` (`http://...` on this machine or the page's own origin), or a path of the
   * page's own server such as `/api`. No query; of another origin it does not end in `/uploads`, which is added.
   */
  api: string | URL;
  token: TokenProvider;
  /** Which calls of the API carry the page's cookies, as for `fetch`; none by default. Storage never gets any. */
  credentials?: "same-origin" | "include" | undefined;
  signer?: undefined;
}

/** A client of a server whose session is a cookie. That server must refuse calls of foreign pages. */
export interface SessionOptions extends Omit<ApiOptions, "token" | "credentials"> {
  credentials: "same-origin" | "include";
  token?: TokenProvider | undefined;
}

/** A client of your own backend. `processed()` and the reading of records then reject as `unsupported`. */
export interface SignerOptions extends CommonOptions {
  signer: Signer;
  /** Called when `signer` fails with status 401, before it is called again. */
  token?: TokenProvider | undefined;
  api?: undefined;
}

/** What a client is set to: `api` with `token` or `credentials`, or `signer`. */
export type ClientOptions = ApiOptions | SessionOptions | SignerOptions;

/** One thing that `doctor()` has looked at. */
export interface Finding {
  /** A stable word for it, such as `storage_cors`; docs/SDK.md lists them. */
  readonly code: string;
  /** Whether it is as it must be. */
  readonly ok: boolean;
  /** What was found, in one sentence. */
  readonly message: string;
  /** What to do about it; empty if it is well. */
  readonly fix: string;
}

/** Degraded operation. */
export type WarningCode =
  /** Module or worker cannot be had from beside the package's JavaScript, so their copy inside it is used, a larger
   * download. The message says what was found there, and what a smaller download needs. */
  | "inlined"
  /** Checksums are computed in small steps in the page itself. The message says why no worker could be started. */
  | "worker_unavailable"
  /** IndexedDB is refused, blocked or full: uploads cannot go on after this page is left. */
  | "journal_unavailable"
  /** There are no Web Locks here: a stamp in the journal tells the tabs apart. */
  | "locks_unavailable"
  /** Storage had discarded an upload's parts: it starts over, and `confirmed` falls to 0. */
  | "restarted"
  /** Storage reports no checksum of a hashed upload, so its bytes are unproved: `verified` is false. Emitted
   * once per client. */
  | "unverified"
  /** The file's first bytes are not what its type says; it is sent all the same. A page, a script or a program under
    * a harmless type will be withheld; the message says so. */
  | "type_mismatch"
  /** The API has not answered this client within five seconds: its address is wrong, or its CORS rules do not allow
   * this page. */
  | "api_silent"
  /** Storage has not: its CORS rules, its region, a proxy's limit, or the signer's clock. */
  | "storage_silent"
  /** A function of the `signer` threw something without a `status`; it is called again. */
  | "signer_failed"
  /** Requests report no progress, since a service worker answers them or this client runs in one. Progress is shown by
   * whole parts. */
  | "progress_hidden"
  /** Of `uploadLive`: what is recorded is kept in memory and is lost with this page, since it cannot be written to the disk. The
   * message says why. */
  | "spool_unavailable"
  /** Of `uploadLive`: the source failed; what it gave until then is uploaded. */
  | "source_failed"
  /** Of `uploadLive`: the source gave more than `maxBytes`, or than the server takes; it was stopped, and the file ends there. */
  | "limit_reached";

/** Degraded operation. */
export interface Warning {
  readonly code: WarningCode;
  /** One sentence for a developer. */
  readonly message: string;
  /** The upload, if it is about one. */
  readonly upload?: string;
}

/** What one upload is set to. */
export interface UploadOptions {
  /** Called when the progress changed, at most once a frame. */
  onProgress?: ((progress: Progress) => void) | undefined;
  /** Called after each change of state. */
  onStateChange?: ((state: UploadState) => void) | undefined;
  /** Aborts the upload; `done` then rejects with the signal's reason. */
  signal?: AbortSignal | null | undefined;
  /** `private` by default. */
  visibility?: Visibility | undefined;
  /** Free text for the record; it never goes to storage. At most 32 entries, keys of 1 to 64 bytes, 2,048 bytes in
   * all; no control characters. */
  metadata?: Readonly<Record<string, string>> | undefined;
  /** Uploads with a higher number go first; 0 by default. An integer from -1,000 to 1,000. */
  priority?: number | undefined;
  /** The file's name; by default that of the `File`. Required for a `Blob`. A Crowfly stack takes 1 to 255
   * characters, at most 1,024 bytes of UTF-8, without control characters. */
  name?: string | undefined;
  /** The folder that the file is in, relative to what was picked: `photos/2026`. None by default; empty is none, too. `/` and
   * `\` separate folders, empty ones and `.` fall away. A Crowfly stack takes at most 700 bytes of UTF-8, and refuses
   * `..` and control characters with `invalid_path`. Nothing is read of `webkitRelativePath` here; adapters do. */
  path?: string | undefined;
  /** The media type; by default that of the `File` or `Blob`, else `application/octet-stream`. An empty text means that
   * it is unknown. */
  type?: string | undefined;
  /** Overrides the client's `checksum`. */
  checksum?: Checksum | undefined;
  /** Overrides the client's `requireVerified`. */
  requireVerified?: boolean | undefined;
}

/** Progress of an upload. */
export interface Progress {
  /** Bytes handed to the network, less what is to be sent again; `total` only at the end. */
  readonly sent: number;
  /** Bytes acknowledged by storage; falls only when storage has discarded them (`restarted`). */
  readonly confirmed: number;
  /** Bytes of the file. */
  readonly total: number;
  /** Bytes read and hashed. */
  readonly hashed: number;
  /** Smoothed; 0 while nothing is sent. */
  readonly bytesPerSecond: number;
  /** Smoothed time to the end, in milliseconds; absent while it is not known. */
  readonly etaMs?: number;
  /** Of a live upload: bytes that its source has given. */
  readonly recorded?: number;
}

/** What storage holds. */
export interface Stored {
  readonly id: string;
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  /** The object's CRC64NVME in base64 of 8 big-endian bytes, as storage states it; absent where it states none. With
   * `checksum: "none"` it is storage's own: nothing was compared. */
  readonly crc64nvme?: string;
  readonly etag?: string;
  readonly versionId?: string;
  /** Whether storage reports the checksum that was computed from the file here, which alone proves the
   * bytes. False where it reports none, and always with `checksum: "none"`. */
  readonly verified: boolean;
}

/** One upload at one moment. It stays the same object until something of it changes. */
export interface UploadSnapshot {
  readonly id: string;
  readonly name: string;
  /** The folder as it was given; absent without one. */
  readonly path?: string;
  /** Bytes; 0 until the file was looked at. */
  readonly size: number;
  readonly type: string;
  readonly state: UploadState;
  readonly progress: Progress;
  /** Why it failed. */
  readonly error?: UploadError;
  /** What storage holds, from `stored` on. */
  readonly stored?: Stored;
  /** Its record, once `processed`. */
  readonly record?: UploadRecord;
  /** What it took, from `stored` or `failed` on. */
  readonly summary?: UploadSummary;
  /** Set while the source of a live upload has not ended: `size` and `progress.total` are the bytes that there are by now. */
  readonly recording?: true;
}

/** All uploads of a client at one moment. It stays the same object until something changes. */
export interface Snapshot {
  /** In the order in which they were started. */
  readonly uploads: readonly UploadSnapshot[];
  /** Sums over them. */
  readonly totals: Totals;
}

/** One upload. It is not a promise: await its `done`. Its methods work without it, as in `const { pause } = upload`. */
export interface Upload {
  /** The same in the API, the key and the record. */
  readonly id: string;
  readonly state: UploadState;
  readonly progress: Progress;
  /** Resolves when storage holds the file; `verified` is whether its bytes are proved. Rejects with an
   * `UploadError`, or as `fetch` does on abort. */
  readonly done: Promise<Stored>;
  /**
   * Resolves when the record is there. Nothing is asked of the API before this is called.
   *
   * Rejects as `done` does if the upload fails or is aborted, with `processing_timeout` if the record does not come in
   * time (the object is stored all the same; call again), with the code of the failure if it cannot be asked for,
   * `closed`, and `unsupported` with a `signer` or a server that keeps no records.
   */
  processed(this: void): Promise<UploadRecord>;
  pause(this: void): void;
  resume(this: void): void;
  /** `done` then rejects with `reason`, or with an `AbortError`; that of a failed upload is unchanged, and what
   * the server keeps for it is released. Does nothing once stored or aborted. */
  abort(this: void, reason?: unknown): void;
  /** Starts a failed upload again; `done` is then a new promise. Does nothing in any other state. */
  retry(this: void): void;
}

/** Options of a resumed upload; all others are as at its start. */
export type AttachOptions = Pick<UploadOptions, "onProgress" | "onStateChange" | "signal">;

/**
 * A file's handle, as the file picker, drag and drop and the origin's own file system give it. This is what
 * the SDK needs of it; the `FileSystemFileHandle` of the browser is one.
 */
export interface FileHandle {
  readonly kind: "file";
  readonly name: string;
  getFile(): Promise<File>;
}

/** An upload that an earlier page left unfinished. */
export interface Resumable {
  readonly id: string;
  readonly name: string;
  /** The folder as it was given; absent without one. */
  readonly path?: string;
  /** Bytes; 0 of a live upload, see `recordedBytes`. */
  readonly size: number;
  readonly type: string;
  readonly metadata?: Readonly<Record<string, string>>;
  /** Set for a live upload; only a client of `crowfly/live` lists them. */
  readonly live?: true;
  /** Bytes of a live upload that were spooled and are still here. */
  readonly recordedBytes?: number;
  /** When it was last noted, in Unix milliseconds by this machine's clock. */
  readonly savedAt: number;
  /**
   * What `attach` needs: nothing, because the file's handle was kept; leave to read it, which the browser
   * asks the user for, so call `attach` in a click; or the file, picked again.
   */
  readonly needs: "nothing" | "permission" | "file";
  /**
   * Goes on: sends what storage does not hold.
   *
   * Rejects with `file_changed` if the content is another (a file that was picked wrongly can be picked
   * again; one whose kept handle leads to other bytes is cancelled), `file_unreadable` without leave,
   * `locked` if another tab works on it, `not_found` if it has ended meanwhile, `invalid_option` if an option is wrong
   * or the file is missing, `closed` after `close()`.
   */
  attach(this: void, file?: Blob | FileHandle, options?: AttachOptions | null): Promise<Upload>;
  /** Cancels it on the server and forgets it. Rejects with `locked` if another tab works on it, `not_found` if
   * it has ended meanwhile, `closed`, or the code of the failure if the server does not confirm. */
  discard(this: void): Promise<void>;
}

/** What `createClient` makes. Its methods work without it, as in `const { subscribe, snapshot } = client`. */
export interface Client {
  /**
   * Starts an upload. A handle is kept in the journal, so that a later page needs no file to be picked; if it gives no
   * file, `done` rejects with `file_unreadable`. Throws an `UploadError` with code `invalid_option` when an option is
   * wrong or the file is none (its size must be a number of bytes), `closed` after `close()`.
   */
  upload(this: void, file: Blob | FileHandle, options?: UploadOptions | null): Upload;
  /** The upload of this id in the snapshot. */
  find(this: void, id: string): Upload | undefined;
  /**
   * Drops an upload that has ended from the snapshot. A failed one is aborted first: it cannot be resumed later. Returns
   * whether the snapshot has no such upload now; false while one is active, or its `processed()` is waited for.
   */
  forget(this: void, id: string): boolean;
  /** Pauses all uploads that are active. */
  pauseAll(this: void): void;
  /** Resumes all that are paused. */
  resumeAll(this: void): void;
  /** Starts all that failed again. */
  retryFailed(this: void): void;
  /** Aborts all that are not stored, with this reason. */
  abortAll(this: void, reason?: unknown): void;
  /** Uploads that earlier pages left unfinished, and that no other tab works on. Where a browser has no Web Locks,
   * those of a page that crashed come half a minute later. Rejects with `closed` after `close()`. */
  resumable(this: void): Promise<Resumable[]>;
  /** Calls `listener` after changes of the snapshot, at most once in 16 ms; returns the function that ends that.
   * Throws `invalid_option` if it is no function. */
  subscribe(this: void, listener: () => void): () => void;
  snapshot(this: void): Snapshot;
  /**
   * My records, newest first. `limit` is 1 to 100.
   *
   * This, `record`, `content` and `remove` reject with an `UploadError` of phase `read`: with the API's code (`unauthenticated`,
   * `forbidden`, `insufficient_scope`, `rate_limited`, `service_unavailable`, ...), `invalid_cursor` and
   * `invalid_limit`, `network`, `bad_response`, `token_provider`, `invalid_option`, `closed`, and `unsupported` with a
   * `signer` or a server that keeps no records.
   */
  records(this: void, page?: { limit?: number | undefined; cursor?: string | undefined }): Promise<RecordPage>;
  /** One record. Rejects also with `not_found`, if it is not there or not mine. */
  record(this: void, id: string): Promise<UploadRecord>;
  /** Where to read a stored object. Rejects also with `not_found`, `not_stored`, and while it is withheld with
   * `type_mismatch`, `scan_pending`, `infected` or `content_encoding`. */
  content(this: void, id: string): Promise<Content>;
  /**
   * Deletes a stored object of mine, whether it is withheld, infected or public. Its record stays, with the status
   * `deleted`, and its upload keeps its state. Resolves also if it was deleted before, so it may be repeated.
   *
   * In a bucket with versions the bytes stay, hidden, until a lifecycle rule deletes them. Copies in caches, and
   * addresses that others have loaded from, are not recalled.
   *
   * Rejects also with `not_found`, `not_stored` (not stored yet, or its record is a moment behind: `Upload.abort`
   * cancels what is not stored), and `upload_ended` (cancelled or expired: there is nothing to delete).
   */
  remove(this: void, id: string): Promise<void>;
  /**
   * Looks for what is set up wrongly: the page (workers, IndexedDB, a service worker), the token, the API and its CORS
   * rules, and storage. Storage is probed by two small PUTs with a checksum that is not theirs, which it refuses, so
   * that nothing is stored; both uploads are cancelled. For developers: takes seconds, loads code of its own, and
   * rejects only if that cannot be loaded.
   */
  doctor(this: void): Promise<readonly Finding[]>;
  /** Closes the client: active uploads fail with code `closed` but stay resumable; nothing is left running. */
  close(this: void): void;
}
