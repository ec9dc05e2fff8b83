// What the flows need in the page; their scripts use it as `window.flows`.

import { createClient } from "/crowfly/index.js";

/** A client that records its warnings. */
async function open(api, token) {
  const warnings = [];
  const onWarning = ({ code }) => warnings.push(code);
  const client = await createClient({ api, token: () => token, onWarning });
  window.flows.warnings = warnings;
  return client;
}

/** A file of known content: xorshift32 from `seed`, words in little-endian order. */
function file(name, seed, size) {
  const bytes = new DataView(new ArrayBuffer(Math.ceil(size / 4) * 4));
  let state = seed >>> 0 || 1;
  for (let at = 0; at < bytes.byteLength; at += 4) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes.setUint32(at, state, true);
  }
  return new File([new Uint8Array(bytes.buffer, 0, size)], name, { type: "application/octet-stream" });
}

/** Starts an upload and records what it reports: `states`, and `events` of progress. */
function start(client, file, options = {}) {
  const tracked = { states: [], events: [], upload: undefined };
  tracked.upload = client.upload(file, {
    ...options,
    onStateChange(state) {
      tracked.states.push(state);
      options.onStateChange?.(state, tracked.upload);
    },
    onProgress({ sent, confirmed, total }) {
      tracked.events.push({ sent, confirmed, total });
    },
  });
  tracked.upload.done.catch(() => {});
  return tracked;
}

/** The same record for an upload that was started in another way. */
function adopt(upload) {
  upload.done.catch(() => {});
  return { states: [], events: [], upload };
}

/** Resolves to the end of the upload, as plain data. */
async function ending({ upload, states, events }) {
  const end = { id: upload.id, states, events, warnings: window.flows.warnings };
  try {
    end.stored = await upload.done;
    end.record = await upload.processed();
  } catch (error) {
    end.error = { name: error?.name, code: error?.code, message: String(error?.message) };
  }
  return end;
}

/** Resolves once `condition()` holds; rejects after `limitMs`. */
async function until(what, condition, limitMs = 30_000) {
  const start = performance.now();
  while (!condition()) {
    if (performance.now() - start > limitMs) throw new Error(`${what}: not within ${limitMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Whether a worker of this page may write a file in place; where none may, what is recorded is kept in memory. */
async function spools() {
  const source = `(async () => {
    const root = await navigator.storage.getDirectory();
    const file = await root.getFileHandle("feature", { create: true });
    (await file.createSyncAccessHandle()).close();
    return true;
  })().catch(() => false).then(postMessage);`;
  const worker = new Worker(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
  try {
    return await new Promise((resolve) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = () => resolve(false);
    });
  } finally {
    worker.terminate();
  }
}

/** Puts a form with a web component into the page; whether it is in the page's own tree. */
async function element(api, token) {
  await import("/crowfly/element.js");
  const element = document.createElement("crowfly-upload");
  Object.assign(element, { light: true, multiple: true, name: "files", api, token: async () => token });
  const form = document.createElement("form");
  form.append(element);
  document.body.replaceChildren(form);
  return !element.shadowRoot;
}

window.flows = { element, open, file, spools, start, adopt, ending, until, warnings: [] };
