// How a file is split: the rule of `contract/src/plan.rs`. Its parts are equal but for the last, as R2 demands.

export const MIB = 1024 ** 2;
export const GIB = 1024 ** 3;
export const MAX_PARTS = 10_000;
export const MAX_OBJECT_BYTES = MAX_PARTS * 5 * GIB;
const SINGLE_UP_TO = 16 * MIB;
const CONNECTIONS = 6;

/** The part size, or undefined for one PUT. */
export function partSizeOf(size: number): number | undefined {
  if (size <= SINGLE_UP_TO) return undefined;
  const twelfth = Math.floor(size / (2 * CONNECTIONS));
  const comfortable = size <= 64 * GIB ? Math.min(Math.max(twelfth, 8 * MIB), 32 * MIB) : 64 * MIB;
  // Whole rounds keep every connection busy until the last parts.
  const rounds = Math.floor(Math.floor(size / comfortable) / CONNECTIONS);
  const even = rounds >= 1 && rounds <= 16 ? Math.ceil(size / (rounds * CONNECTIONS)) : comfortable;
  return Math.ceil(Math.max(even, Math.ceil(size / MAX_PARTS)) / MIB) * MIB;
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
