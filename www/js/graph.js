// The graph of throughput: an area over the last minute, with bands of trouble and marks on the time axis.

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 360;
const TOP = 16;
const BASE = 108;
/** Steps of the scale, in bytes a second: 1, 2 and 5 of each power of ten. */
const STEPS = [1, 2, 5];

/** An element of SVG. */
export function shape(tag, attributes, text) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  if (text !== undefined) element.textContent = text;
  return element;
}

/** The smallest round number that is not below `most`, and at least 1 MB/s. */
export function roundUp(most) {
  let power = 1_000_000;
  for (;;) {
    for (const step of STEPS) if (step * power >= most) return step * power;
    power *= 10;
  }
}

/** Draws into `svg`: `rates` are bytes a second, the oldest first; `bands` are `{from, to}` and `marks` are `{at, kind}`, with
 * times from 0 (a minute ago) to 1 (now); `label` writes a rate. */
export function draw(svg, { rates, bands, marks, label }) {
  const scale = roundUp(Math.max(...rates));
  const x = (share) => Math.round(share * WIDTH * 10) / 10;
  const y = (rate) => Math.round((BASE - (rate / scale) * (BASE - TOP)) * 10) / 10;
  const points = rates.map((rate, at) => `${x(at / (rates.length - 1))} ${y(rate)}`).join("L");
  const line = (at, name) => shape("path", { class: name, d: `M0 ${at}H${WIDTH}` });
  const caption = (name, text, place) => shape("text", { class: `caption ${name}`, ...place }, text);
  svg.replaceChildren(
    ...bands.map(({ from, to }) =>
      shape("rect", { class: "mark-trouble", x: x(from), y: TOP, width: Math.max(1, x(to) - x(from)), height: BASE - TOP }),
    ),
    line(TOP, "grid"),
    line((TOP + BASE) / 2, "grid"),
    line(BASE, "axis"),
    shape("path", { class: "area", d: `M0 ${BASE}L${points}L${WIDTH} ${BASE}z` }),
    shape("path", { class: "line", d: `M${points}` }),
    ...marks.map(({ at, kind }) => mark(kind, x(at))),
    caption("start", label(scale), { x: 0, y: TOP - 5 }),
    caption("start", "60 s ago", { x: 0, y: BASE + 20 }),
    caption("end", "now", { x: WIDTH, y: BASE + 20 }),
  );
}

function mark(kind, at) {
  if (kind === "retry") return shape("path", { class: "mark-retry", d: `M${at} ${BASE + 1}l4 7h-8z` });
  const group = shape("g", {});
  group.append(
    shape("path", { class: "mark-line", d: `M${at} ${TOP}V${BASE}` }),
    shape("circle", { class: "mark-recovered", cx: at, cy: TOP, r: 5 }),
  );
  return group;
}
