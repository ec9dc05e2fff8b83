import { createClient } from "./crowfly/live.js";

const client = await createClient({
  api: "https://abc.execute-api.eu-west-1.amazonaws.com",
  // In an application: the access token of whoever is signed in.
  token: () => "eyJ...",
});
const [record, stop, preview, bytes, status] = ["#record", "#stop", "video", "#bytes", "#status"].map((css) => document.querySelector(css));

async function follow(upload) {
  const timer = setInterval(() => (bytes.textContent = `${upload.progress.recorded} bytes recorded, ${upload.progress.confirmed} in storage`), 500);
  const said = await upload.done.then(({ size }) => `Stored: ${size} bytes.`, (error) => error.message);
  clearInterval(timer);
  status.textContent = said;
}

record.addEventListener("click", async () => {
  record.disabled = true;
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
    preview.srcObject = stream;
    const mimeType = ["video/webm;codecs=vp8,opus", "video/mp4"].find((type) => MediaRecorder.isTypeSupported(type));
    const name = `recording-${Date.now()}.${mimeType.slice(6).split(";")[0]}`;
    const upload = client.uploadLive(new MediaRecorder(stream, { mimeType }), { name, fixDuration: true });
    stop.disabled = false;
    stop.onclick = () => upload.finish();
    await follow(upload);
    for (const track of stream.getTracks()) track.stop();
  } catch (error) {
    status.textContent = error.message;
  }
  [record.disabled, stop.disabled] = [false, true];
});

// What a page that died has recorded is still on this device, and goes on by itself.
for (const { live, attach } of await client.resumable()) if (live) attach().then(follow, (error) => (status.textContent = error.message));
