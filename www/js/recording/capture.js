// What the browser gives to record, and what records it.

/** Bits a second of a video: a part of 5 MiB every eight seconds. */
const VIDEO_BITS = 5_000_000;
/** A player can seek to every such picture, in milliseconds. */
const KEY_FRAME_MS = 2_000;
const PICTURE = { width: { ideal: 1280 }, height: { ideal: 720 } };

/** Asks the person for a source: `camera`, `microphone` or `screen`. Rejects as the browser does. */
export async function capture(kind) {
  const { mediaDevices } = navigator;
  if (kind === "screen") return mediaDevices.getDisplayMedia({ video: true, audio: true });
  if (kind === "microphone") return mediaDevices.getUserMedia({ audio: true });
  try {
    return await mediaDevices.getUserMedia({ audio: true, video: PICTURE });
  } catch (error) {
    // There may be a camera and no microphone.
    if (error.name !== "NotFoundError") throw error;
    return mediaDevices.getUserMedia({ video: PICTURE });
  }
}

/** A recorder that has not been started. Those that do not know an option ignore it. */
export function recorderOf(stream, mimeType) {
  return new MediaRecorder(stream, { mimeType, videoBitsPerSecond: VIDEO_BITS, videoKeyFrameIntervalDuration: KEY_FRAME_MS });
}

/** Gives the devices back. */
export function release(stream) {
  for (const track of stream?.getTracks() ?? []) track.stop();
}
