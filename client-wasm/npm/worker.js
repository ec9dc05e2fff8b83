// The worker that computes CRC64NVME. It gets the compiled module of the page, so nothing is fetched, and
// uses only its `crc*` exports, which take and give numbers: no glue, and no import is ever called.
//
// In:  { module } once, then { id, blob, start, end } for each range, { cancel: id }.
// Out: { id, crc } as BigInt, { id, read } now and then, { id, first } with the file's first bytes, { id, error } with the error's name, { failed } if
// the module cannot be used.

const PIECE = 1024 * 1024;
/** What tells the kind of a file. */
const FIRST_BYTES = 64;
const REPORT_MS = 50;
const QUIET_MS = 250;

let hash;
let work = Promise.resolve();
const cancelled = new Set();
const waiting = new Set();

function refuse() {
  throw new Error("this export is not for the worker");
}

async function instantiate(module) {
  const imports = {};
  for (const { module: from, name } of WebAssembly.Module.imports(module)) {
    (imports[from] ??= {})[name] = refuse;
  }
  hash = (await WebAssembly.instantiate(module, imports)).exports;
}

/** The bytes of a range, piece by piece; none is read before the one before was taken, so none pile up. */
async function* pieces(blob, start, end) {
  let at = start;
  const ways = end - start > PIECE ? [intoOneBuffer, asItComes, inSlices] : [inSlices];
  for (const way of ways) {
    for await (const piece of way(blob.slice(at, end))) {
      at += piece.length;
      yield piece;
    }
    if (at >= end) return;
  }
  throw new DOMException("the file ended early", "NotReadableError");
}

/** The fastest way, with the least memory; but one time in a hundred Chromium's stream falls silent for ever. */
async function* intoOneBuffer(blob) {
  const reader = open(blob, { mode: "byob" });
  let buffer = new ArrayBuffer(PIECE);
  yield* listen(reader, QUIET_MS, async () => {
    const { value } = await reader.read(new Uint8Array(buffer));
    if (value) buffer = value.buffer;
    return value;
  });
}

async function* asItComes(blob) {
  const reader = open(blob);
  yield* listen(reader, 10 * QUIET_MS, async () => (await reader.read()).value);
}

/** The slowest way; what is wrong with a file is said most precisely here. */
async function* inSlices(blob) {
  for (let at = 0; at < blob.size; at += PIECE) {
    yield new Uint8Array(await blob.slice(at, at + PIECE).arrayBuffer());
  }
}

/** A reader of the blob's stream, if the browser has such. */
function open(blob, options) {
  try {
    return blob.stream().getReader(options);
  } catch {
    return undefined;
  }
}

/** What `next` brings, until it brings nothing, fails, or keeps silent for so long. */
async function* listen(reader, quietMs, next) {
  if (!reader) return;
  let heard = performance.now();
  let timer;
  const silence = new Promise((silent) => {
    timer = setInterval(() => performance.now() - heard > quietMs && silent(), quietMs / 4);
  });
  try {
    for (;;) {
      const piece = await Promise.race([next(), silence]);
      if (!piece?.length) return;
      yield piece;
      heard = performance.now();
    }
  } catch {
    // The next way will meet it too.
  } finally {
    clearInterval(timer);
    reader.cancel().catch(() => {});
  }
}

async function compute({ id, blob, start, end }) {
  let reported = performance.now();
  let read = 0;
  hash.crcOpen();
  for await (const piece of pieces(blob, start, end)) {
    // A copy: the piece's memory is used again.
    if (start + read === 0) postMessage({ id, first: piece.slice(0, FIRST_BYTES) });
    const place = hash.crcSpace(piece.length);
    new Uint8Array(hash.memory.buffer, place, piece.length).set(piece);
    hash.crcAdd(piece.length);
    read += piece.length;
    if (cancelled.has(id)) break;
    if (performance.now() - reported > REPORT_MS) {
      reported = performance.now();
      postMessage({ id, read });
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
    work = instantiate(data.module).catch(() => postMessage({ failed: true }));
  } else if (data.cancel !== undefined) {
    if (waiting.has(data.cancel)) cancelled.add(data.cancel);
  } else {
    waiting.add(data.id);
    work = work.then(() => answer(data));
  }
});
