// In which format a recording is made, and how its file is called.

/** The first that the browser can make is taken. WebM comes first: the client gives it its duration and an index at its
 * end. Safari may have MP4 only. */
const TYPES = {
  video: ["video/webm;codecs=vp9,opus", "video/webm;codecs=vp8,opus", "video/webm", "video/mp4"],
  audio: ["audio/webm;codecs=opus", "audio/webm", "audio/mp4"],
};
const EXTENSIONS = { "video/webm": "webm", "audio/webm": "webm", "video/mp4": "mp4", "audio/mp4": "m4a" };

/** The type for `MediaRecorder`; undefined if it can make none. `supported` is `MediaRecorder.isTypeSupported`. */
export function recordedType(kind, supported) {
  return TYPES[kind === "microphone" ? "audio" : "video"].find((type) => supported(type));
}

/** The type without its codecs, as storage has it. */
export function storedType(type) {
  return type.split(";")[0];
}

/** Such as `camera 2026-11-30 14.05.09.webm`, by the clock of this computer. */
export function fileName(kind, type, date) {
  const two = (number) => String(number).padStart(2, "0");
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join("-");
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(".");
  return `${kind} ${day} ${time}.${EXTENSIONS[storedType(type)] ?? "bin"}`;
}
