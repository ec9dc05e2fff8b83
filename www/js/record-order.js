// Which records a search finds, and in which order they are.

import { readable } from "./format.js";

const names = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
const KEYS = {
  time: (one, other) => timeOf(one) - timeOf(other),
  name: (one, other) => names.compare(one.name, other.name),
  size: (one, other) => one.size - other.size,
};

/** The time that a row shows, in milliseconds. It never changes, so that no row moves while a person is in it. */
export const timeOf = ({ createdAt }) => createdAt;

/** Those whose name or folder holds every word of `text`, in any case and any composition of letters. */
export function matching(records, text) {
  const words = plain(text).split(/\s+/).filter(Boolean);
  if (words.length === 0) return records;
  return records.filter(({ name, path }) => {
    const whole = plain(`${readable(path)}/${readable(name)}`);
    return words.every((word) => whole.includes(word));
  });
}

function plain(text) {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

/** In an order such as `name-up`; among equals the newest comes first. */
export function sorted(records, order) {
  const [column, way] = order.split("-");
  const compare = KEYS[column];
  const sign = way === "up" ? 1 : -1;
  return records.toSorted((one, other) => sign * compare(one, other) || timeOf(other) - timeOf(one));
}
