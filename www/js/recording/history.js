// Bytes recorded, sent and confirmed over time, as lines of a chart.

import { bytes, duration } from "../format.js";
import { roundUp } from "../graph.js";

/** Samples that are kept. Above, every other one goes, so that an hour needs no more than a minute. */
const MOST = 240;

/** The lines, by the names of their values. */
export const LINES = ["recorded", "sent", "confirmed"];

export class History {
  #samples = [];

  /** One more sample: a time in milliseconds, not before the last one, and the progress of the upload then, which before the
   * first bytes may say nothing of what is recorded. */
  add(at, { recorded = 0, sent, confirmed }) {
    this.#samples.push({ at, recorded, sent, confirmed });
    // The first and the last one stay.
    if (this.#samples.length > MOST) this.#samples = this.#samples.filter((_, place, { length }) => place % 2 === 0 || place === length - 1);
  }

  get length() {
    return this.#samples.length;
  }

  /** The lines as path data within `width`, from `base` (0 bytes) up to `top` (`scale` bytes), and the time that they span in
   * milliseconds. */
  lines({ width, top, base }) {
    const last = this.#samples.at(-1) ?? { at: 0, recorded: 0, sent: 0, confirmed: 0 };
    const span = Math.max(last.at, 1);
    const scale = roundUp(Math.max(0, ...this.#samples.map(({ recorded }) => recorded)));
    const round = (number) => Math.round(number * 10) / 10;
    const point = (sample, name) => `${round((sample.at / span) * width)} ${round(base - (sample[name] / scale) * (base - top))}`;
    const path = (name) => (this.#samples.length > 0 ? `M${this.#samples.map((sample) => point(sample, name)).join("L")}` : "");
    return { scale, span: last.at, paths: Object.fromEntries(LINES.map((name) => [name, path(name)])) };
  }

  /** The same in words, for those who do not see the chart. */
  words() {
    const last = this.#samples.at(-1);
    if (!last) return "Nothing is recorded yet.";
    const { at, recorded, sent, confirmed } = last;
    return `After ${duration(at / 1000)}: ${bytes(recorded)} recorded, ${bytes(sent)} sent, ${bytes(confirmed)} confirmed by storage.`;
  }
}
