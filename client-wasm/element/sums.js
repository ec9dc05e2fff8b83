// What a list of files comes to, which of its rows are seen, and what is worth saying of a change.

/** @import { Item } from "./list.js" */

/** @typedef {ReturnType<typeof sum>} Sums */

const ENDED = ["stored", "processed", "failed", "aborted"];

/** @param {{ state: string }} item */
export const isEnded = ({ state }) => ENDED.includes(state);
/** @param {{ state: string }} item */
export const isStored = ({ state }) => state === "stored" || state === "processed";

/** Sums over a list. What failed or was cancelled does not count among the bytes.
 * @param {readonly Pick<Item, "state" | "size" | "seen">[]} items */
export function sum(items) {
  const sums = { files: items.length, active: 0, paused: 0, ready: 0, waiting: 0, stored: 0, failed: 0, aborted: 0, sent: 0, total: 0, rate: 0 };
  for (const { state, size, seen } of items) {
    if (state === "failed" || state === "aborted") {
      sums[state] += 1;
      continue;
    }
    const stored = state === "stored" || state === "processed";
    sums.total += size;
    sums.sent += stored ? size : (seen?.progress.sent ?? 0);
    if (stored) sums.stored += 1;
    else {
      sums.active += 1;
      sums.rate += seen?.progress.bytesPerSecond ?? 0;
      if (state === "paused" || state === "ready" || state === "waiting") sums[state] += 1;
    }
  }
  const left = sums.total - sums.sent;
  return { ...sums, etaMs: sums.rate > 0 ? (left / sums.rate) * 1000 : undefined };
}

/** Rows that are in the document, at most. */
export const MOST_ROWS = 40;

/** The rows of a long list that are seen, and some around them: from the first to before the last.
 * @param {number} count of all rows
 * @param {number} row height of each
 * @param {number} top how far it was scrolled
 * @param {number} height what is seen of it
 * @returns {[number, number]} */
export function seenRows(count, row, top, height) {
  const seen = Math.min(MOST_ROWS, Math.ceil(height / row) + 1);
  const spare = Math.min(6, Math.floor((MOST_ROWS - seen) / 2));
  const first = Math.max(0, Math.min(Math.floor(top / row), count - seen) - spare);
  return [first, Math.min(count, first + seen + 2 * spare)];
}

/** What to say of what changed since the last time: names of texts, each with its number.
 * @param {Sums} before
 * @param {Sums} now
 * @returns {[name: "saidAdded" | "saidStored" | "saidFailed" | "saidWaiting" | "saidLeft" | "saidAll", n: number][]} */
export function news(before, now) {
  /** @type {ReturnType<typeof news>} */
  const said = [];
  const added = now.files - before.files;
  const stored = now.stored - before.stored;
  const failed = now.failed - before.failed;
  if (added > 0) said.push(["saidAdded", added]);
  const over = now.active === 0 && before.active + Math.max(0, added) > 0;
  if (over && now.stored > 0 && now.stored === now.files) return [...said, ["saidAll", now.stored]];
  if (stored > 0) said.push(["saidStored", stored]);
  if (failed > 0) said.push(["saidFailed", failed]);
  if (now.waiting > 0 && before.waiting === 0) said.push(["saidWaiting", now.waiting]);
  if (said.length > 0 && now.active > 0 && added <= 0) said.push(["saidLeft", now.active]);
  return said;
}
