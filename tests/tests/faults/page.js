// What the cases need in the page, as `window.faults`. Each case has a key of its own, so that several can
// run concurrently.

import { createClient } from "/crowfly/index.js";

const cases = new Map();

/** A token that is valid for one hour, by `performance.timeOrigin` and not by the page's clock, which may be shifted. */
function jwt() {
  const iat = Math.floor((performance.timeOrigin + performance.now()) / 1000);
  const part = (value) => btoa(JSON.stringify(value)).replace(/=/g, "");
  return `${part({ alg: "none" })}.${part({ iat, exp: iat + 3600 })}.${part("none")}`;
}

/** The state of one case. */
class Case {
  warnings = [];
  reasons = [];
  states = [];
  invalid = [];
  events = 0;
  ended = undefined;
  rejected = undefined;
  #last = { confirmed: 0 };

  constructor(key) {
    this.key = key;
  }

  /** Opens a client. `token` sets how the application's function behaves. */
  async open({ api, client = {}, token = "good" }) {
    this.client = await createClient({
      api,
      token: ({ reason }) => {
        this.reasons.push(reason);
        if (token === "throws") throw new Error("no session");
        if (token === "hangs") return new Promise(() => {});
        return token === "jwt" ? jwt() : `token-${this.reasons.length}`;
      },
      onWarning: ({ code }) => {
        this.warnings.push(code);
        if (code === "restarted") this.#last = { confirmed: 0 };
      },
      scope: this.key,
      ...client,
    });
    return this.client;
  }

  callbacks() {
    return {
      onStateChange: (state) => this.states.push(state),
      onProgress: (progress) => this.#check(progress),
    };
  }

  /** Checks progress: nothing above the total, and `confirmed` never falls. */
  #check({ sent, confirmed, total }) {
    this.events += 1;
    const last = this.#last;
    this.#last = { sent, confirmed, total };
    if (sent > total || confirmed > sent || confirmed < last.confirmed) {
      this.invalid.push({ sent, confirmed, total, before: last.confirmed });
    }
  }

  /** Follows an upload to its end. */
  async follow(upload) {
    this.upload = upload;
    this.ended = undefined;
    try {
      this.ended = { stored: await upload.done };
    } catch (error) {
      const { name, code, retryable, phase, status, message } = error;
      this.ended = { error: { name, code, retryable, phase, status, message } };
    }
  }

  look() {
    const { states, warnings, reasons, events, invalid, ended, rejected, upload } = this;
    const { id, state, progress } = upload ?? {};
    return { id, state, progress, states, warnings, reasons, events, invalid, ended, rejected };
  }
}

const made = new Map();

/** A file of known content: xorshift32 from `seed`, words in little-endian order, its start overwritten with
 * the bytes of `head`. Equal files share their
 * bytes: a browser limits the memory for generated blobs. */
function file(wanted) {
  const key = JSON.stringify(wanted);
  if (!made.has(key)) made.set(key, make(wanted));
  return made.get(key);
}

function make({ name, seed, size, lastModified, type, head = [] }) {
  const words = new Uint32Array(Math.ceil(size / 4));
  let state = seed >>> 0 || 1;
  for (let at = 0; at < words.length; at += 1) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    words[at] = state;
  }
  const bytes = new Uint8Array(words.buffer, 0, size);
  bytes.set(head);
  const options = { type: type ?? "application/octet-stream", lastModified: lastModified ?? 1_700_000_000_000 };
  return new File([bytes], name, options);
}

/** The file of a case: generated, or the picked one. */
function take(wanted) {
  return wanted === "picked" ? document.querySelector("input").files[0] : file(wanted);
}

/** Runs `work` with the case and records its failure. */
function run(key, work) {
  if (!cases.has(key)) cases.set(key, new Case(key));
  const one = cases.get(key);
  Promise.resolve()
    .then(() => work(one))
    .catch((error) => (one.rejected = String(error?.stack ?? error)));
  return one;
}

/** Opens a client unless there is one, and starts an upload. */
function begin(key, given) {
  run(key, async (one) => {
    if (!one.client) await one.open(given);
    one.follow(one.client.upload(take(given.file), { ...one.callbacks(), ...given.upload }));
  });
}

/** Opens a client. */
function open(key, given) {
  run(key, (one) => one.open(given));
}

/** Opens a client, and resumes the one upload of an earlier page. */
function goOn(key, given) {
  run(key, async (one) => {
    if (!one.client) await one.open(given);
    const entries = await one.client.resumable();
    one.resumable = entries.map(({ id, name, size, needs }) => ({ id, name, size, needs }));
    if (entries.length !== 1) throw new Error(`${entries.length} uploads to go on with`);
    one.follow(await entries[0].attach(take(given.file), one.callbacks()));
  });
}

window.faults = { cases, run, open, begin, goOn, file, take, Case };

let meter;

/** Starts to measure the longest gap on the main thread, and to count frames. */
function watch() {
  meter = { gap: 0, frames: 0, last: performance.now(), on: true };
  const one = meter;
  const tick = () => {
    const now = performance.now();
    one.gap = Math.max(one.gap, now - one.last);
    one.last = now;
    if (one.on) setTimeout(tick, 4);
  };
  const frame = () => {
    one.frames += 1;
    if (one.on) requestAnimationFrame(frame);
  };
  setTimeout(tick, 4);
  requestAnimationFrame(frame);
}

/** Stops measuring; returns the longest gap in milliseconds, and the frames. */
function watched() {
  meter.on = false;
  return { gap: Math.round(meter.gap), frames: meter.frames };
}

Object.assign(window.faults, { watch, watched });
