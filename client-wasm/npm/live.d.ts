import type { Client, ClientOptions, Progress, Upload, UploadError, UploadOptions } from "./api.js";

export * from "./api.js";

/** A piece of a recording. */
export type LivePiece = Blob | ArrayBuffer | ArrayBufferView;

/**
 * What records, or gives bytes.
 *
 * A `MediaRecorder` that does not run yet is started with a time slice of one second; one that runs is asked for what it has
 * each second unless it gives it by itself, so that no more than that is lost with the page. A source that the page has paused stays paused.
 */
export type LiveSource = MediaRecorder | ReadableStream<LivePiece> | AsyncIterable<LivePiece> | Iterable<LivePiece>;

/** What a live upload is set to. */
export interface LiveOptions extends Omit<UploadOptions, "onProgress" | "name"> {
  /** The name of the file that it becomes. */
  name: string;
  /** Called when the progress changed, at most once a frame. */
  onProgress?: ((progress: LiveProgress) => void) | undefined;
  /** Most bytes of the file; the server has a limit of its own. What the source gives beyond that is not uploaded: it is
   * stopped, and there is a warning `limit_reached`. */
  maxBytes?: number | undefined;
  /** What becomes of an upload whose source fails: `keep` (by default) uploads what it gave until then, with a warning
   * `source_failed`; `abort` aborts it with the source's error as reason. One that gave nothing is always aborted. */
  onSourceError?: "keep" | "abort" | undefined;
  /**
   * Gives a webm its duration, and an index (Cues) by which players seek; false by default. A `MediaRecorder` writes
   * neither. Room for them is reserved in the head of the recording while it begins, 17 KiB, and filled in at the end, so
   * that the first part (5 MiB) is sent once more where it has gone already. What is no webm, or a webm of a structure that is not
   * known, is uploaded as it is; so is one that was kept in memory (`spool_unavailable`) and is no longer there as a whole.
   */
  fixDuration?: boolean | undefined;
  /** Asks the browser not to delete this origin's data when the disk becomes full; false by default. Firefox asks the user.
   * https://storage.spec.whatwg.org/#dom-storagemanager-persist */
  persist?: boolean | undefined;
}

/** Progress of a live upload. */
export interface LiveProgress extends Omit<Progress, "total"> {
  /** Bytes that the source has given. */
  readonly recorded: number;
  /** Bytes of the file; absent until the source has ended. */
  readonly total?: number;
}

/**
 * A recording that is uploaded while it grows. Its methods work without it.
 *
 * `pause()` stops the sending alone: what is recorded meanwhile is spooled. `abort()` stops the source, too.
 */
export interface LiveUpload extends Omit<Upload, "progress"> {
  readonly progress: LiveProgress;
  /** Ends the source: what it has given is the whole, with what it has at hand, such as the queue of a stream. One that ends
   * by itself needs no call. */
  finish(this: void): void;
}

/** A client with live uploads. */
export interface LiveClient extends Client {
  /**
   * Uploads what a recorder or a stream gives, while it does.
   *
   * What it gives is spooled to the origin's private file system first, and sent from there in parts; the spool is deleted
   * once storage has all of it. If the page dies, `resumable()` of a later page lists it with `live: true`, and `attach()`
   * uploads what was spooled. Where there is no such file system, no worker, or no room, what storage lacks is kept in memory, at
   * most 64 MiB: a stream then waits for room, a recorder is paused, and there is a warning `spool_unavailable`.
   *
   * Throws an `UploadError` with code `invalid_option` when an option is wrong or `source` is none, `unsupported` with a
   * `signer`, and `closed` after `close()`. A server that knows no live uploads refuses it with `unknown_field`.
   */
  uploadLive(this: void, source: LiveSource, options: LiveOptions): LiveUpload;
}

/**
 * Makes a client as `createClient` of `crowfly` does, from the module that has live uploads.
 *
 * @throws UploadError with code `invalid_option`, `unsupported` (no browser) or `wasm_unavailable`, whose message names
 * the cause that was found, and its cure.
 */
export function createClient(options: ClientOptions): Promise<LiveClient>;

/** Whether a caught value is an error of this SDK. */
export function isUploadError(value: unknown): value is UploadError;
