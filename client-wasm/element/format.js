// Numbers for people, in their language.

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"];
const STEP = 1000;

/** @type {Map<string, Intl.NumberFormat>} */
const formats = new Map();

/** @param {string} lang
 * @param {Intl.NumberFormatOptions} options
 * @param {number} value */
function format(lang, options, value) {
  const key = lang + Object.values(options);
  const made = formats.get(key) ?? new Intl.NumberFormat(lang, options);
  formats.set(key, made);
  // A number stays with its unit at the end of a line.
  return made.format(value).replace(" ", "\u00a0");
}

/** The language of a tag, English for one that no language has.
 * @param {string} tag */
export function language(tag) {
  try {
    return Intl.getCanonicalLocales(tag)[0] ?? "en";
  } catch {
    return "en";
  }
}

/** @param {string} lang
 * @param {number} value
 * @param {string} after
 * @param {number} least the smallest unit, as an index */
function scaled(lang, value, after, least) {
  // Rounded as it is shown: 999,960 bytes are 1 MB, and not 1,000 kB.
  let unit = least;
  while (unit < UNITS.length - 1 && Math.round(value / STEP ** unit * 10) >= STEP * 10) unit += 1;
  const number = value / STEP ** unit;
  const maximumFractionDigits = unit === 0 || number >= 100 ? 0 : 1;
  const unitDisplay = unit + after.length ? "short" : "long";
  return format(lang, { style: "unit", unit: UNITS[unit] + after, unitDisplay, maximumFractionDigits }, number);
}

/** A size: `1.5 MB`.
 * @param {string} lang
 * @param {number} value */
export const bytes = (lang, value) => scaled(lang, value, "", 0);

/** Bytes a second: `1.5 MB/s`.
 * @param {string} lang
 * @param {number} value */
export const rate = (lang, value) => scaled(lang, value, "-per-second", 1);

/** A part of 1, rounded down: what is not all is never shown as 100 %.
 * @param {string} lang
 * @param {number} value */
export const percent = (lang, value) => format(lang, { style: "percent" }, Math.floor(value * 100) / 100);

/** @param {string} lang
 * @param {number} value */
export const count = (lang, value) => format(lang, {}, value);

/** A time that is left: coarse, as it is a guess.
 * @param {string} lang
 * @param {number} ms */
export function duration(lang, ms) {
  const seconds = Math.max(1, Math.ceil(ms / 1000));
  const [unit, number] =
    seconds <= 10 ? ["second", seconds]
    : seconds < 60 ? ["second", Math.ceil(seconds / 5) * 5]
    : seconds < 5400 ? ["minute", Math.ceil(seconds / 60)]
    : ["hour", Math.ceil(seconds / 360) / 10];
  return format(lang, { style: "unit", unit, unitDisplay: "short", maximumFractionDigits: 1 }, number);
}
