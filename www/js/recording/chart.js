// The chart of a recording: three lines over time.

import { shape } from "../graph.js";
import { bytes } from "../format.js";
import { setText } from "../dom.js";
import { clock } from "./words.js";

const WIDTH = 360;
const TOP = 16;
const BASE = 108;
/** The lines, the lowest first: where they meet, dashes let the one below be seen. */
const LAYERS = ["recorded", "confirmed", "sent"];

/** Draws a history into `svg`, and says the same in `words`. */
export function drawHistory(svg, words, history) {
  const { scale, span, paths } = history.lines({ width: WIDTH, top: TOP, base: BASE });
  const rule = (at, name) => shape("path", { class: name, d: `M0 ${at}H${WIDTH}` });
  const caption = (name, text, place) => shape("text", { class: `caption ${name}`, ...place }, text);
  svg.replaceChildren(
    rule(TOP, "grid"),
    rule((TOP + BASE) / 2, "grid"),
    rule(BASE, "axis"),
    ...LAYERS.map((name) => shape("path", { class: `line-${name}`, d: paths[name] })),
    caption("start", bytes(scale), { x: 0, y: TOP - 5 }),
    caption("start", "0:00", { x: 0, y: BASE + 20 }),
    caption("end", clock(span), { x: WIDTH, y: BASE + 20 }),
  );
  setText(words, history.words());
}
