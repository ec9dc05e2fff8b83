// What the tests of recordings need in the page, as `window.recordings`.

import { createClient } from "/crowfly/live.js";

let client;
let upload;
const warnings = [];

async function open({ api, token }) {
  client = await createClient({ api, token: () => token, onWarning: ({ code }) => warnings.push(code) });
}

const SIZE = { width: 640, height: 480 };

/** The camera with noise over its picture, so that the encoder needs all the bits that it is given. */
async function noisy(camera) {
  const video = Object.assign(document.createElement("video"), { muted: true, srcObject: camera });
  await video.play();
  const canvas = Object.assign(document.createElement("canvas"), SIZE);
  const pen = canvas.getContext("2d");
  const noise = Array.from({ length: 8 }, () => {
    const picture = new ImageData(SIZE.width, SIZE.height);
    const words = new Uint32Array(picture.data.buffer);
    for (let at = 0; at < words.length; at += 1) words[at] = Math.random() * 2 ** 32;
    const layer = Object.assign(document.createElement("canvas"), SIZE);
    layer.getContext("2d").putImageData(picture, 0, 0);
    return layer;
  });
  let turn = 0;
  setInterval(() => {
    turn += 1;
    pen.globalAlpha = 1;
    pen.drawImage(video, 0, 0);
    pen.globalAlpha = 0.3;
    pen.drawImage(noise[turn % noise.length], 0, 0);
  }, 50);
  return new MediaStream([...canvas.captureStream(20).getTracks(), ...camera.getAudioTracks()]);
}

/** Records the camera from now on, and uploads it meanwhile. */
async function begin(given) {
  await open(given);
  const camera = await navigator.mediaDevices.getUserMedia({ audio: true, video: { ...SIZE, frameRate: 20 } });
  const stream = given.noisy ? await noisy(camera) : camera;
  const media = new MediaRecorder(stream, { mimeType: given.type, videoBitsPerSecond: given.bitsPerSecond });
  follow(client.uploadLive(media, { name: given.name, fixDuration: given.fixDuration }));
}

function follow(begun) {
  upload = begun;
  upload.done.catch(() => {});
}

/** How far it is; nothing before it has begun. */
function look() {
  return upload && { id: upload.id, state: upload.state, progress: upload.progress, warnings };
}

async function end() {
  upload.finish();
  return upload.done;
}

/** What an earlier page has left for this one. */
async function left(given) {
  if (!client) await open(given);
  const all = await client.resumable();
  return all.map(({ id, live, needs, recordedBytes }) => ({ id, live, needs, recordedBytes }));
}

/** The bytes in the spool of an upload, in base64. */
async function spooled(id) {
  const root = await navigator.storage.getDirectory();
  const spools = await root.getDirectoryHandle("crowfly");
  const folder = await spools.getDirectoryHandle(id);
  const files = [];
  for await (const [name, handle] of folder.entries()) files.push([Number(name), await handle.getFile()]);
  files.sort(([a], [b]) => a - b);
  const blob = new Blob(files.map(([, file]) => file));
  const url = await new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
  return { bytes: url.slice(url.indexOf(",") + 1), files: files.map(([name]) => name) };
}

/** Goes on with what an earlier page has left. */
async function attach() {
  const [entry] = await client.resumable();
  follow(await entry.attach());
}

const ended = () => upload.done;

window.recordings = { begin, look, end, left, spooled, attach, ended };
