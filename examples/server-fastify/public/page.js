import { createClient } from "/crowfly/index.js"; // or "crowfly", with a bundler

const client = await createClient({ api: "/api/uploads", credentials: "same-origin" });
const input = document.querySelector("input");
const list = document.querySelector("ul");
const row = document.querySelector("template").content;

input.onchange = () => {
  for (const file of input.files) start(file);
  input.value = "";
};

/** Uploads a file, or goes on where an earlier page left it. */
async function start(file) {
  const same = ({ name, size }) => name === file.name && size === file.size;
  const left = (await client.resumable()).find(same);
  const line = list.appendChild(row.cloneNode(true).firstElementChild);
  const [name, bar, pause, cancel, output] = line.children;
  name.textContent = file.name;
  const options = {
    onProgress: ({ sent, total }) => (bar.value = total ? sent / total : 1),
    onStateChange: (state) => (output.value = state),
  };
  try {
    const upload = await (left ? left.attach(file, options) : client.upload(file, options));
    pause.onclick = () => (upload.state === "paused" ? upload.resume() : upload.pause());
    cancel.onclick = () => upload.abort();
    const { key, verified } = await upload.done;
    output.value = `${key}${verified ? "" : " (not verified)"}`;
  } catch (error) {
    output.value = error.name === "AbortError" ? "cancelled" : error.code;
  }
}
