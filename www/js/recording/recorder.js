// The recorder: a camera, a microphone or a screen, uploaded while it is recorded.

import { confirmDiscard } from "../ask.js";
import { byId, details, make, setText } from "../dom.js";
import { bytes } from "../format.js";
import { explain } from "../messages.js";
import { capture, recorderOf, release } from "./capture.js";
import { drawHistory } from "./chart.js";
import { fileName, recordedType, storedType } from "./media-type.js";
import { History, LINES } from "./history.js";
import { Level } from "./level.js";
import { WARNINGS, clock, lost, missing, refusal, status } from "./words.js";

/** Time between two points of the chart, in milliseconds. */
const STEP_MS = 250;

/** In which states a button is there. */
const SHOWN = {
  record: ["idle", "asking", "stored", "failed", "discarded"],
  "stop-recording": ["recording"],
  "pause-sending": ["recording", "sending"],
  "retry-recording": ["failed"],
  "discard-recording": ["recording", "sending", "failed"],
  kill: ["recording", "sending"],
};

/** What runs, or ran last: `kind`, `name`, `stream`, `upload`, `history`, `since` and `ended` by the page's clock.
 * @typedef {{ kind: string, name: string, stream: MediaStream, upload: object, history: History, since: number, ended?: number }} Run */

export class Recorder {
  #client;
  #hooks;
  #box = byId("recorder");
  #level = new Level(byId("recorder-level"));
  #state = "idle";
  /** @type {Run | undefined} */
  #run;
  #timer;
  #stopped = new AbortController();

