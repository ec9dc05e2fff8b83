// What comes of one upload of a client without a network, and the promises of it.
import { deferred } from "./testing-values.js";

/** @import { ErrorFields, FileHandle, RecordSeed, Stored, UploadError, UploadErrorCode, UploadOptions, UploadPhase, UploadRecord, UploadSummary } from "./testing.d.ts" */
/** @import { LiveSource } from "./live.d.ts" */
/** @import { Deferred } from "./testing-values.js" */

/** How far an upload is, while it is active.
 * @typedef {"queued" | "hashing" | "uploading"} Stage */
/** @typedef {"stored" | "processed" | "failed" | "aborted"} End */
/** An upload's file and options; `left` is what an earlier page has left of it.
 * @typedef {{
 *   id: string,
 *   file: Blob | FileHandle | undefined,
 *   options: UploadOptions & { name: string },
 *   left?: { size: number, confirmed: number },
 *   source?: LiveSource,
 *   failure?: { code: UploadErrorCode, fields: ErrorFields | undefined } | undefined,
 * }} Given */

/** In which phase an upload fails.
 * @type {Readonly<Record<Stage, UploadPhase>>} */
export const PHASES = { queued: "create", hashing: "hash", uploading: "send" };

export class Outcome {
  /** @type {Deferred<Stored>} */
  done = deferred();
  /** `processed()`, while it is waited for.
   * @type {Deferred<UploadRecord> | undefined} */
  waiting;
  /** @type {UploadError | undefined} */
  error;
  /** Of an abort.
   * @type {unknown} */
  reason;
  /** @type {Stored | undefined} */
  stored;
  /** @type {UploadRecord | undefined} */
  record;
  /** The record that a test has made, before it is asked for.
   * @type {RecordSeed | undefined} */
  made;
  /** @type {UploadSummary | undefined} */
  summary;

  renew() {
    this.done = deferred();
    this.error = this.summary = undefined;
  }

  /** @param {unknown} reason */
  reject(reason) {
    this.done.reject(reason);
    this.rejectRecord(reason);
  }

  /** @param {unknown} reason */
  rejectRecord(reason) {
    this.waiting?.reject(reason);
    this.waiting = undefined;
  }

  /** @param {UploadRecord} record */
  resolveRecord(record) {
    this.record = record;
    this.waiting?.resolve(record);
    this.waiting = undefined;
  }

  wait() {
    return (this.waiting ??= deferred()).promise;
  }
}
