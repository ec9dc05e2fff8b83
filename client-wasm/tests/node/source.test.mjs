// What a live upload reads of a stream or an iterable: all that there is by its end, no more, and without keeping it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

import { blobOf, sourceOf } from "../../js/source.js";

const bytes = (...values) => Uint8Array.from(values);
const turn = () => new Promise((done) => setTimeout(done));

/** All that a source gives, as numbers, after `work` with it. */
async function drained(source, work = () => {}) {
  work(source);
  const all = [];
  for await (const piece of source.pieces) all.push(...new Uint8Array(await blobOf(piece).arrayBuffer()));
  return all;
}

/** A stream that is given its pieces, and what became of it. */
function tap() {
  const seen = { cancelled: 0 };
  let control;
  const stream = new ReadableStream({ start: (given) => void (control = given), cancel: () => void (seen.cancelled += 1) });
  return { stream, seen, give: (...pieces) => pieces.forEach((piece) => control.enqueue(piece)) };
}

test("what a stream has queued comes before the end that it is told", async () => {
  const { stream, seen, give } = tap();
  give(bytes(1), bytes(2), bytes(3));
  assert.deepEqual(await drained(sourceOf(stream), ({ stop }) => stop()), [1, 2, 3]);
  assert.equal(seen.cancelled, 1);
});

test("what is queued behind a transform, and in a stream of bytes, comes too", async () => {
  const { stream, give } = tap();
  const doubled = stream.pipeThrough(new TransformStream({ transform: (piece, control) => control.enqueue(piece.map((one) => one * 2)) }));
  give(bytes(1), bytes(2));
  assert.deepEqual(await drained(sourceOf(doubled), ({ stop }) => stop()), [2, 4]);
  let control;
  const plain = new ReadableStream({ type: "bytes", start: (given) => void (control = given) });
  [bytes(1), bytes(2)].forEach((piece) => control.enqueue(piece));
  assert.deepEqual(await drained(sourceOf(plain), ({ stop }) => stop()), [1, 2]);
});

test("what an iterable has at hand comes before the end that it is told", async () => {
  assert.deepEqual(await drained(sourceOf([bytes(1), bytes(2)]), ({ stop }) => stop()), [1, 2]);
  const queue = [bytes(1), bytes(2)];
  let returned = 0;
  const queued = {
    [Symbol.asyncIterator]: () => ({
      next: () => (queue.length ? Promise.resolve({ done: false, value: queue.shift() }) : new Promise(() => {})),
      return: () => void (returned += 1),
    }),
  };
  assert.deepEqual(await drained(sourceOf(queued), ({ stop }) => stop()), [1, 2]);
  assert.equal(returned, 1);
});

test("a source that has always more at hand ends at a limit", async () => {
  function* endless(size) {
    for (;;) yield new Uint8Array(size);
  }
  for (const size of [4 * 1024 * 1024, 0]) {
    const source = sourceOf(endless(size));
    source.stop();
    let total = 0;
    for await (const piece of source.pieces) total += piece.byteLength;
    assert.ok(total <= 64 * 1024 * 1024, `${total} bytes`);
  }
});

test("one that waits for its next piece ends where it is", async () => {
  async function* slow() {
    yield bytes(1);
    await new Promise(() => {});
  }
  const source = sourceOf(slow());
  setTimeout(() => source.stop(), 20);
  assert.deepEqual(await drained(source), [1]);
});

test("to end now drops what is queued, also of one that nobody has read", async () => {
  for (const read of [true, false]) {
    const { stream, seen, give } = tap();
    give(bytes(1), bytes(2));
    const source = sourceOf(stream);
    source.stop(true);
    if (read) assert.deepEqual(await drained(source), []);
    await turn();
    assert.equal(seen.cancelled, 1);
  }
});

test("a source that is left in the middle is let go of, whatever that gives", async () => {
  const { stream, seen, give } = tap();
  give(bytes(1), bytes(2));
  for await (const _ of sourceOf(stream).pieces) break;
  await turn();
  assert.equal(seen.cancelled, 1, "the stream is still read");
  let ended = 0;
  async function* camera() {
    try {
      for (;;) yield bytes(1);
    } finally {
      ended += 1;
      throw new Error("of nobody's concern");
    }
  }
  for await (const _ of sourceOf(camera()).pieces) break;
  await turn();
  assert.equal(ended, 1, "the generator still runs");
});

test("a recorder that is left in the middle is stopped", async () => {
  const media = Object.assign(new EventTarget(), { ondataavailable: null, state: "recording", stop: () => (media.state = "inactive") });
  const { pieces } = sourceOf(media);
  media.dispatchEvent(Object.assign(new Event("dataavailable"), { data: new Blob(["a"]) }));
  for await (const _ of pieces) break;
  assert.equal(media.state, "inactive");
});

test("memory that is shared or can be resized is bytes as well", async () => {
  const memory = new SharedArrayBuffer(4);
  const shared = new Uint8Array(memory);
  shared.set([1, 2, 3, 4]);
  const resizable = new Uint8Array(new ArrayBuffer(2, { maxByteLength: 8 }));
  resizable.set([5, 6]);
  const view = new DataView(bytes(7, 8, 9).buffer, 1, 1);
  const found = await drained(sourceOf([shared.subarray(1, 3), memory, resizable, resizable.buffer, view, Buffer.from([10])]));
  assert.deepEqual(found, [2, 3, 1, 2, 3, 4, 5, 6, 5, 6, 8, 10]);
});

test("a piece is kept no longer than until the next one", async () => {
  setFlagsFromString("--expose-gc");
  const gc = runInNewContext("gc");
  const kept = [];
  async function* many() {
    for (let at = 0; at < 100; at += 1) {
      const piece = new Uint8Array(1024);
      kept.push(new WeakRef(piece));
      yield piece;
    }
  }
  const { pieces, stop } = sourceOf(many());
  let count = 0;
  for await (const piece of pieces) {
    count += piece.byteLength;
    if (kept.length < 100) continue;
    await turn();
    gc();
    const alive = kept.filter((one) => one.deref()).length;
    assert.ok(alive < 10, `${alive} of 100 pieces are in memory`);
    break;
  }
  assert.equal(count, 100 * 1024);
  stop();
});
