// What the browser gives to record, what records it, and why it does not.

/** @typedef {"camera" | "microphone" | "screen"} Kind */

/** @type {readonly Kind[]} */
export const KINDS = ["camera", "microphone", "screen"];

/** Bits a second of a video: a part of 5 MiB every eight seconds. */
const VIDEO_BITS = 5_000_000;
/** A player can seek to every such picture, in milliseconds. */
const KEY_FRAME_MS = 2_000;
const PICTURE = { width: { ideal: 1280 }, height: { ideal: 720 } };

/** The first that the browser can make is taken. WebM comes first: the client gives it its duration and an index at its
 * end. Safari may have MP4 only. */
const VIDEO = ["video/webm;codecs=vp9,opus", "video/webm;codecs=vp8,opus", "video/webm", "video/mp4"];
const AUDIO = ["audio/webm;codecs=opus", "audio/webm", "audio/mp4"];

/** What to choose from, by an attribute: the kinds that it names, in its order; camera and microphone if it names none.
 * @param {string} sources
 * @returns {Kind[]} */
export function kindsOf(sources) {
  const named = sources.split(/\s+/).flatMap((word) => KINDS.filter((kind) => kind === word));
  return named.length > 0 ? [...new Set(named)] : ["camera", "microphone"];
}

/** The name of the text that says why nothing can be recorded here, or undefined if it can.
 * @param {Kind} kind */
export function lacking(kind) {
  const { isSecureContext, navigator, MediaRecorder } = globalThis;
  /** @type {Partial<MediaDevices> | undefined} */
  const devices = navigator.mediaDevices;
  if (!isSecureContext) return "insecure";
  if (!MediaRecorder || !devices) return "noRecorder";
  if (kind === "screen") return devices.getDisplayMedia ? undefined : "noScreen";
  return devices.getUserMedia ? undefined : "noDevices";
}

/** The beginning of the name of the text that says why recording did not start, or undefined for what no browser says:
 * https://w3c.github.io/mediacapture-main/#dom-mediadevices-getusermedia
 * @param {unknown} error */
export function refusal(error) {
  switch (/** @type {Partial<DOMException> | undefined} */ (error)?.name) {
    case "NotAllowedError":
    case "SecurityError":
      return "refused";
    case "NotFoundError":
    case "OverconstrainedError":
      return "absent";
    case "NotReadableError":
    case "AbortError":
      return "busy";
    case "NotSupportedError":
      return "noFormat";
  }
  return undefined;
}

/** Asks the person for a source. Rejects as the browser does.
 * @param {Kind} kind
 * @param {MediaStreamConstraints | undefined} constraints in place of ours
 * @returns {Promise<MediaStream>} */
export async function capture(kind, constraints) {
  const { mediaDevices } = navigator;
  if (kind === "screen") return mediaDevices.getDisplayMedia(constraints ?? { video: true, audio: true });
  if (constraints || kind === "microphone") return mediaDevices.getUserMedia(constraints ?? { audio: true });
  try {
    return await mediaDevices.getUserMedia({ audio: true, video: PICTURE });
  } catch (error) {
    // There may be a camera and no microphone.
    if (/** @type {DOMException} */ (error).name !== "NotFoundError") throw error;
    return mediaDevices.getUserMedia({ video: PICTURE });
  }
}

/** A recorder that has not been started. Those that do not know an option ignore it.
 * @param {MediaStream} stream */
export function recorderOf(stream) {
  const mimeType = (stream.getVideoTracks().length > 0 ? VIDEO : AUDIO).find((type) => MediaRecorder.isTypeSupported(type));
  if (!mimeType) throw new DOMException("MediaRecorder makes none of the types", "NotSupportedError");
  /** @type {MediaRecorderOptions & { videoKeyFrameIntervalDuration: number }} */
  const options = { mimeType, videoBitsPerSecond: VIDEO_BITS, videoKeyFrameIntervalDuration: KEY_FRAME_MS };
  return new MediaRecorder(stream, options);
}

/** Gives the devices back.
 * @param {MediaStream | undefined} stream */
export function release(stream) {
  for (const track of stream?.getTracks() ?? []) track.stop();
}

/** Such as `camera 2026-11-30 14.05.09.webm`, by the clock of this computer.
 * @param {Kind} kind
 * @param {string} type
 * @param {Date} date */
export function fileName(kind, type, date) {
  const two = (/** @type {number} */ number) => `${number}`.padStart(2, "0");
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join("-");
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(".");
  const [, sort = "", format = ""] = type.match(/^(\w+)\/(\w+)/) ?? [];
  return `${kind} ${day} ${time}.${sort === "audio" && format === "mp4" ? "m4a" : format || "bin"}`;
}
