// What a live upload can be made of, as one sequence of pieces.

/** A piece of a recording.
 * @typedef {Blob | ArrayBuffer | ArrayBufferView<ArrayBuffer>} Piece */

/** What records, or gives bytes.
 * @typedef {MediaRecorder | ReadableStream<Piece> | AsyncIterable<Piece> | Iterable<Piece>} LiveSource */

/** Pieces in order. `stop` has the source end: the pieces that it still has come first. `hold` asks it to wait, if it can.
 * @typedef {{ pieces: AsyncIterable<Piece>, stop: () => void, hold: (wait: boolean) => void }} Source */

/** @param {Exclude<LiveSource, MediaRecorder> | Source} source that of a recorder is made already
 * @returns {Source} */
export function sourceOf(source) {
  if ("getReader" in source) return stream(source);
  if (Symbol.asyncIterator in source || Symbol.iterator in source) return iterable(source);
  return /** @type {Source} */ (source);
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
