// What a client without a network makes up: errors, stored objects and records.

/** @import { RecordSeed, ErrorFields, UploadError, UploadErrorCode, UploadPhase, UploadRecord } from "./testing.d.ts" */

/** The codes of errors that the same again later can cure, as the contract has them. */
const RETRYABLE = new Set(
  `rate_limited quota_open_uploads scan_pending parts_mismatch multipart_gone service_unavailable internal
  wasm_unavailable network stalled storage_unavailable token_provider bad_response processing_timeout locked`.split(/\s+/),
);

/** Of every upload: nothing is hashed here. */
export const CRC = "AAAAAAAAAAA=";
export const OCTET_STREAM = "application/octet-stream";
export const PARTS_FROM = 16 * 1024 * 1024;

/** @param {UploadErrorCode} code
 * @param {ErrorFields} [fields]
 * @param {UploadPhase} [phase] if the fields have none
 * @returns {UploadError} */
export function uploadError(code, { message, cause, ...fields } = {}, phase = "start") {
  const error = new Error(message ?? `it failed with ${code}`);
  const own = { name: "UploadError", code, retryable: RETRYABLE.has(code), phase, ...present(fields) };
  if (cause !== undefined) Object.assign(own, { cause });
  return /** @type {UploadError} */ (Object.assign(error, own));
}

/** @param {string} message */
export const invalidOption = (message) => uploadError("invalid_option", { message });

/** @param {UploadPhase} phase */
export const closed = (phase) => uploadError("closed", { message: "the client was closed" }, phase);

export const abortError = () => new DOMException("the upload was aborted", "AbortError");

/** The fields of an object that may be undefined are those that may be absent.
 * @template T
 * @typedef {{ [K in keyof T as undefined extends T[K] ? never : K]: T[K] } &
 *   { [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined> }} Present */

/** An object without its undefined fields: they are absent, as in what the real client gives.
 * @template {object} T
 * @param {T} fields
 * @returns {Present<T>} */
export function present(fields) {
  const kept = Object.entries(fields).filter(([, value]) => value !== undefined);
  return /** @type {Present<T>} */ (Object.fromEntries(kept));
}

/** @template {object} T
 * @param {T} fields
 * @returns {Readonly<Present<T>>} */
export const frozen = (fields) => Object.freeze(present(fields));

/** The n-th id: a ULID, the same in every run.
 * @param {number} n */
export const nthId = (n) => `01TEST${String(n).padStart(20, "0")}`;

/** @param {string} id
 * @param {string} name */
export const keyOf = (id, name) => `uploads/test/${id}/${name}`;

/** A record of what is given; the rest is made up.
 * @param {RecordSeed & { id: string }} seed
 * @returns {UploadRecord} */
export function recordOf(seed) {
  const { id, name = "file", status = "stored" } = seed;
  const now = Date.now();
  const stored = status === "stored";
  return frozen({
    status,
    bucket: "test",
    key: keyOf(id, name),
    name,
    size: 0,
    type: OCTET_STREAM,
    visibility: /** @type {const} */ ("private"),
    verified: stored,
    createdAt: now,
    ...(stored ? { crc64nvme: CRC, etag: "test", storedAt: now } : undefined),
    ...seed,
    ...(seed.metadata && { metadata: Object.freeze({ ...seed.metadata }) }),
  });
}

/** Calls what the application gave; what it throws is reported, and stops nothing.
 * @template T
 * @param {((given: T) => void) | null | undefined} callback
 * @param {T} given */
export function notify(callback, given) {
  try {
    callback?.(given);
  } catch (error) {
    if (typeof globalThis.reportError === "function") globalThis.reportError(error);
    else console.error(error);
  }
}

/** A promise with its ends.
 * @template T
 * @typedef {{ promise: Promise<T>, resolve: (value: T) => void, reject: (reason: unknown) => void }} Deferred */

/** One whose rejection nobody has to await.
 * @template T
 * @returns {Deferred<T>} */
export function deferred() {
  /** @type {(value: T) => void} */
  let resolve = () => {};
  /** @type {(reason: unknown) => void} */
  let reject = () => {};
  /** @type {Promise<T>} */
  const promise = new Promise((done, failed) => ([resolve, reject] = [done, failed]));
  promise.catch(() => {});
  return { promise, resolve, reject };
}
