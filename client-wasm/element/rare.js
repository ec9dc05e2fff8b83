// The English words that many pages never need: what was left out, what earlier pages left, what went wrong. Loaded with the
// first files, or with what an earlier page left. Each sentence says what happened and what to do next.

/** @import { Rejection } from "../npm/adapters.d.ts" */
/** @import { UploadErrorCode } from "../npm/api.d.ts" */
/** @import { Core } from "./core.js" */

/** Names that a notice tells of what was left out. */
const TOLD = 4;

/** What a notice says of what was left out: its title, and its lines.
 * @param {Core} core
 * @param {readonly Rejection[]} rejected
 * @returns {[string, string[]]} */
export function refusal({ host, words, bytes }, rejected) {
  const lines = rejected.slice(0, TOLD).map(({ code, path }) => {
    const limit = code === "too_small" ? host.minBytes : code === "too_large" ? host.maxBytes : host.maxTotalBytes;
    return words.text(code, { name: path || "?", size: bytes(words.lang, limit ?? 0) });
  });
  if (rejected.length > TOLD) lines.push(words.text("more", { n: rejected.length - TOLD }));
  return [words.text("refused", { n: rejected.length }), lines];
}

export const texts = {
  refused: { one: "{n} file was left out", other: "{n} files were left out" },
  too_large: "{name} is larger than {size}. Choose a smaller file.",
  too_small: "{name} is smaller than {size}. Is it the right file?",
  type_not_accepted: "{name} is not a kind of file that is taken here.",
  too_many: "{name} is one too many. Remove another file first.",
  too_large_in_all: "With {name} the files would be larger than {size} in all. Remove another file first.",
  empty_folder: "The folder {name} has no file in it.",
  system_file: "{name} belongs to the operating system.",
  unreadable: "{name} cannot be read. Was it moved or deleted?",
  more: { one: "and {n} more", other: "and {n} more" },

  earlier: { one: "{n} upload was not finished last time", other: "{n} uploads were not finished last time" },
  earlierFile: { one: "Choose the file again to go on where it stopped.", other: "Choose the files again to go on where they stopped." },
  goOn: "Go on",
  discard: "Discard",
  notEarlier: "{name} is not one of these files.",

  active_content: "Uploaded, but its content is not what its type says, and could run. It cannot be downloaded.",
  scan_pending: "Uploaded, and still being scanned. It can be downloaded once that is done.",
  infected: "Uploaded, but the scan did not find it clean. It cannot be downloaded.",
  content_encoding: "Uploaded in a compressed form that is not taken here. It cannot be downloaded.",

  notSetUp: "Uploads are not set up on this page yet. Tell the people who run it.",
  unprepared: "This file could not be prepared. Choose another one.",
};

const RELOAD = "This page and the service do not understand each other. Reload the page; if that changes nothing, tell the people who run it.";
const OPERATOR = "The service is not set up rightly. Tell the people who run it; the file is not the cause.";
const AGAIN = "The file did not arrive as it was sent. Try again.";
const RESTART = "This upload has ended. Try again to send the file from the start.";
const NAME = "This name cannot be used here. Rename the file, then add it again.";
const BUSY = "The service is busy. Try again in a moment.";
const SIGN_IN = "You are not signed in any more. Sign in, then try again.";
const RIGHT = "Your account may not send files here. Ask the people who run this service.";

/** @type {Readonly<Record<UploadErrorCode, string>>} */
export const errors = {
  invalid_json: RELOAD,
  unknown_field: RELOAD,
  unsupported_media_type: RELOAD,
  body_too_large: RELOAD,
  invalid_batch: RELOAD,
  invalid_id: RELOAD,
  invalid_checksum: RELOAD,
  invalid_metadata: RELOAD,
  invalid_visibility: RELOAD,
  invalid_part: RELOAD,
  invalid_cursor: RELOAD,
  invalid_limit: RELOAD,
  method_not_allowed: RELOAD,
  bad_response: RELOAD,
  invalid_option: RELOAD,
  already_stored: RELOAD,
  closed: "The page has stopped this upload. Reload the page to go on.",

  invalid_name: NAME,
  invalid_path: "The folder of this file cannot be used here: its path is too long or has a name like “..”. Add the file by itself.",
  invalid_size: "The size of this file cannot be read. Add it again.",
  invalid_type: "The kind of this file cannot be told. Give it its usual ending, then add it again.",
  too_large: "This file is larger than is taken here. Choose a smaller one.",
  type_not_allowed: "Files of this kind are not taken here. Choose another one.",
  public_not_allowed: "Public files are switched off here. Tell the people who run this page.",
  file_changed: "The file was changed while it was sent. Add it again.",
  file_unreadable: "The file cannot be read any more. Was it moved or deleted? Add it again.",

  rate_limited: BUSY,
  service_unavailable: BUSY,
  conflict: BUSY,
  internal: "The service failed. Try again in a moment.",
  storage_unavailable: "Storage is busy or down. Try again in a few minutes.",
  quota_open_uploads: "Too many uploads are unfinished. Let some finish or cancel some, then try again.",
  quota_bytes: "Your storage is full. Delete something, then try again.",

  unauthenticated: SIGN_IN,
  token_provider: SIGN_IN,
  insufficient_scope: RIGHT,
  invalid_subject: RIGHT,
  forbidden: RIGHT,

  not_found: RESTART,
  upload_mismatch: RESTART,
  upload_ended: RESTART,
  multipart_gone: RESTART,
  not_stored: AGAIN,
  size_mismatch: AGAIN,
  checksum_mismatch: AGAIN,
  parts_mismatch: AGAIN,
  unverified: "Storage has the file but does not prove that it is the same. Tell the people who run this service.",

  type_mismatch: "The content of this file is not what its name says, so it cannot be downloaded. Choose another one.",
  scan_pending: "This file is still being scanned. It can be downloaded once that is done.",
  infected: "The scan found malware in this file. Choose another one.",
  content_encoding: "This file was sent in a compressed form that is not taken here. Choose another one.",

  network: "The service cannot be reached. Check the connection, then try again.",
  stalled: "The data stopped moving. Check the connection, then try again.",
  storage_refused: OPERATOR,
  server_clock: OPERATOR,
  misconfigured: OPERATOR,
  unsupported: "This browser is too old for uploads here. Use a current one.",
  wasm_unavailable: "The uploader could not be loaded. Check the connection, then try again.",
  processing_timeout: "The file is uploaded; the list of files shows it a little later.",
  locked: "Another tab works on this upload. Go on there, or close it and try again.",
  aborted: "This upload was cancelled. Add the file again to send it.",
  unknown: "Something unexpected went wrong. Try again, or reload the page.",
};

/** What the client warns of, where it is of use to people. */
export const warnings = {
  api_silent: "The service does not answer so far. Check the connection; if it works, tell the people who run this page.",
  storage_silent: "Storage does not answer so far. Check the connection; if it works, tell the people who run this page.",
  type_mismatch: "The content does not look like what the name says. It is sent all the same.",
};
