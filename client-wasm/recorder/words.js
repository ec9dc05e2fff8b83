// The English words that every page with a recorder needs; the others are in `rare.js`. A name that ends in `Camera`,
// `Microphone` or `Screen` is chosen by what is recorded.

/** @import { Kind } from "./capture.js" */

export const ENGLISH = {
  label: "Recording",
  sources: "What to record",
  camera: "Camera",
  microphone: "Microphone",
  screen: "Screen",
  upTo: "up to {size}",
  upToTime: "up to {time}",

  start: "Record",
  again: "Record again",
  stop: "Stop",
  pause: "Pause sending",
  resume: "Go on sending",
  retry: "Try again",
  discard: "Discard",
  remove: "Remove",
  dismiss: "Dismiss",

  askingCamera: "Your browser asks whether this page may use the camera.",
  askingMicrophone: "Your browser asks whether this page may use the microphone.",
  askingScreen: "Choose in your browser what to share.",
  recording: "Recording",
  recordingPaused: "Recording. Sending is paused.",
  recordingWaiting: "Recording. The connection is gone; sending goes on by itself once it is back.",
  sending: "The recording is over. The rest is being sent.",
  sendingPaused: "The recording is over. Sending is paused.",
  sendingWaiting: "The recording is over. The connection is gone; sending goes on by itself once it is back.",
  stored: "Stored",
  verified: "Verified",
  discarded: "Discarded. Nothing of it is kept.",
  failed: "It was not stored. Try again.",

  recorded: "{size} recorded",
  inStorage: "{size} in storage",
  time: "Recorded time",
  level: "Loudness",
  preview: "What is recorded",
  progress: "Sent of the recording",

  discardIt: "Discard this recording? Nothing of it is kept.",
  keep: "Keep",

  valueMissing: "Record something.",
  stillRecording: "Wait until the recording is over and stored.",
  notStored: "The recording was not stored. Try again, or discard it.",
};

/** The name of a text about what is recorded: `lost` of a camera is `lostCamera`.
 * @param {string} name
 * @param {Kind} kind */
export const named = (name, kind) => name + kind.charAt(0).toUpperCase() + kind.slice(1);

/** A time as a recorder shows it: `0:07`, `12:40`, `1:02:03`.
 * @param {number} ms */
export function clock(ms) {
  const whole = Math.floor(Math.max(0, ms) / 1000);
  const [hours, minutes, seconds] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const parts = hours > 0 ? [hours, minutes, seconds] : [minutes, seconds];
  return parts.map((part, at) => (at > 0 ? `${part}`.padStart(2, "0") : part)).join(":");
}

