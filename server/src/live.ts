// Live uploads, whose size is not known while they are sent: the rule of `contract/src/live.rs`. The size of a part follows
// from its number; only the last part of a file may be shorter.
import type { PartAsked } from "./item.js";
import { GIB, MAX_PARTS, MIB } from "./plan.js";
import { Refusal } from "./problem.js";

const LEAST_PART = 5 * MIB;
const LARGEST_PART = 5 * GIB;
const DOUBLE_EVERY = 1_000;

export interface LiveSizes {
  /** Bytes of the first part. */
  readonly partSize: number;
  /** After how many parts the size doubles; 0: never. */
  readonly doubleEvery: number;
}

/** The sizes for a file of at most `limit` bytes. Where a store demands equal parts, they are as large as that limit needs. */
export function liveSizes(limit: number, equalParts: boolean): LiveSizes {
  if (!equalParts) return { partSize: LEAST_PART, doubleEvery: DOUBLE_EVERY };
  return { partSize: Math.max(LEAST_PART, Math.ceil(Math.ceil(limit / MAX_PARTS) / MIB) * MIB), doubleEvery: 0 };
}

/** Where a part begins, and its bytes unless it is the last. */
export function livePart({ partSize, doubleEvery }: LiveSizes, number: number): { readonly start: number; readonly length: number } {
  const every = doubleEvery || MAX_PARTS;
  let [start, length, first] = [0, partSize, 1];
  for (; number >= first + every; first += every) {
    start += every * length;
    length = Math.min(2 * length, LARGEST_PART);
  }
  return { start: start + (number - first) * length, length };
}

/** Bytes of the largest file. */
export function liveCapacity(sizes: LiveSizes): number {
  const { start, length } = livePart(sizes, MAX_PARTS);
  return start + length;
}

/** The bytes of a part that is to be signed.
 * @throws Refusal `invalid_part` or `too_large` */
export function liveLength(sizes: LiveSizes, maxBytes: number, { number, size }: PartAsked): number {
  const { start, length } = livePart(sizes, number);
  const least = number === 1 ? 0 : 1;
  if (size !== undefined && (size < least || size > length)) {
    throw new Refusal("invalid_part", `\`size\`: as the last part, part ${number} can have ${least} to ${length} bytes`);
  }
  const end = start + (size ?? length);
  if (end > maxBytes) throw new Refusal("too_large", `part ${number} would end at byte ${end}; this upload may have ${maxBytes} bytes`);
  return end - start;
}

/** One part may be the last of the file, and none is behind it. */
export function checkLast(parts: readonly PartAsked[]): void {
  const [last, ...more] = parts.filter(({ size }) => size !== undefined);
  if (more[0]) throw new Refusal("invalid_part", `\`size\`: part ${more[0].number} cannot be a second last part`);
  const behind = last && parts.find(({ number }) => number > last.number);
  if (behind) throw new Refusal("invalid_part", `part ${behind.number} is behind the last, which is ${last.number}`);
}

/** The lengths of all parts of a file of so many bytes, in order: an empty file has one empty part. */
export function* liveLengths(sizes: LiveSizes, size: number): Generator<number> {
  for (let number = 1, rest = size; number === 1 || rest > 0; number += 1) {
    const length = Math.min(rest, livePart(sizes, number).length);
    yield length;
    rest -= length;
  }
}
