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
  /** The size is missing or not a non-negative integer. */
  | "invalid_size"
  /** The media type is not `type/subtype` in visible ASCII without parameters. */
  | "invalid_type"
  /** The checksum is not base64 of eight bytes. */
  | "invalid_checksum"
  /** The metadata is not a small map of printable text. */
  | "invalid_metadata"
  /** The visibility is neither `private` nor `public`. */
  | "invalid_visibility"
  /** A part number is outside the plan, or occurs twice in the list. */
  | "invalid_part"
  /** The cursor was not issued by this version of the API. Read the list from its start. */
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
  /** The caller has reached the limit of unfinished uploads; finishing one frees a slot. */
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
  /** The file's first bytes are those of a page, a script or a program, but its media type claims a harmless format,
   * so its address is withheld. As an SDK warning it covers any mismatch between first bytes and type. */
  | "type_mismatch"
  /** The file has not been scanned yet, so its address is withheld. */
  | "scan_pending"
  /** The scan found malware, or could not read the file, so its address is withheld. */
  | "infected"
  /** The file was sent with a `Content-Encoding`, so its address is withheld: a download would decode to bytes that
   * were not checked. */
  | "content_encoding"
  /** The stored size differs from the declared size. */
  | "size_mismatch"
  /** The stored bytes differ from the bytes that were hashed. */
  | "checksum_mismatch"
  /** The stored parts do not match the plan: some are missing, or differ in size. List them, and send those that
   * differ. */
  | "parts_mismatch"
  /** The multipart upload and all its parts are gone from storage. Creating the upload again with the same id starts
   * a new one. */
  | "multipart_gone"
  /** A concurrent request wrote the same key. */
  | "conflict"
  /** A service behind the API is unavailable or throttles. */
  | "service_unavailable"
  /** Unexpected internal error of the API. */
  | "internal"
  /** The upload was aborted by its user. The `done` promise rejects with an `AbortError`. */
  | "aborted"
  /** An option or argument has a wrong type or value; the message names it. */
  | "invalid_option"
  /** The SDK was used outside a browser (for example during server-side rendering). */
  | "unsupported"
  /** The WebAssembly module could not be loaded. */
  | "wasm_unavailable"
  /** No network path to the API or to storage within the retry budget. */
  | "network"
  /** The transfer stalled repeatedly within the retry budget. */
  | "stalled"
  /** Storage kept failing (5xx, SlowDown) within the retry budget. */
  | "storage_unavailable"
  /** Storage refused the request although the URL was fresh. */
  | "storage_refused"
  /** The signer's clock is wrong, so storage refuses every URL. */
  | "server_clock"
  /** The bucket's address or region is misconfigured (storage answered with a redirect). */
  | "misconfigured"
  /** The `token` function threw, rejected, or gave no token in time. */
  | "token_provider"
  /** The API's answer does not conform to this contract. */
  | "bad_response"
  /** The file changed on disk while it was read. */
  | "file_changed"
  /** The file can no longer be read. */
  | "file_unreadable"
  /** Storage has the object but reports no checksum for it, and `requireVerified` demands one. */
  | "unverified"
  /** The record did not appear within the waiting time; the object is stored nevertheless. */
  | "processing_timeout"
  /** Another tab or window is working on this upload. */
  | "locked"
  /** The client was closed. */
  | "closed"
  /** A code that this version does not know, sent by a newer API. */
  | "unknown";
