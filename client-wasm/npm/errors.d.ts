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
  | "invalid_json"
  | "unknown_field"
  | "unsupported_media_type"
  | "body_too_large"
  | "invalid_batch"
  | "invalid_id"
  | "invalid_name"
  | "invalid_size"
  | "invalid_type"
  | "invalid_checksum"
  | "invalid_metadata"
  | "invalid_visibility"
  | "invalid_part"
  | "invalid_cursor"
  | "invalid_limit"
  | "too_large"
  | "type_not_allowed"
  | "public_not_allowed"
  | "rate_limited"
  | "quota_open_uploads"
  | "quota_bytes"
  | "unauthenticated"
  | "insufficient_scope"
  | "invalid_subject"
  | "forbidden"
  | "not_found"
  | "method_not_allowed"
  | "upload_mismatch"
  | "upload_ended"
  | "already_stored"
  | "not_stored"
  | "type_mismatch"
  | "scan_pending"
  | "infected"
  | "size_mismatch"
  | "checksum_mismatch"
  | "parts_mismatch"
  | "multipart_gone"
  | "conflict"
  | "service_unavailable"
  | "internal"
  | "aborted"
  | "invalid_option"
  | "unsupported"
  | "wasm_unavailable"
  | "network"
  | "stalled"
  | "storage_unavailable"
  | "storage_refused"
  | "server_clock"
  | "misconfigured"
  | "token_provider"
  | "bad_response"
  | "file_changed"
  | "file_unreadable"
  | "processing_timeout"
  | "locked"
  | "closed"
  | "unknown";
