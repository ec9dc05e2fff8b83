// One recording of the camera, sent while it grows or when it has ended; both by the package's client.

import { createClient } from "/crowfly/live.js";

const TYPE = "video/webm;codecs=vp8,opus";
const VIDEO = { width: 640, height: 480, frameRate: 25 };
/** How often a page takes what the recorder has, in milliseconds. */
const SLICE_MS = 1_000;

const WAYS = {
  /** Sent while it grows. */
  meanwhile(client, media) {
    const upload = client.uploadLive(media, { name: "recording.webm" });
    return () => upload.done;
  },

  /** Collected, and sent when it has ended. */
  afterwards(client, media) {
    const pieces = [];
    media.addEventListener("dataavailable", ({ data }) => pieces.push(data));
    const stopped = new Promise((resolve) => media.addEventListener("stop", resolve));
    media.start(SLICE_MS);
    return async () => {
      await stopped;
      const recording = new File(pieces, "recording.webm", { type: "video/webm" });
      return client.upload(recording).done;
    };
  },
};

/** Records so many seconds; resolves to the milliseconds from the stop to the stored object, and its bytes. */
export async function record(way, { sink, seconds, bitsPerSecond }) {
  const warnings = [];
  const onWarning = ({ code }) => warnings.push(code);
  const client = await createClient({ api: sink, token: () => "bench", onWarning });
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: VIDEO });
  const media = new MediaRecorder(stream, { mimeType: TYPE, videoBitsPerSecond: bitsPerSecond });
  const send = WAYS[way](client, media);
  await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
  const since = performance.now();
  media.stop();
  const { size } = await send();
  return { ms: performance.now() - since, bytes: size, warnings };
}
