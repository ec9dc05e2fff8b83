// The worker that computes CRC64NVME. It gets the compiled module of the page, so nothing is fetched, and
// uses only its `crc*` exports, which take and give numbers: no glue, and no import is ever called.
//
// In:  { module } once, then { id, blob, start, end } for each range, { cancel: id }.
// Out: { id, crc } in base64, { id, read } now and then, { id, first } with the file's first bytes, { id, error } with the error's name, { failed } if
// the module cannot be used.

/** @typedef {Uint8Array<ArrayBuffer>} Piece */

/** An exception, as far as it may be one of the usual kind: anything can be thrown.
 * @typedef {{ name?: string } | null | undefined} Thrown */

/** A range of a file.
 * @typedef {{ id: number, blob: Blob, start: number, end: number, module?: undefined, cancel?: undefined }} Range */

/** What comes in.
 * @typedef {{ module: WebAssembly.Module } | { cancel: number, module?: undefined } | Range} Message */

/** What the module gives a worker, as `src/crc.rs` has it: numbers are places and lengths in its memory.
 * @typedef {object} Hash
 * @property {WebAssembly.Memory} memory
 * @property {() => void} crcOpen
 * @property {(length: number) => number} crcSpace
 * @property {(length: number) => void} crcAdd
 * @property {() => bigint} crcClose */

const PIECE = 1024 * 1024;
/** Number of first bytes for format detection. */
const FIRST_BYTES = 64;
const REPORT_MS = 50;
/** Longest wait for one read; then the file counts as unreadable. */
const READ_MS = 30_000;
const QUIET_MS = 250;

/** @type {Hash} */
let hash;
let work = Promise.resolve();
/** @type {Set<number>} */
const cancelled = new Set();
/** @type {Set<number>} */
const waiting = new Set();

function refuse() {
  throw new Error("this export is not for the worker");
}

/** @param {WebAssembly.Module} module */
async function instantiate(module) {
  /** @type {Record<string, Record<string, typeof refuse>>} */
  const imports = {};
  for (const { module: from, name } of WebAssembly.Module.imports(module)) {
    (imports[from] ??= {})[name] = refuse;
  }
  hash = /** @type {Hash & WebAssembly.Exports} */ ((await WebAssembly.instantiate(module, imports)).exports);
}

/** The bytes of a range, piece by piece; none is read before the one before was taken, so none pile up.
 * @param {Blob} blob
 * @param {number} start
 * @param {number} end
 * @returns {AsyncGenerator<Piece>} */
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

/** The fastest way, with the least memory; but one time in a hundred Chromium's stream falls silent for ever.
 * @param {Blob} blob
 * @returns {AsyncGenerator<Piece>} */
async function* intoOneBuffer(blob) {
  const reader = open(blob, { mode: "byob" });
  let buffer = new ArrayBuffer(PIECE);
  yield* listen(reader, QUIET_MS, async () => {
    const { value } = await /** @type {ReadableStreamBYOBReader} */ (reader).read(new Uint8Array(buffer));
    if (value) buffer = value.buffer;
    return value;
  });
}

/** @param {Blob} blob
 * @returns {AsyncGenerator<Piece>} */
async function* asItComes(blob) {
  const reader = open(blob);
  yield* listen(
    reader,
    10 * QUIET_MS,
    async () => (await /** @type {ReadableStreamDefaultReader<Piece>} */ (reader).read()).value,
  );
}

/** The slowest way; what is wrong with a file is said most precisely here. A read that hangs would hold all ranges
 * after it.
 * @param {Blob} blob
 * @returns {AsyncGenerator<Piece>} */
async function* inSlices(blob) {
  for (let at = 0; at < blob.size; at += PIECE) {
    /** @type {number | undefined} */
    let timer;
    /** @type {Promise<never>} */
    const late = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new DOMException("the file cannot be read", "TimeoutError")), READ_MS);
    });
    const read = blob.slice(at, at + PIECE).arrayBuffer();
    yield new Uint8Array(await Promise.race([read, late]).finally(() => clearTimeout(timer)));
  }
}

/** A reader of the blob's stream, if the browser has such.
 * @param {Blob} blob
 * @param {ReadableStreamGetReaderOptions} [options] */
function open(blob, options) {
  try {
    return blob.stream().getReader(options);
  } catch {
    return undefined;
  }
}

/** What `next` brings, until it brings nothing, fails, or keeps silent for so long.
 * @param {ReadableStreamReader<Piece> | undefined} reader
 * @param {number} quietMs
 * @param {() => Promise<Piece | undefined>} next
 * @returns {AsyncGenerator<Piece>} */
async function* listen(reader, quietMs, next) {
  if (!reader) return;
  let heard = performance.now();
  /** @type {number | undefined} */
  let timer;
  /** @type {Promise<void>} */
  const silence = new Promise((silent) => {
    timer = setInterval(() => performance.now() - heard > quietMs && silent(), quietMs / 4);
  });
  try {
    for (;;) {
      const piece = /** @type {Piece | undefined} */ (await Promise.race([next(), silence]));
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

/** @param {Range} range */
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
  // In the contract's form, which the page reads anyway: base64 of 8 big-endian bytes.
  const bytes = new DataView(new ArrayBuffer(8));
  bytes.setBigInt64(0, hash.crcClose());
  const crc = btoa(String.fromCharCode(...new Uint8Array(bytes.buffer)));
  if (!cancelled.has(id)) postMessage({ id, crc });
}

/** @param {Range} request */
async function answer(request) {
  try {
    if (!cancelled.has(request.id)) await compute(request);
  } catch (error) {
    postMessage({ id: request.id, error: String(/** @type {Thrown} */ (error)?.name ?? error) });
  } finally {
    cancelled.delete(request.id);
    waiting.delete(request.id);
  }
}

// The module cannot be shared with this worker.
addEventListener("messageerror", () => postMessage({ failed: true }));

addEventListener("message", (/** @type {MessageEvent<Message>} */ { data }) => {
  if (data.module) {
    work = instantiate(data.module).catch(() => postMessage({ failed: true }));
  } else if (data.cancel !== undefined) {
    if (waiting.has(data.cancel)) cancelled.add(data.cancel);
  } else if (data.blob) {
    waiting.add(data.id);
    work = work.then(() => answer(data));
  }
});
