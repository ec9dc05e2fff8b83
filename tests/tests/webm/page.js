// Records in this page, and plays what was recorded.

async function source(kind) {
  if (kind === "canvas" || kind === "turned") {
    const canvas = document.body.appendChild(document.createElement("canvas"));
    [canvas.width, canvas.height] = [320, 240];
    const pen = canvas.getContext("2d");
    let turn = 0;
    const draw = () => {
      turn += 1;
      pen.fillStyle = `hsl(${turn * 7} 80% 50%)`;
      pen.fillRect(turn % 300, (turn * 3) % 200, 60, 60);
    };
    draw();
    setInterval(draw, 40);
    // As a phone that is turned, or another camera.
    if (kind === "turned") setTimeout(() => ([canvas.width, canvas.height] = [240, 320]), 1500);
    return canvas.captureStream(25);
  }
  const video = kind === "camera" && { width: 320, height: 240, frameRate: 20 };
  return navigator.mediaDevices.getUserMedia({ audio: true, video });
}

const moment = (ms) => new Promise((done) => setTimeout(done, ms));
const event = (target, name) => new Promise((done) => target.addEventListener(name, done, { once: true }));

// Records for each of these times, with a pause before each but the first.
async function record({ kind, type, times, pause }) {
  if (!MediaRecorder.isTypeSupported(type)) return null;
  const stream = await source(kind);
  const recorder = new MediaRecorder(stream, { mimeType: type, videoKeyFrameIntervalDuration: 1000 });
  const chunks = [];
  recorder.ondataavailable = ({ data }) => chunks.push(data);
  recorder.start(250);
  await event(recorder, "start");
  let recorded = 0;
  for (const [at, time] of times.entries()) {
    if (at > 0) {
      recorder.pause();
      await moment(pause);
      recorder.resume();
    }
    const since = performance.now();
    await moment(time);
    recorded += performance.now() - since;
  }
  const stopped = event(recorder, "stop");
  recorder.stop();
  await stopped;
  stream.getTracks().forEach((track) => track.stop());
  return { recorded, chunks: await Promise.all(chunks.map(text)) };
}

async function text(blob) {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  let characters = "";
  for (let at = 0; at < bytes.length; at += 8192) {
    characters += String.fromCharCode(...bytes.subarray(at, at + 8192));
  }
  return btoa(characters);
}

// How long a player says that it is, and where it is after a seek to `to` seconds.
async function play({ bytes, type, to }) {
  const blob = new Blob([Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0))], { type });
  const player = document.createElement("video");
  player.src = URL.createObjectURL(blob);
  const failed = event(player, "error").then(() => Promise.reject(player.error.message));
  await Promise.race([event(player, "loadedmetadata"), failed]);
  const duration = player.duration;
  player.currentTime = to;
  await event(player, "seeked");
  return { duration: String(duration), at: player.currentTime };
}
