// Every stable error code in plain words: what happened, and what the person can do about it.
// The list follows `contract/src/code.rs`; a code without a sentence falls back to `unknown`.

export const MESSAGES = {
  invalid_json: "The server could not read this page's request. Reload the page and try again.",
  unknown_field: "The server does not know a part of this page's request. The page and the server may be of different versions.",
  unsupported_media_type: "The server could not read this page's request. Reload the page and try again.",
  body_too_large: "The request was too large for the server. Send fewer files at a time.",
  invalid_batch: "The server refused this group of files. Send fewer files at a time.",
  invalid_id: "The server did not accept this upload's number. Try again; it gets a new one.",
  invalid_name: "This file name cannot be used. Rename the file and try again.",
  invalid_path: "The folder of this file cannot be used: its path is too long, or has a name such as .. in it.",
  invalid_size: "The size of this file could not be read. Choose the file again.",
  invalid_type: "The type of this file could not be read. Give it a usual extension and choose it again.",
  invalid_checksum: "The checksum of this file was not accepted. Try again.",
  invalid_metadata: "The notes that belong to this file were not accepted.",
  invalid_visibility: "This file can be either private or public, nothing else.",
  invalid_part: "The server and this page disagree about the parts of this file. Try again.",
  invalid_cursor: "This list cannot continue from here. Read the records again.",
  invalid_limit: "This list was asked for in too large a piece. Reload the page.",

  too_large: "This file is larger than is accepted here.",
  type_not_allowed: "Files of this kind are not accepted here.",
  public_not_allowed: "Public files are switched off here. Send it as a private file.",
  rate_limited: "Too many requests in a short time. Wait a moment, then try again.",
  quota_open_uploads: "You have too many unfinished uploads. Let some finish or cancel some, then try again.",
  quota_bytes: "Your storage is full. Delete something, then try again.",

  unauthenticated: "The service does not accept your sign-in any more. Sign in again; if that changes nothing, tell the people who run this service.",
  insufficient_scope: "Your account may sign in but not send or read files here. Ask the people who run this service for permission.",
  invalid_subject: "Your account has a name that cannot be used here. Ask the people who run this service.",
  forbidden: "Your account may sign in but not do this here. Ask the people who run this service for permission.",

  not_found: "This upload is not there any more, or it is not yours.",
  method_not_allowed: "The server does not offer this. The page and the server may be of different versions.",
  upload_mismatch: "This upload's number was used for another file. Try again; it gets a new one.",
  upload_ended: "This upload was cancelled or has expired. Try again to send the file from the start.",
  already_stored: "The file is stored already, so there is nothing left to cancel.",
  not_stored: "Storage does not hold this file. Try again.",
  size_mismatch: "Storage has a different number of bytes from the file. Try again.",
  checksum_mismatch: "Storage has different bytes from the file. Nothing was accepted; try again.",
  parts_mismatch: "Storage has different pieces of the file from those that were sent. Try again.",
  multipart_gone: "Storage has deleted the pieces sent so far. Try again; the file is sent from the start.",
  type_mismatch: "The content of this file could run as a program, and its type says something else, so it cannot be downloaded.",
  scan_pending: "This file is still being scanned for malware. It can be downloaded once the scan is done.",
  infected: "This file did not pass the scan for malware, so it cannot be downloaded.",
  content_encoding: "This file was sent in a compressed form that is not allowed, so it cannot be downloaded.",
  conflict: "Another request changed this upload at the same time. Try again.",

  service_unavailable: "The service is busy. Try again in a moment.",
  internal: "The service failed unexpectedly. Try again in a moment.",

  aborted: "You cancelled this upload.",
  invalid_option: "This page used the uploader wrongly.",
  unsupported: "Neither this browser nor this service can do that here. Use a current browser.",
  wasm_unavailable: "The uploader could not be loaded. Check the connection and reload the page.",
  network: "The service cannot be reached. Check the connection, then try again.",
  stalled: "The data stopped moving again and again. Check the connection, then try again.",
  storage_unavailable: "Storage kept failing. Try again in a few minutes.",
  storage_refused: "Storage refused the file. Ask the people who run this service.",
  server_clock: "The service's clock is wrong, so storage refuses everything. Tell the people who run this service.",
  misconfigured: "The service has a wrong address for its storage. Tell the people who run this service.",
  token_provider: "Your session could not be renewed. Sign in again, then try again.",
  bad_response: "The service gave an answer that makes no sense here. Try again, or reload the page.",
  file_changed: "The file changed while it was being sent. Choose it again.",
  file_unreadable: "The file cannot be read any more. Was it moved or deleted? Choose it again.",
  unverified: "Storage has the file, but did not prove that nothing was changed on the way. Ask the people who run this service.",
  processing_timeout: "The file is stored, but its record has not appeared yet. Read the records again later.",
  locked: "Another tab or window works on this upload. Go on there, or close it first.",
  closed: "The uploader was closed. Reload the page.",
  unknown: "Something unexpected went wrong. Try again, or reload the page.",
};

/** Codes for which the same file would be refused again. */
const NEEDS_ANOTHER_FILE = new Set([
  "invalid_name",
  "invalid_path",
  "invalid_size",
  "invalid_type",
  "too_large",
  "type_not_allowed",
  "public_not_allowed",
  "insufficient_scope",
  "invalid_subject",
  "file_changed",
  "file_unreadable",
  "unsupported",
]);

/** The code of any thrown value. */
export function codeOf(error) {
  if (error?.name === "AbortError") return "aborted";
  const code = error?.code;
  return typeof code === "string" && Object.hasOwn(MESSAGES, code) ? code : "unknown";
}

/** Why a stored file is withheld, in plain words; undefined if it is not. */
export function withheld({ withheld, scan }) {
  switch (withheld) {
    case undefined:
      return undefined;
    case "infected":
      return scan === "unscannable" ? "The scan could not read the file." : "The scan found malware.";
    case "active_content":
      return "The content is not what the type says, and could run.";
    case "content_encoding":
      return "The file was sent in a compressed form that is not allowed.";
    case "scan_pending":
      return "It can be downloaded once the scan for malware is done.";
    default:
      return "It cannot be downloaded.";
  }
}

/** Shown before a file is stored whose content does not match its type. */
export const CAUTION = "The content does not look like the type. It is sent all the same; if it could run, it is withheld.";

/** The service has not answered yet. A gateway's refusal that a page cannot read looks like that, too. */
export const SILENT =
  "The service has not answered so far. If your connection works, it may not accept this page or your sign-in: " +
  "tell the people who run this service.";

/** What to show for an error: a sentence, and technical details for a developer (message, code, request id). */
export function explain(error) {
  const code = codeOf(error);
  // Why a sign-in or its renewal failed is known here, and not to the uploader.
  const own = (code === "token_provider" ? error.cause : error) ?? {};
  const facts = [typeof error?.code === "string" ? error.code : code];
  if (error?.requestId) facts.push(`request ${error.requestId}`);
  if (own.facts) facts.push(own.facts);
  const sentence = own.sentence ?? MESSAGES[code];
  const message = typeof error?.message === "string" && error.message !== sentence ? error.message : "";
  const known = facts.join(" · ");
  return { code, sentence, facts: message ? `${message} (${known})` : known };
}

/** Whether sending the same file again can succeed. */
export function worthRetrying(error) {
  return !NEEDS_ANOTHER_FILE.has(codeOf(error));
}

/** All codes that have a sentence. */
export const KNOWN_CODES = Object.keys(MESSAGES);
