// What a live upload can be made of, as one sequence of pieces.

/** A piece of a recording.
 * @typedef {Blob | ArrayBuffer | ArrayBufferView<ArrayBuffer>} Piece */

/** What records, or gives bytes.
 * @typedef {MediaRecorder | ReadableStream<Piece> | AsyncIterable<Piece> | Iterable<Piece>} LiveSource */

/** Pieces in order. `stop` has the source end: the pieces that it still has come first, unless it is to end `now`. `hold`
 * asks it to wait, if it can. `type` is what it calls itself once it has given something.
 * @typedef {{ pieces: AsyncIterable<Piece>, stop: (now?: boolean) => void, hold: (wait: boolean) => void, type?: () => string }} Source */

/** How often a recorder hands over what it has, in milliseconds: so much is lost if the page dies. */
const SLICE_MS = 1_000;
/** Most bytes that a source may give after it was told to stop; a piece counts for some at least. */
const LATE = 64 * 1024 * 1024;
const LEAST = 1024;

/** A piece as a Blob; throws if it is none. A Blob of anything else would hold its text, such as `[object Object]`.
 * @param {Piece} piece */
export function blobOf(piece) {
  if (piece instanceof Blob) return piece;
  // Those of another frame have constructors of their own.
  const kind = Object.prototype.toString.call(piece);
  if (/^\[object (Blob|File)\]$/.test(kind)) return new Blob([piece]);
  // A copy: a Blob takes no memory that is shared or may be resized. https://w3c.github.io/FileAPI/#constructorBlob
  if (ArrayBuffer.isView(piece)) return new Blob([new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength).slice()]);
  if (/^\[object (Shared)?ArrayBuffer\]$/.test(kind)) return new Blob([new Uint8Array(/** @type {ArrayBuffer} */ (piece)).slice()]);
  throw new TypeError("the source gave something that is neither bytes nor a Blob");
}

/** @param {LiveSource} source
 * @returns {Source} */
export function sourceOf(source) {
  try {
    if ("ondataavailable" in source) return recorder(source);
    if ("getReader" in source) return stream(source);
    return iterable(source);
  } catch (error) {
    // Its tracks have all ended, or another reads it.
    const next = () => Promise.reject(error);
    return { pieces: { [Symbol.asyncIterator]: () => ({ next }) }, stop() {}, hold() {} };
  }
}

/** @param {MediaRecorder} media
 * @returns {Source} */
function recorder(media) {
  /** @type {Piece[]} */
  const waiting = [];
  let ended = false;
  /** @type {unknown} */
  let failed;
  let wake = () => {};
  const abort = new AbortController();
  const { signal } = abort;
  let heardAt = performance.now();
  // Firefox forgets its own at the end: https://github.com/w3c/mediacapture-record/issues/170
  let type = "";
  media.addEventListener("dataavailable", ({ data }) => {
    heardAt = performance.now();
    type ||= data.type || media.mimeType;
    waiting.push(data);
    wake();
  }, { signal });
  media.addEventListener("error", (event) => {
    failed = /** @type {ErrorEvent} */ (event).error ?? new Error("the recorder failed");
  }, { signal });
  /** @type {ReturnType<typeof setInterval> | undefined} */
  let timer;
  // The last piece comes before it: https://w3c.github.io/mediacapture-record/#dom-mediarecorder-stop
  media.addEventListener("stop", () => {
    clearInterval(timer);
    ended = true;
    wake();
  }, { signal });
  /** It waits for room, and not because the page has paused it. */
  let held = false;
  const own = media.state === "inactive";
  if (own) media.start(SLICE_MS);
  // The page may have started it without a time slice; and one that the computer has slept through gives no piece any more
  // until it is asked: https://issues.chromium.org/issues/367915809
  const silence = own ? 2 * SLICE_MS : SLICE_MS / 2;
  timer = setInterval(() => {
    if (media.state === "recording" && performance.now() - heardAt >= silence) media.requestData?.();
  }, SLICE_MS);
  const stop = () => void (media.state !== "inactive" && media.stop());
  async function* pieces() {
    try {
      for (;;) {
        const piece = waiting.shift();
        if (piece) yield piece;
        else if (!ended) await /** @type {Promise<void>} */ (new Promise((resolve) => (wake = resolve)));
        else if (failed) throw failed;
        else return;
      }
    } finally {
      clearInterval(timer);
      abort.abort();
      stop();
    }
  }
  return {
    pieces: pieces(),
    stop,
    type: () => type,
    hold(wait) {
      if (wait && media.state === "recording") {
        held = true;
        media.pause();
      } else if (!wait && held) {
        held = false;
        if (media.state === "paused") media.resume();
      }
    },
  };
}

/** @param {ReadableStream<Piece>} bytes
 * @returns {Source} */
function stream(bytes) {
  const reader = bytes.getReader();
  return sequence(() => reader.read(), () => reader.cancel());
}

/** @param {AsyncIterable<Piece> | Iterable<Piece>} source
 * @returns {Source} */
function iterable(source) {
  const from = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  return sequence(() => from.next(), () => from.return?.());
}

/** What gives one piece after another, until it has no more or is stopped. A piece that it gives within the task in which it
 * is stopped is one that it still had: to cancel a stream discards what is queued in it, which what is recorded may be.
 * @param {() => Promise<IteratorResult<Piece, unknown>> | IteratorResult<Piece, unknown>} next
 * @param {() => unknown} release lets go of it, if it has not ended by itself
 * @returns {Source} */
function sequence(next, release) {
  const over = { done: true, value: undefined };
  let [stopping, gone, free] = [false, false, false];
  // Nobody waits for it: a generator that waits for its next piece may never end.
  const letGo = () => {
    if (free) return;
    free = true;
    (async () => release())().catch(() => {});
  };
  /** Ends the wait for a piece. Not by a race of promises, which keeps every piece for as long as the longest of them:
   * https://github.com/nodejs/node/issues/17469 */
  let end = () => {};
  const endSoon = () => void setTimeout(() => end());
  /** @returns {Promise<{ done?: boolean | undefined, value: unknown }>} */
  const wait = () =>
    new Promise((resolve, reject) => {
      end = () => resolve(over);
      Promise.resolve(next()).then(resolve, reject);
      if (stopping) endSoon();
    });
  async function* pieces() {
    let open = false;
    try {
      for (let late = 0; !gone && late < LATE; ) {
        open = false;
        const { done, value } = await wait();
        if (done) return;
        open = true;
        const { size, byteLength } = /** @type {{ size?: number, byteLength?: number }} */ (value ?? {});
        if (stopping) late += Math.max(size ?? byteLength ?? 0, LEAST);
        yield /** @type {Piece} */ (value);
      }
    } finally {
      if (open || stopping) letGo();
    }
  }
  return {
    pieces: pieces(),
    stop(now = false) {
      stopping = true;
      gone ||= now;
      if (!now) return endSoon();
      end();
      letGo();
    },
    hold() {},
  };
}
