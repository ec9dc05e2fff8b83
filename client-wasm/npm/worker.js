// The worker that computes CRC64NVME. It gets the compiled module of the page, so nothing is fetched, and
// uses only its `crc*` exports, which take and give numbers: no glue, and no import is ever called.
//
// In:  { module } once, then { id, blob, start, end } for each range, { cancel: id }.
// Out: { id, crc } as BigInt, { id, read } now and then, { id, error } with the error's name, { failed } if
// the module cannot be used.

const SLICE = 1024 * 1024;
const REPORT_MS = 50;

let hash;
let work = Promise.resolve();
const cancelled = new Set();
const waiting = new Set();

function refuse() {
  throw new Error("this export is not for the worker");
}

async function open(module) {
  const imports = {};
  for (const { module: from, name } of WebAssembly.Module.imports(module)) {
    (imports[from] ??= {})[name] = refuse;
  }
  hash = (await WebAssembly.instantiate(module, imports)).exports;
}

/** Reads one piece; a rejection is heard where it is awaited. */
function read(blob, at, end) {
  const piece = blob.slice(at, Math.min(at + SLICE, end)).arrayBuffer();
  piece.catch(() => {});
  return piece;
}

async function compute({ id, blob, start, end }) {
  let reported = performance.now();
  hash.crcOpen();
  // One piece is read ahead while the one before is hashed: two buffers, never more.
  let ahead = start < end ? read(blob, start, end) : undefined;
  for (let at = start; at < end && !cancelled.has(id); ) {
    const piece = await ahead;
    const length = piece.byteLength;
    if (length === 0) throw new DOMException("the file ended early", "NotReadableError");
    if (at + length < end) ahead = read(blob, at + length, end);
    const place = hash.crcSpace(length);
    new Uint8Array(hash.memory.buffer, place, length).set(new Uint8Array(piece));
    // Its memory goes at once, not when the collector comes by.
    piece.transfer?.(0);
    hash.crcAdd(length);
    at += length;
    if (performance.now() - reported > REPORT_MS) {
      reported = performance.now();
      postMessage({ id, read: at - start });
    }
  }
  const crc = hash.crcClose();
  if (!cancelled.has(id)) postMessage({ id, crc });
}

async function answer(request) {
  try {
    if (!cancelled.has(request.id)) await compute(request);
  } catch (error) {
    postMessage({ id: request.id, error: String(error?.name ?? error) });
  } finally {
    cancelled.delete(request.id);
    waiting.delete(request.id);
  }
}

// The module cannot be shared with this worker.
addEventListener("messageerror", () => postMessage({ failed: true }));

addEventListener("message", ({ data }) => {
  if (data.module) {
    work = open(data.module).catch(() => postMessage({ failed: true }));
  } else if (data.cancel !== undefined) {
    if (waiting.has(data.cancel)) cancelled.add(data.cancel);
  } else {
    waiting.add(data.id);
    work = work.then(() => answer(data));
  }
});
