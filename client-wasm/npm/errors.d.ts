/** What was being done when an error came up. */
export type UploadPhase =
  | "start"
  | "hash"
  | "create"
  | "sign"
  | "send"
  | "list"
  | "complete"
  | "abort"
  | "process"
  | "read";

/** Every failure that is not an abort. */
export interface UploadError extends Error {
  readonly name: "UploadError";
  readonly code: UploadErrorCode;
  /** Whether the same again later can succeed without a change by the caller. */
  readonly retryable: boolean;
  readonly phase: UploadPhase;
  /** The part that it is about, from 1; absent when it is about the upload as a whole. */
  readonly part?: number;
  /** The HTTP status, if an answer came. */
  readonly status?: number;
  /** Finds the request in the logs of the API or of storage. */
  readonly requestId?: string;
  /** What storage said, without anything from a URL; `code` and `message` are empty where it said nothing plain. */
  readonly storage?: {
    readonly status: number;
    readonly code: string;
    readonly message: string;
    readonly requestId?: string;
  };
  /** With `bad_response`: the field of the answer that is wrong, such as `uploads[0].plan.partCount`. */
  readonly path?: string;
  /** What the application's own code threw, if that is the reason. */
  readonly cause?: unknown;
}

/** Stable codes: one never changes its meaning; `unknown` is one that a newer API sent. */
export type UploadErrorCode =
  /** The body is not JSON, or not an object of the expected shape. */
  | "invalid_json"
  /** The body has a field that the contract does not name. */
  | "unknown_field"
  /** The content type of the request is not `application/json`. */
  | "unsupported_media_type"
  /** The body of the request is longer than the route reads. */
  | "body_too_large"
  /** A list has no item, more than 100, or the same id twice. */
  | "invalid_batch"
  /** An id is not a ULID. */
  | "invalid_id"
  /** The file name is empty, too long, or has a character that no name may have. */
  | "invalid_name"
  /** The folder of the file has `..`, a character that no path may have, or more than 700 bytes, or makes the object's
   * key longer than S3 allows. */
  | "invalid_path"
  /** A size is missing, given where there is none, or not a non-negative integer; or `live`, `maxBytes` or `durationMs` is wrong. */
  | "invalid_size"
  /** The media type is not `type/subtype` in visible ASCII without parameters. */
  | "invalid_type"
  /** The checksum is not base64 of eight bytes. */
  | "invalid_checksum"
  /** The metadata is not a small map of printable text. */
  | "invalid_metadata"
  /** The visibility is neither `private` nor `public`. */
  | "invalid_visibility"
  /** A part number is outside the plan, or stands twice in the list; or the part of a live upload cannot have that size. */
  | "invalid_part"
  /** The cursor is not one that this version of the API makes. Read the list from its start. */
  | "invalid_cursor"
  /** The limit is not an integer from 1 to 100. */
  | "invalid_limit"
  /** The file is larger than the configured maximum. */
  | "too_large"
  /** The media type, or the name's suffix, is not allowed here. */
  | "type_not_allowed"
  /** Public objects are switched off (`PublicRead=off`). */
  | "public_not_allowed"
  /** The caller sends requests faster than allowed. */
  | "rate_limited"
  /** The caller has as many unfinished uploads as allowed; finishing one frees its place. */
  | "quota_open_uploads"
  /** The caller's bytes quota is used up. */
  | "quota_bytes"
  /** There is no valid token. */
  | "unauthenticated"
  /** The token is valid but lacks the required scope. */
  | "insufficient_scope"
  /** The token's subject is missing, too long, or has a forbidden character. */
  | "invalid_subject"
  /** The caller may not do this. */
  | "forbidden"
  /** There is no such upload or route, or it is not the caller's. */
  | "not_found"
  /** The route exists, but not with this method. */
  | "method_not_allowed"
  /** The id was used before for a different file. */
  | "upload_mismatch"
  /** The upload was aborted or has expired; a new one needs a new id. */
  | "upload_ended"
  /** The object is stored already, so the upload can no longer be aborted. */
  | "already_stored"
  /** Storage does not hold the object. */
  | "not_stored"
  /** The file's first bytes are a page, a script or a program, and its media type says something harmless, so its
   * address is withheld. As an event of the SDK it only warns, of any first bytes that are not what the type says. */
  | "type_mismatch"
  /** The file was not scanned yet, so its address is withheld. */
  | "scan_pending"
  /** The scan found malware, or could not read the file, so its address is withheld. */
  | "infected"
  /** The file was sent with a `Content-Encoding`, so its address is withheld: who downloads it would see other bytes
   * than were checked. */
  | "content_encoding"
  /** Storage holds another number of bytes than was declared. */
  | "size_mismatch"
  /** Storage holds other bytes than were hashed. */
  | "checksum_mismatch"
  /** Storage holds other parts than the plan: some are missing, or differ in size. List them, and send those that
   * differ. */
  | "parts_mismatch"
  /** The multipart upload is gone from storage, and with it all its parts. Creating the upload again, by the same id,
   * begins a new one. */
  | "multipart_gone"
  /** Someone else wrote the same key at the same time. */
  | "conflict"
  /** A service behind the API is unavailable or throttles. */
  | "service_unavailable"
  /** The API failed in an unforeseen way. */
  | "internal"
  /** The server has no such function: one that keeps no records gives none. As an error of the SDK: it was used where
   * there is no browser (such as during server-side rendering), or Uppy gave it a file that is not on this device. */
  | "unsupported"
  /** The upload was aborted by its user. The `done` promise rejects with an `AbortError`. */
  | "aborted"
  /** An option or argument has a wrong type or value; the message names it. */
  | "invalid_option"
  /** The WebAssembly module could not be loaded. */
  | "wasm_unavailable"
  /** No network path to the API or to storage within the retry budget. */
  | "network"
  /** Data stopped moving, again and again, within the retry budget. */
  | "stalled"
  /** Storage kept failing (5xx, SlowDown) within the retry budget. */
  | "storage_unavailable"
  /** Storage refused the request although the URL was fresh. */
  | "storage_refused"
  /** The signer's clock is wrong, so storage refuses every URL. */
  | "server_clock"
  /** The bucket's address or region is configured wrongly (a redirect came back). */
  | "misconfigured"
  /** The `token` function threw, rejected, or gave no token in time. */
  | "token_provider"
  /** The API answered with something that is not this contract. */
  | "bad_response"
  /** The file changed on disk while it was read. */
  | "file_changed"
  /** The file can no longer be read. */
  | "file_unreadable"
  /** Storage holds the object, but states no checksum of it, and `requireVerified` asks for that proof. */
  | "unverified"
  /** The record did not appear within the waiting time; the object is stored all the same. */
  | "processing_timeout"
  /** Another tab or window works on this upload. */
  | "locked"
  /** The client was closed. */
  | "closed"
  /** A code that this version does not know, sent by a newer API. */
  | "unknown";
