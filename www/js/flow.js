// Throughput over time, and beside it what the client did about trouble.

import { byId, setText } from "./dom.js";
import { bytes, count, rate } from "./format.js";
import { draw } from "./graph.js";
import { Recovery } from "./recovery.js";

/** Time between two samples, and the time that the graph shows, in milliseconds. */
const STEP_MS = 500;
const SPAN_MS = 60_000;
/** Below this rate, in bytes a second, nothing worth a word is sent. */
const IDLE = 1000;
/** Retries closer together than this are one mark, in milliseconds. */
const MARK_MS = 700;

/** Watches `client`, whose events go to `take`. */
export class Flow {
  /** Called with `"retry"` and `"recovered"`. */
  onMark = () => {};
  recovery = new Recovery();
  #client;
  #sent = new Map();
  /** Bytes of each step, the newest last. */
  #samples = new Array(SPAN_MS / STEP_MS + 1).fill(0);
  #bands = [];
  #marks = [];
  #timer;

  open(client) {
    this.#client = client;
    this.#timer = setInterval(() => this.#sample(), STEP_MS);
    this.#show();
  }

  stop() {
    clearInterval(this.#timer);
  }

  /** An event of the client. */
  take(event) {
    this.#note(this.recovery.take(event, performance.now()));
  }

  /** An upload that the person has cancelled. */
  forget(upload) {
    this.recovery.forget(upload);
  }

  /** Says that trouble is made from now on, or no more. */
  trouble(on) {
    const now = performance.now();
    if (on) this.#bands.push({ from: now, to: undefined });
    else for (const band of this.#bands) band.to ??= now;
    this.#note(this.recovery.trouble(on, now));
  }

  #note(kind) {
    if (!kind) return;
    const now = performance.now();
    const close = ({ at, kind: other }) => other === kind && now - at < MARK_MS;
    if (kind === "recovered" || !this.#marks.some(close)) this.#marks.push({ at: now, kind });
    this.#count();
    this.onMark(kind);
  }

  #sample() {
    let moved = 0;
    for (const { id, progress } of this.#client.snapshot().uploads) {
      const before = this.#sent.get(id) ?? 0;
      // What is sent again was counted when it was sent first, and is counted again.
      moved += Math.max(0, progress.sent - before);
      if (progress.sent !== before) this.#sent.set(id, progress.sent);
    }
    this.#samples.push(moved);
    this.#samples.shift();
    if (!document.hidden) this.#show();
  }

  #show() {
    const now = performance.now();
    const recent = (at) => at === undefined || now - at < SPAN_MS;
    this.#bands = this.#bands.filter(({ to }) => recent(to));
    this.#marks = this.#marks.filter(({ at }) => recent(at));
    const share = (at) => Math.max(0, 1 - (now - at) / SPAN_MS);
    // Over two steps, so that one slow report of the browser is no hole.
    const rates = this.#samples.map((moved, at) => ((moved + (this.#samples[at - 1] ?? moved)) / 2) * (1000 / STEP_MS));
    const bands = this.#bands.map(({ from, to }) => ({ from: share(from), to: share(to ?? now) }));
    const marks = this.#marks.map(({ at, kind }) => ({ at: share(at), kind }));
    draw(byId("flow-graph"), { rates, bands, marks, label: (value) => rate(value).replace(".0 ", " ") });
    this.#say(rates);
  }

  #say(rates) {
    const peak = Math.max(...rates);
    const last = rates.at(-1);
    setText(byId("flow-now"), last < IDLE ? "idle" : rate(last));
    if (peak === 0) return setText(byId("flow-words"), "Nothing was sent in the last minute.");
    const sum = this.#samples.reduce((total, moved) => total + moved, 0);
    const times = this.#bands.length > 0 ? `, through trouble ${count(this.#bands.length, "time")}` : "";
    setText(byId("flow-words"), `${bytes(sum)} in the last minute, at most ${rate(peak)}${times}.`);
  }

  #count() {
    const { retries, resent, tookMs } = this.recovery;
    setText(byId("retries"), retries.toLocaleString("en"));
    setText(byId("resent"), resent.toLocaleString("en"));
    setText(byId("recovered"), tookMs === undefined ? "–" : `${(tookMs / 1000).toFixed(1)} s`);
  }
}
