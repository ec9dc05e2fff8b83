import type { Visibility } from "./api.js";
import type { UploadErrorCode } from "./errors.js";

/**
 * Your own backend, in front of any storage that speaks S3: five functions with the bodies and answers of
 * the API's routes. docs/SIGNER.md has all that they must do, with examples.
 *
 * An exception that carries a `status` is a refusal; `code`, `message` and `retryAfterMs` apply too
 * ({@link SignerFailure}). One without counts as a lost connection: the warning `signer_failed` says what was thrown, and
 * the call is retried. But a `TypeError`, `ReferenceError`, `RangeError` or `SyntaxError` that is not `fetch`'s own is a
 * mistake in the function, and ends the upload with `bad_response`. So does a wrong answer: `path` names the field.
 * `signal` is aborted when the answer is no longer needed. `state` is what `create` gave to keep for this upload.
 */
export interface Signer {
  /** Begins uploads, 1 to 100; the same id again signs again. One result for each, in the order asked. */
  create(request: { uploads: readonly CreateItem[] }, signal: AbortSignal): Promise<{ uploads: readonly CreateResult[] }>;
  /** Signs parts of an upload, 1 to 100, with their exact length and, when given, checksum. */
  sign(
    id: string,
    request: { parts: readonly PartToSign[]; state?: string },
    signal: AbortSignal,
  ): Promise<{ grants: readonly PartGrant[] }>;
  /** What storage holds of an upload: asked after a reload or a lost answer. */
  parts(id: string, signal: AbortSignal, state?: string): Promise<{ parts: readonly StoredPart[] }>;
  /** Called for every upload once its bytes are there, also for one in a single PUT: puts the parts together, or looks
   * whether the PUT has arrived. Repeatable: it is called again if its answer is lost. */
  complete(
    id: string,
    request: { crc64nvme?: string; state?: string },
    signal: AbortSignal,
  ): Promise<SignedStored | { retryAfterMs: number }>;
  /** Cancels an upload; repeatable. */
  abort(id: string, signal: AbortSignal, state?: string): Promise<void>;
}

/** One upload to begin. */
export interface CreateItem {
  /** A ULID made by the client. */
  readonly id: string;
  readonly name: string;
  /** The folder, as the page gave it: `/` and `\` separate folders, and nothing is cleaned. Clean it before it becomes
   * part of a key. Absent or empty without one. */
  readonly path?: string;
  /** Bytes. */
  readonly size: number;
  readonly type: string;
  /** The whole file's CRC64NVME in base64 of 8 big-endian bytes, when it is known: sign it into a single PUT. */
  readonly crc64nvme?: string;
  readonly visibility?: Visibility;
  readonly metadata?: Readonly<Record<string, string>>;
  /** What `create` gave to keep for this upload, if it did so before. */
  readonly state?: string;
}

/**
 * What became of one upload to begin. `key` is any text of 1 to 1,024 bytes of UTF-8; `complete` says the same one.
 * `state`, 1 to 2,048 visible characters of ASCII, is kept by the client, also over a reload, and given back with every
 * later call of this upload: a backend without a memory keeps there what it must know. The page's user can change it, so
 * sign it.
 */
export type CreateResult =
  | { id: string; key: string; plan: UploadPlan; state?: string }
  | { id: string; error: { code: string; message: string; requestId?: string; retryAfterMs?: number } };

/** How a file goes: in one PUT, or in parts of `partSize` bytes, of which the last may be smaller. */
export type UploadPlan =
  | { kind: "single"; put: Grant }
  | { kind: "multipart"; partSize: number; partCount: number };

/** Leave for one PUT: exactly these headers are sent. */
export interface Grant {
  /** `https`, or `http` where the page may use it. */
  url: string;
  /** The same request by another host name of the bucket, if it has one: it is used where the first cannot be reached. */
  otherUrl?: string | undefined;
  headers:
    | Readonly<Record<string, string>>
    | Headers
    | ReadonlyMap<string, string>
    | readonly (readonly [string, string])[];
  /** Milliseconds from the answer on. */
  expiresInMs: number;
}

/** One part to sign. */
export interface PartToSign {
  /** From 1 on. */
  readonly number: number;
  /** The part's CRC64NVME in base64 of 8 big-endian bytes; absent with `checksum: "none"`. */
  readonly crc64nvme?: string;
}

/** Leave to send one part. */
export interface PartGrant extends Grant {
  number: number;
}

/** One part that storage holds. */
export interface StoredPart {
  /** From 1 on. */
  number: number;
  /** Bytes. */
  size: number;
  /** The part's CRC64NVME in base64 of 8 big-endian bytes, if storage knows it. */
  crc64nvme?: string;
  /** Its entity tag: where storage knows no checksum, a later page recognises by it the part that it need not send again. */
  etag?: string;
}

/** What storage holds, as a `Signer` says it. */
export interface SignedStored {
  id: string;
  key: string;
  /** Bytes. */
  size: number;
  /** The whole object's CRC64NVME in base64 of 8 big-endian bytes, if storage knows it. */
  crc64nvme?: string;
  etag: string;
  versionId?: string;
}

/** What an exception of a `Signer` may carry. */
export interface SignerFailure {
  /** As of HTTP: 401 asks for a token, 409 and others go by their `code`, 429 and 5xx are tried again. */
  status: number;
  /** One of the codes of `UploadErrorCode`. */
  code?: UploadErrorCode;
  message?: string;
  /** Milliseconds. */
  retryAfterMs?: number;
}
