// How a file is split: the rule of `contract/src/plan.rs`. Its parts are equal but for the last, as R2 demands.

export const MIB = 1024 ** 2;
export const GIB = 1024 ** 3;
export const MAX_PARTS = 10_000;
export const MAX_OBJECT_BYTES = MAX_PARTS * 5 * GIB;
const SINGLE_UP_TO = 16 * MIB;
const LEAST_PART = 5 * MIB;
const LARGEST_ASKED = 64 * MIB;
const CONNECTIONS = 6;

/** The part size, or undefined for one PUT. What a page asks for is granted within the limits. */
export function partSizeOf(size: number, asked?: number): number | undefined {
  if (size <= SINGLE_UP_TO) return undefined;
  const smallest = Math.ceil(Math.ceil(size / MAX_PARTS) / MIB) * MIB;
  if (asked !== undefined) return Math.max(Math.min(asked, LARGEST_ASKED), LEAST_PART, smallest);
  const twelfth = Math.floor(size / (2 * CONNECTIONS));
  const comfortable = size <= 64 * GIB ? Math.min(Math.max(twelfth, 8 * MIB), 32 * MIB) : 64 * MIB;
  // Whole rounds keep every connection busy until the last parts.
  const rounds = Math.floor(Math.floor(size / comfortable) / CONNECTIONS);
  const even = rounds >= 1 && rounds <= 16 ? Math.ceil(size / (rounds * CONNECTIONS)) : comfortable;
  return Math.max(Math.ceil(even / MIB) * MIB, smallest);
}

export const partCount = (size: number, partSize: number): number => Math.ceil(size / partSize);

/** The lengths of all parts, in order. */
export function* partLengths(size: number, partSize: number): Generator<number> {
  for (let rest = size; rest > 0; rest -= partSize) yield Math.min(partSize, rest);
}

/** The bytes of a part; undefined if it is not in the plan. */
export function partLength(size: number, partSize: number, number: number): number | undefined {
  const length = Math.min(partSize, size - (number - 1) * partSize);
  return number >= 1 && length > 0 ? length : undefined;
}

/** The part size by which parts in storage were made: the given one if they fit it, undefined if they fit none. */
export function heldPartSize(size: number, partSize: number, held: readonly { readonly number: number; readonly size: number }[]): number | undefined {
  const largest = Math.max(...held.map((part) => part.size));
  const lawful = (one: number) => one >= LEAST_PART && partCount(size, one) <= MAX_PARTS;
  return [partSize, largest].find((one) => lawful(one) && held.every((part) => partLength(size, one, part.number) === part.size));
}
