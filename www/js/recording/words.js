// What the recorder says in plain words: what happened, and what the person can do about it.

/** What can be recorded, as a sentence names it. */
const NAMES = { camera: "camera", microphone: "microphone", screen: "screen" };

/** Why nothing can be recorded here; undefined if it can. `secure` is `isSecureContext`, `devices` is
 * `navigator.mediaDevices`, `recorder` is `MediaRecorder`, where there are such. */
export function missing(kind, { secure, devices, recorder }) {
  if (!secure) return "Browsers let a page record only if it came by https, or from this computer. Open this page by its https address.";
  if (!recorder || !devices) return "This browser cannot record. Use a current one.";
  if (kind === "screen" && !devices.getDisplayMedia) {
    return "This browser shares its screen with no page, as on most phones. Choose the camera, or use a computer.";
  }
  if (kind !== "screen" && !devices.getUserMedia) return "This browser gives no page a camera or a microphone. Use a current one.";
  return undefined;
}

/** Why recording did not start: an error of `getUserMedia`, `getDisplayMedia` or `MediaRecorder`.
 * https://w3c.github.io/mediacapture-main/#dom-mediadevices-getusermedia */
export function refusal(kind, error) {
  const name = NAMES[kind];
  switch (error?.name) {
    case "NotAllowedError":
    case "SecurityError":
      if (kind === "screen") {
        return (
          "Nothing was shared. Press Start again and choose a screen, a window or a tab. " +
          "If there is no choice, allow this browser to record the screen in the settings of your system."
        );
      }
      return `This page is not allowed to use the ${name}. Allow it in the browser's settings of this page, by the sign beside the address, then press Start again.`;
    case "NotFoundError":
    case "OverconstrainedError":
      return `There is no ${name} here. Connect one, or choose another source, then press Start again.`;
    case "NotReadableError":
    case "AbortError":
      return `The ${name} is there and cannot be used: another program or tab may have it. Close that, then press Start again.`;
    case "NotSupportedError":
      return "This browser records in no format that this page knows. Use a current one.";
    default:
      return `The ${name} could not be started. Try again, or reload the page.`;
  }
}

/** The device has gone in the middle of a recording. */
export function lost(kind) {
  if (kind === "screen") return "Sharing has ended, and the recording with it. What there is of it is kept and sent.";
  return `The ${NAMES[kind]} has gone, so the recording is over. What it gave until then is kept and sent.`;
}

/** Warnings of the client that concern a recording. */
export const WARNINGS = {
  spool_unavailable: "This browser keeps the recording in memory and not on the disk: what is not sent yet is lost if this page closes.",
  source_failed: "The recording broke off. What there is of it is kept and sent.",
  limit_reached: "The recording has reached the largest size that is accepted here, so it is over.",
};

/** What goes on: `state` is that of the recorder, `sending` that of its upload, `sent` are the bytes of it that have left. */
export function status(state, kind, sending, sent) {
  const held = { paused: " Sending is paused.", waiting: " The connection is gone; sending goes on by itself once it is back." }[sending] ?? "";
  switch (state) {
    case "asking":
      return kind === "screen" ? "Choose in your browser what to share." : `Your browser asks whether this page may use the ${NAMES[kind]}.`;
    case "recording":
      return `Recording the ${NAMES[kind]}.${held || (sent === 0 ? " Its first part goes once it has 5\u00a0MiB, or at the end." : "")}`;
    case "sending":
      return held ? `The recording is over.${held}` : "The recording is over. The rest is being sent.";
    case "stored":
      return "Stored. It is among the records below.";
    case "failed":
      return "What was recorded is still here.";
    case "discarded":
      return "Discarded. Nothing of it is kept.";
    default:
      return "";
  }
}

/** A time as a recorder shows it: `0:07`, `12:40`, `1:02:03`. */
export function clock(milliseconds) {
  const whole = Math.max(0, Math.floor(milliseconds / 1000));
  const two = (number) => String(number).padStart(2, "0");
  const [hours, minutes, seconds] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`;
}
