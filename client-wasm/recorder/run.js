// One recording: its devices, its clock, its upload.
import { release } from "./capture.js";
import { named } from "./words.js";

/** @import { Upload, UploadSnapshot } from "../npm/api.d.ts" */
/** @import { LiveClient, LiveUpload } from "../npm/live.d.ts" */
/** @import { Kind } from "./capture.js" */
/** @import { Core } from "./core.js" */

/** Time between two looks at the clock. */
const TICK_MS = 250;

export class Run {
  /** Nothing is recorded any more. */
  over = true;
  /** A person has discarded it. */
  dropped = false;
  /** The upload, as it was last seen.
   * @type {UploadSnapshot | undefined} */
  seen;
  /** @type {MediaRecorder | undefined} */
  #media;
  /** Why it is over, by the name of a text; empty if there is nothing to say.
   * @type {string | undefined} */
  #why;
  #recorded = 0;
  /** Since when it is recorded, unless the recorder is paused.
   * @type {number | undefined} */
  #since;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #timer;

  /** @param {Core} core
   * @param {LiveClient} client
   * @param {Upload | LiveUpload} upload
   * @param {string} name of the file
   * @param {number} [bytes] that an earlier page has recorded */
  constructor(core, client, upload, name, bytes = 0) {
    this.core = core;
    this.client = client;
    this.upload = upload;
    this.name = name;
    this.bytes = bytes;
    /** Ends the subscription to the client. */
    this.leave = client.subscribe(() => core.recordings.sync());
  }

  /** Milliseconds that were recorded. */
  get ms() {
    return this.#recorded + (this.#since === undefined ? 0 : performance.now() - this.#since);
  }

  /** Follows a recorder that has just been started.
   * @param {MediaRecorder} media
   * @param {Kind} kind */
  record(media, kind) {
    this.#media = media;
    this.over = false;
    this.#since = performance.now();
    const hold = () => {
      this.#recorded = this.ms;
      this.#since = undefined;
    };
    // Where memory has no room for more, the client pauses it.
    media.addEventListener("pause", hold);
    media.addEventListener("resume", () => (this.#since = performance.now()));
    media.addEventListener("error", () => (this.#why ??= "source_failed"));
    media.addEventListener("stop", () => {
      hold();
      this.#stopped();
    });
    for (const track of media.stream.getTracks()) track.addEventListener("ended", () => this.finish(named("lost", kind)));
    this.#timer = setInterval(() => {
      const { maxSeconds = Infinity } = this.core.host;
      if (this.ms >= maxSeconds * 1000) this.finish("timeLimit");
      this.core.draw();
    }, TICK_MS);
  }

  /** Ends the recording: what there is of it is the whole.
   * @param {string} [why] the name of a text */
  finish(why = "") {
    if (this.over) return;
    this.#why ??= why;
    if (this.#media?.state === "inactive") this.#stopped();
    else this.#media?.stop();
  }

  #stopped() {
    if (this.over) return;
    this.over = true;
    clearInterval(this.#timer);
    release(this.#media?.stream);
    this.core.recordings.over(this, this.#why);
  }
}
