// Numbers for people. Units are decimal, as in file managers and network speeds.

const UNITS = ["bytes", "kB", "MB", "GB", "TB"];

/** A size: `0 bytes`, `512 bytes`, `1.4 MB`. */
export function bytes(count) {
  if (!Number.isFinite(count) || count < 0) return "–";
  if (count === 1) return "1 byte";
  let unit = 0;
  let value = count;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : 1;
  return `${Number(value.toFixed(digits))} ${UNITS[unit]}`;
}

/** A rate in bytes a second: `3.2 MB/s`; empty while unknown. */
export function rate(bytesPerSecond) {
  if (!Number.isFinite(bytesPerSecond) || bytesPerSecond <= 0) return "";
  return `${bytes(Math.round(bytesPerSecond)).replace("bytes", "B").replace("byte", "B")}/s`;
}

/** A span in seconds, in at most two units: `8 s`, `2 min 5 s`, `1 h 4 min`; empty while unknown. */
export function duration(seconds) {
  if (!Number.isFinite(seconds) || seconds < 0) return "";
  const whole = Math.max(1, Math.ceil(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return pair(Math.floor(whole / 60), "min", whole % 60, "s");
  if (whole < 86400) return pair(Math.floor(whole / 3600), "h", Math.floor((whole % 3600) / 60), "min");
  return pair(Math.floor(whole / 86400), "d", Math.floor((whole % 86400) / 3600), "h");
}

function pair(large, largeUnit, small, smallUnit) {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}

/** Whole percent, never 100 before everything is there. */
export function percent(part, total, complete) {
  if (complete) return 100;
  if (!(total > 0)) return 0;
  return Math.min(99, Math.floor((part / total) * 100));
}

/** A count with its noun: `1 file`, `1,204 files`. */
export function count(number, noun) {
  return `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;
}

/** The name of a file or folder without the characters that only hide or reorder it, as the record will have it: those that
 * `contract/src/marks.rs` removes. */
export function readable(name = "") {
  return name.replace(/[\u200b\ufeff\u202a-\u202e\u2066-\u206f\ufff9-\ufffb]/g, "");
}

/** The file name's extension for its tile, at most four letters or digits. */
export function extension(name) {
  const match = /\.([a-z0-9]{1,4})$/i.exec(name);
  return match ? match[1].toUpperCase() : "";
}

const clock = new Intl.DateTimeFormat("en", { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
const day = new Intl.DateTimeFormat("en", { day: "numeric", month: "short" });
const full = new Intl.DateTimeFormat("en", { dateStyle: "long", timeStyle: "medium", hourCycle: "h23" });

/** A moment, short: the time if it is today, else the date too. */
export function moment(unixMs, now = Date.now()) {
  const date = new Date(unixMs);
  const today = new Date(now).toDateString() === date.toDateString();
  return today ? clock.format(date) : `${day.format(date)}, ${clock.format(date).slice(0, 5)}`;
}

/** A moment in full, for a tooltip. */
export function momentInFull(unixMs) {
  return full.format(new Date(unixMs));
}
