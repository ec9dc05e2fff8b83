// The English words that many pages never need: why nothing can be recorded, what became of a recording, what an earlier page
// left. Loaded with the first recording. Each sentence says what happened and what to do next.
import { errors as uploadErrors, warnings as uploadWarnings } from "../element/rare.js";

export const texts = {
  insecure: "Browsers let a page record only if it came by https, or from this computer. Open this page by its https address.",
  noRecorder: "This browser cannot record. Use a current one.",
  noScreen: "This browser shares its screen with no page, as on most phones. Choose something else, or use a computer.",
  noDevices: "This browser gives no page a camera or a microphone. Use a current one.",
  noFormatCamera: "This browser records in no format that this page knows. Use a current one.",
  noFormatMicrophone: "This browser records in no format that this page knows. Use a current one.",
  noFormatScreen: "This browser records in no format that this page knows. Use a current one.",

  refusedCamera:
    "This page is not allowed to use the camera. Allow it in the browser’s settings of this page, by the sign beside the address, then record again.",
  refusedMicrophone:
    "This page is not allowed to use the microphone. Allow it in the browser’s settings of this page, by the sign beside the address, then record again.",
  refusedScreen:
    "Nothing was shared. Record again and choose a screen, a window or a tab. If there is no choice, allow this browser to record the screen in the settings of your system.",
  absentCamera: "There is no camera here. Connect one, or choose something else, then record again.",
  absentMicrophone: "There is no microphone here. Connect one, or choose something else, then record again.",
  absentScreen: "There is nothing to share here. Choose something else, then record again.",
  busyCamera: "The camera is there and cannot be used: another program or tab may have it. Close that, then record again.",
  busyMicrophone: "The microphone is there and cannot be used: another program or tab may have it. Close that, then record again.",
  busyScreen: "The screen cannot be shared now. Close other programs that share it, then record again.",

  lostCamera: "The camera has gone, so the recording is over. What it gave until then is kept and sent.",
  lostMicrophone: "The microphone has gone, so the recording is over. What it gave until then is kept and sent.",
  lostScreen: "Sharing has ended, and the recording with it. What there is of it is kept and sent.",
  timeLimit: "The recording has reached its longest time, so it is over. All of it is kept and sent.",
  nothing: "Nothing was recorded. Try again.",

  earlier: { one: "A recording was not finished last time", other: "{n} recordings were not finished last time" },
  earlierKept: "{name}: {size}, kept in this browser since {date}",
  goOn: "Go on",

  notSetUp: "Recording is not set up on this page yet. Tell the people who run it.",
};

const ARRIVED = "The recording did not arrive as it was sent. Try again.";
const UNREADABLE = "What was recorded cannot be read any more. Discard it and record again.";

/** @type {Readonly<Record<string, string>>} */
export const errors = {
  ...uploadErrors,
  unknown_field: "This service takes no recordings yet. Tell the people who run it.",
  too_large: "This recording is larger than is taken here. Record a shorter one.",
  type_not_allowed: "Recordings of this kind are not taken here. Tell the people who run this page.",
  invalid_name: "The name of this recording cannot be used here. Tell the people who run this page.",
  invalid_path: "The folder of this recording cannot be used here. Tell the people who run this page.",
  file_changed: UNREADABLE,
  file_unreadable: UNREADABLE,
  not_stored: ARRIVED,
  size_mismatch: ARRIVED,
  checksum_mismatch: ARRIVED,
  parts_mismatch: ARRIVED,
  upload_ended: "This recording was ended by the service. Discard it and record again.",
  aborted: "This recording was discarded. Record again.",
};

export const warnings = {
  api_silent: uploadWarnings.api_silent,
  storage_silent: uploadWarnings.storage_silent,
  spool_unavailable: "This browser keeps the recording in memory and not on the disk: what is not sent yet is lost if this page closes.",
  source_failed: "The recording broke off. What there is of it is kept and sent.",
  limit_reached: "The recording has reached the largest size that is taken here, so it is over. What there is of it is kept and sent.",
};

export const messages = { ...texts, errors, warnings };