  /** `onRecord` gets a record, `onLate` why there is none yet, `onLost` what failed; `kill` leaves the page at once, and is
   * undefined where nobody should. */
  constructor(client, hooks) {
    this.#client = client;
    this.#hooks = hooks;
    const { signal } = this.#stopped;
    this.#box.addEventListener("click", ({ target }) => this.#act(target.closest("button")?.dataset.action), { signal });
    byId("recorder-sources").addEventListener("change", () => this.#check(), { signal });
    this.#show("idle");
    this.#check();
  }

  /** Takes a warning of the client if it concerns a recording. */
  warned({ code }) {
    const sentence = WARNINGS[code];
    if (sentence) this.#warn(sentence);
    return sentence !== undefined;
  }

  /** Gives the devices back. What was recorded is kept by the client. */
  stop() {
    this.#stopped.abort();
    clearInterval(this.#timer);
    if (this.#run) this.#quiet(this.#run);
    this.#run = undefined;
    this.#show("idle");
    byId("recorder-facts").hidden = true;
    this.#fail();
    this.#warn();
  }

  get #kind() {
    return this.#box.querySelector("input[name=source]:checked").value;
  }

  #act(action) {
    const { upload } = this.#run ?? {};
    if (action === "record" && this.#state !== "asking") this.#start();
    if (action === "stop-recording") upload.finish();
    if (action === "pause-sending") upload.state === "paused" ? upload.resume() : upload.pause();
    if (action === "retry-recording") this.#retry(this.#run);
    if (action === "discard-recording") this.#discard(this.#run);
    if (action === "kill") this.#hooks.kill();
    if (upload) this.#tick();
  }

  /** Says what cannot be had here; whether all can. */
  #check() {
    const world = { secure: isSecureContext, devices: navigator.mediaDevices, recorder: globalThis.MediaRecorder };
    const lacking = missing(this.#kind, world);
    this.#fail(lacking);
    return !lacking;
  }

  async #start() {
    if (!this.#check()) return;
    const kind = this.#kind;
    this.#warn();
    this.#show("asking", kind);
    let stream;
    try {
      const type = recordedType(kind, (candidate) => MediaRecorder.isTypeSupported(candidate));
      if (!type) throw new DOMException("MediaRecorder makes none of the types", "NotSupportedError");
      stream = await capture(kind);
      if (this.#stopped.signal.aborted) return release(stream);
      this.#begin(kind, stream, type);
    } catch (error) {
      release(stream);
      if (this.#stopped.signal.aborted) return;
      this.#show("idle");
      this.#fail(error?.code && typeof error.code === "string" ? explain(error).sentence : refusal(kind, error), `${error?.name}: ${error?.message}`);
    }
  }

  #begin(kind, stream, type) {
    const media = recorderOf(stream, type);
    const name = fileName(kind, type, new Date());
    const upload = this.#client.uploadLive(media, { name, type: storedType(type), fixDuration: true, onStateChange: () => this.#tick() });
    const run = { kind, name, stream, upload, history: new History(), since: performance.now() };
    this.#run = run;
    media.addEventListener("stop", () => this.#over(run));
    for (const track of stream.getTracks()) track.addEventListener("ended", () => this.#lost(run));
    this.#box.dataset.recording = upload.id;
    this.#follow(run);
    this.#level.start(stream);
    const preview = byId("recorder-preview");
    preview.hidden = stream.getVideoTracks().length === 0;
    if (!preview.hidden) preview.srcObject = stream;
    byId("recorder-facts").hidden = false;
    this.#show("recording", kind);
    clearInterval(this.#timer);
    this.#timer = setInterval(() => this.#tick(), STEP_MS);
    this.#tick();
  }

  async #follow(run) {
    try {
      await run.upload.done;
      this.#end(run, "stored");
      run.upload.processed().then(this.#hooks.onRecord, this.#hooks.onLate);
    } catch (error) {
      const { code, sentence, facts } = explain(error);
      this.#end(run, code === "aborted" ? "discarded" : "failed");
      if (code === "aborted" || code === "closed" || this.#run !== run) return;
      this.#fail(sentence, facts);
    }
  }

  #retry(run) {
    this.#fail();
    run.upload.retry();
    this.#show("sending", run.kind);
    this.#timer = setInterval(() => this.#tick(), STEP_MS);
    this.#follow(run);
  }

  /** A device has ended by itself. */
  #lost(run) {
    if (run.ended !== undefined || this.#run !== run) return;
    this.#warn(lost(run.kind));
    run.upload.finish();
  }

  /** Nothing more is recorded. */
  #over(run) {
    run.ended ??= performance.now();
    this.#quiet(run);
    if (this.#run === run && this.#state === "recording") this.#show("sending", run.kind);
  }

  #quiet({ stream }) {
    release(stream);
    this.#level.stop();
    const preview = byId("recorder-preview");
    preview.srcObject = null;
    preview.hidden = true;
  }

  /** The upload has ended. */
  #end(run, state) {
    run.ended ??= performance.now();
    if (this.#run !== run) return release(run.stream);
    clearInterval(this.#timer);
    this.#tick();
    this.#quiet(run);
    this.#show(state, run.kind);
  }

  async #discard(run) {
    const sure = this.#state === "failed" || (await confirmDiscard(run.name, this.#stopped.signal));
    if (sure) run.upload.abort();
    // An upload that has failed rejects no more.
    if (sure && this.#state === "failed") {
      this.#fail();
      this.#show("discarded", run.kind);
    }
  }

  #tick() {
    const run = this.#run;
    if (!run || !["recording", "sending"].includes(this.#state)) return;
    const now = performance.now();
    const { progress, state } = run.upload;
    run.history.add(now - run.since, progress);
    if (document.hidden) return;
    setText(byId("recorder-time"), clock((run.ended ?? now) - run.since));
    for (const name of LINES) setText(byId(`recorder-${name}`), bytes(progress[name] ?? 0));
    drawHistory(byId("recorder-chart"), byId("recorder-chart-words"), run.history);
    setText(this.#button("pause-sending"), state === "paused" ? "Go on sending" : "Pause sending");
    setText(byId("recorder-words"), status(this.#state, run.kind, state, progress.sent));
  }

  #button(action) {
    return this.#box.querySelector(`.recorder-actions [data-action=${action}]`);
  }

  #show(state, kind = this.#kind) {
    this.#state = state;
    this.#box.dataset.state = state;
    const { activeElement } = document;
    for (const [action, states] of Object.entries(SHOWN)) {
      this.#button(action).hidden = !states.includes(state) || (action === "kill" && !this.#hooks.kill);
    }
    this.#button("record").setAttribute("aria-disabled", String(state === "asking"));
    this.#button("record").classList.toggle("primary", state !== "failed");
    byId("recorder-sources").disabled = ["asking", "recording", "sending"].includes(state);
    byId("recorder-time").hidden = state === "idle" || state === "asking";
    setText(byId("recorder-words"), status(state, kind, this.#run?.upload.state, this.#run?.upload.progress.sent));
    // The button that had the focus is gone: the next one has it.
    if (activeElement?.closest(".recorder-actions") && activeElement.hidden) {
      [...this.#box.querySelectorAll(".recorder-actions button")].find(({ hidden }) => !hidden)?.focus();
    }
  }

  #fail(sentence, facts) {
    const box = byId("recorder-problem");
    box.hidden = !sentence;
    box.replaceChildren(...(sentence ? [make("span", { class: "sentence" }, sentence)] : []), ...(facts ? [details(facts)] : []));
  }

  #warn(sentence = "") {
    byId("recorder-warning").hidden = !sentence;
    setText(byId("recorder-warning"), sentence);
  }
}
