// What the cases need in the page. Their scripts call `window.faults`; each case has a key of its own, so
// that several can run side by side.

import { createClient } from "/crowfly/index.js";

const cases = new Map();

/** A token of one hour, by a clock that is right whatever becomes of the page's. */
function jwt() {
  const iat = Math.floor((performance.timeOrigin + performance.now()) / 1000);
  const part = (value) => btoa(JSON.stringify(value)).replace(/=/g, "");
  return `${part({ alg: "none" })}.${part({ iat, exp: iat + 3600 })}.${part("none")}`;
}

/** What is known of one case. */
class Case {
  warnings = [];
  reasons = [];
  states = [];
  unlawful = [];
  events = 0;
  ended = undefined;
  rejected = undefined;
  #last = { confirmed: 0 };

  constructor(key) {
    this.key = key;
  }

  /** Opens a client. `token` says how the application's function behaves. */
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

  /** Progress is lawful: nothing above the total, and what is confirmed never falls. */
  #check({ sent, confirmed, total }) {
    this.events += 1;
    const last = this.#last;
    this.#last = { sent, confirmed, total };
    if (sent > total || confirmed > sent || confirmed < last.confirmed) {
      this.unlawful.push({ sent, confirmed, total, before: last.confirmed });
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
    const { states, warnings, reasons, events, unlawful, ended, rejected, upload } = this;
    const { id, state, progress } = upload ?? {};
    return { id, state, progress, states, warnings, reasons, events, unlawful, ended, rejected };
  }
}

const made = new Map();

/** A file of known content: xorshift32 from `seed`, words in little-endian order, and at its start the bytes of
 * `head`, if there are any. Equal ones share their
 * bytes: a browser keeps only so much of what a page makes up. */
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

/** The file that a case names: made here, or the picked one. */
function take(wanted) {
  return wanted === "picked" ? document.querySelector("input").files[0] : file(wanted);
}

/** Does `work` with the case and keeps what goes wrong. */
function run(key, work) {
  if (!cases.has(key)) cases.set(key, new Case(key));
  const one = cases.get(key);
  Promise.resolve()
    .then(() => work(one))
    .catch((error) => (one.rejected = String(error?.stack ?? error)));
  return one;
}

/** Opens a client if there is none yet, and starts an upload. */
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

/** Opens a client, and goes on with the one upload that an earlier page left. */
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

/** Begins to watch how long the page does nothing else, and to count its frames. */
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

/** Ends that; the longest gap in milliseconds, and the frames. */
function watched() {
  meter.on = false;
  return { gap: Math.round(meter.gap), frames: meter.frames };
}

Object.assign(window.faults, { watch, watched });
