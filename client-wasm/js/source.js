// What a live upload can be made of, as one sequence of pieces.

/** A piece of a recording.
 * @typedef {Blob | ArrayBuffer | ArrayBufferView<ArrayBuffer>} Piece */

/** What records, or gives bytes.
 * @typedef {MediaRecorder | ReadableStream<Piece> | AsyncIterable<Piece> | Iterable<Piece>} LiveSource */

/** Pieces in order. `stop` has the source end: the pieces that it still has come first. `hold` asks it to wait, if it can.
 * @typedef {{ pieces: AsyncIterable<Piece>, stop: () => void, hold: (wait: boolean) => void }} Source */

/** How often a recorder hands over what it has, in milliseconds: so much is lost if the page dies. */
const SLICE_MS = 1_000;

/** A piece as a Blob; throws if it is none. A Blob of anything else would hold its text, such as `[object Object]`.
 * @param {Piece} piece */
export function blobOf(piece) {
  if (piece instanceof Blob) return piece;
  // Those of another frame have constructors of their own.
  const kind = Object.prototype.toString.call(piece);
  if (ArrayBuffer.isView(piece) || /^\[object (Blob|File|ArrayBuffer)\]$/.test(kind)) return new Blob([piece]);
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
  media.addEventListener("dataavailable", ({ data }) => {
    heardAt = performance.now();
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
    if (media.state === "recording" && performance.now() - heardAt >= silence) media.requestData();
  }, SLICE_MS);
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
    }
  }
  return {
    pieces: pieces(),
    stop: () => media.state !== "inactive" && media.stop(),
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
  async function* pieces() {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  }
  return { pieces: pieces(), stop: () => void reader.cancel().catch(() => {}), hold() {} };
}

/** @param {AsyncIterable<Piece> | Iterable<Piece>} source
 * @returns {Source} */
function iterable(source) {
  let stopped = () => {};
  /** @type {Promise<{ done: true, value: undefined }>} */
  const end = new Promise((resolve) => (stopped = () => resolve({ done: true, value: undefined })));
  async function* pieces() {
    const from = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
    for (;;) {
      const { done, value } = await Promise.race([from.next(), end]);
      if (done) {
        from.return?.();
        return;
      }
      yield value;
    }
  }
  return { pieces: pieces(), stop: () => stopped(), hold() {} };
}
