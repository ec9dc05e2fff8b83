// How loud it is.

import { setAttribute } from "../dom.js";

/** What is shown as silence, in decibels below the loudest. */
const QUIET_DB = -60;
const STEP_MS = 100;

/** The level of samples from -1 to 1, as whole percent from silence to the loudest. */
export function level(samples) {
  const square = samples.reduce((sum, sample) => sum + sample * sample, 0) / Math.max(1, samples.length);
  const decibels = 10 * Math.log10(square);
  return Math.round(100 * Math.min(1, Math.max(0, 1 - decibels / QUIET_DB)));
}

/** A meter in `element`, which has the role `meter`. */
export class Level {
  #element;
  #context;
  #timer;

  constructor(element) {
    this.#element = element;
  }

  /** Shows the level of a stream; without sound in it, nothing. */
  start(stream) {
    this.stop();
    const { AudioContext } = globalThis;
    if (!AudioContext || stream.getAudioTracks().length === 0) return;
    this.#context = new AudioContext();
    const analyser = this.#context.createAnalyser();
    this.#context.createMediaStreamSource(stream).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    this.#timer = setInterval(() => {
      // A browser may suspend the context, as without a device to play sound: that is not silence.
      this.#element.hidden = this.#context?.state !== "running";
      analyser.getFloatTimeDomainData(samples);
      this.#show(level(samples));
    }, STEP_MS);
  }

  stop() {
    clearInterval(this.#timer);
    this.#context?.close();
    this.#context = undefined;
    this.#element.hidden = true;
    this.#show(0);
  }

  #show(percent) {
    setAttribute(this.#element, "aria-valuenow", String(percent));
    this.#element.style.setProperty("--level", `${percent}%`);
  }
}
