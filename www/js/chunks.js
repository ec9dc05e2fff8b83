// Rows in chunks: in a long list the browser skips chunks that are off the screen, so that ten thousand rows
// cost about as much as a hundred.

const ROWS_IN_CHUNK = 100;

/** From this many rows on, a list is `long`: its chunks are then rendered only near the screen. */
export const LONG_LIST = 200;

/** A chunk with room for a row below `chunk`, which may be undefined: itself, or a new one after it. */
export function roomBelow(host, chunk, makeChunk) {
  if (chunk && chunk.childElementCount < ROWS_IN_CHUNK) return chunk;
  const next = makeChunk();
  host.insertBefore(next, chunk ? chunk.nextElementSibling : null);
  return next;
}

/** A chunk with room for a row above `chunk`: itself, or a new one before it. */
export function roomAbove(host, chunk, makeChunk) {
  if (chunk && chunk.childElementCount < ROWS_IN_CHUNK) return chunk;
  const next = makeChunk();
  host.insertBefore(next, chunk);
  return next;
}

/** Sets the chunk's number of rows for CSS, which estimates the height of an unrendered chunk by it. */
export function measure(chunk) {
  chunk.style.setProperty("--rows", String(chunk.childElementCount));
}
