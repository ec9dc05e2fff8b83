// Rows in chunks: in a long list the browser skips whole chunks that are not seen, so that ten thousand
// rows cost about as much as a hundred.

const ROWS_IN_CHUNK = 100;

/** From this many rows on, a list is `long`: its chunks are then drawn only where they are seen. */
export const LONG_LIST = 200;

/** A chunk that has room below `chunk`, which may be absent: itself, or a new one after it. */
export function roomBelow(host, chunk, makeChunk) {
  if (chunk && chunk.childElementCount < ROWS_IN_CHUNK) return chunk;
  const next = makeChunk();
  host.insertBefore(next, chunk ? chunk.nextElementSibling : null);
  return next;
}

/** A chunk that has room above `chunk`: itself, or a new one before it. */
export function roomAbove(host, chunk, makeChunk) {
  if (chunk && chunk.childElementCount < ROWS_IN_CHUNK) return chunk;
  const next = makeChunk();
  host.insertBefore(next, chunk);
  return next;
}

/** Tells the style how many rows the chunk has, from which its height is guessed while it is not drawn. */
export function measure(chunk) {
  chunk.style.setProperty("--rows", String(chunk.childElementCount));
}
