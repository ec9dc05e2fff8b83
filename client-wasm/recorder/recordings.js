// What a recorder does, and when.
import { isStored } from "../element/sums.js";
import { capture, fileName, recorderOf, refusal, release } from "./capture.js";
import { Run } from "./run.js";
import { named } from "./words.js";

/** @import { Resumable, UploadSnapshot } from "../npm/api.d.ts" */
/** @import { LiveClient } from "../npm/live.d.ts" */
/** @import { RecorderState } from "../npm/recorder.d.ts" */
/** @import { Kind } from "./capture.js" */
/** @import { Core } from "./core.js" */
/** @import { Kept } from "./form.js" */

/** One at a time: a new one takes the place of the one before. */
export class Recordings {
  /** @type {RecorderState} */
  state = "idle";
  /** What runs, or ran last.
   * @type {Run | undefined} */
  run;
  /** What is stored.
   * @type {Kept | undefined} */
  kept;
  /** The last one was discarded. */
  discarded = false;
  /** The start that waits for a person's leave.
   * @type {object | undefined} */
  #asking;

  /** @param {Core} core */
  constructor(core) {
    this.core = core;
  }

  /** Whether something is asked for, recorded or sent. */
  get isBusy() {
    return ["starting", "recording", "sending"].includes(this.state);
  }

  async start() {
    const { core } = this;
    const { host, kind } = core;
    if (core.isDisabled || this.isBusy) return;
    core.view?.note();
    this.discarded = false;
    if (!core.check()) return;
    const asking = (this.#asking = {});
    this.#become("starting");
    core.language.load("rare");
    /** @type {Promise<MediaStream> | undefined} */
    let asked;
    try {
      const opened = core.opener.open();
      // In the turn of the click: a screen is shared in no other.
      asked = capture(kind, host.constraints);
      const [client, stream] = await Promise.all([opened, asked]);
      if (this.#asking === asking) this.#begin(kind, client, stream);
      else release(stream);
    } catch (error) {
      asked?.then(release, () => {});
      if (this.#asking !== asking) return;
      this.cancel();
      const why = refusal(error);
      if (why) core.tell(named(why, kind));
      else core.explain(error);
      core.emit("crowfly-failed", { error });
    }
  }

  /** @param {Kind} kind
   * @param {LiveClient} client
   * @param {MediaStream} stream */
  #begin(kind, client, stream) {
    const { core } = this;
    const { folder, maxBytes, options, visibility } = core.host;
    const media = recorderOf(stream);
    const name = fileName(kind, media.mimeType, new Date());
    const given = typeof options === "function" ? options({ source: kind, name, type: media.mimeType }) : options;
    const upload = client.uploadLive(media, {
      name,
      maxBytes,
      fixDuration: true,
      ...(folder && { path: folder }),
      ...(visibility && { visibility }),
      ...given,
    });
    this.clear();
    const run = new Run(core, client, upload, given?.name ?? name);
    run.record(media, kind);
    core.view?.show(stream);
    this.#follow(run);
  }

  /** Goes on with what an earlier page left.
   * @param {Resumable} earlier */
  async attach({ name, recordedBytes, attach }) {
    const [client, upload] = await Promise.all([this.core.opener.open(), attach()]);
    this.clear();
    this.#follow(new Run(this.core, client, upload, name, recordedBytes));
  }

  /** @param {Run} run */
  #follow(run) {
    this.run = run;
    this.discarded = false;
    this.core.emit("crowfly-upload", { upload: run.upload });
    this.sync();
  }

  /** Takes over what the client says of the upload. */
  sync() {
    const { core, run } = this;
    if (!run) return;
    const seen = run.client.snapshot().uploads.find(({ id }) => id === run.upload.id);
    run.seen = seen;
    const state = stateOf(run, seen);
    if (state === this.state) return core.draw();
    const { upload } = run;
    const { error, stored } = seen ?? {};
    if (state === "failed" || state === "idle") run.finish();
    if (state === "idle") {
      run.leave();
      this.discarded = run.dropped;
      this.run = this.kept = undefined;
    }
    if (stored) this.kept = { id: stored.id, name: run.name, size: stored.size, verified: stored.verified };
    this.#become(state);
    if (stored) core.emit("crowfly-stored", { upload, result: stored });
    if (state === "failed") {
      core.explain(error);
      core.emit("crowfly-failed", { upload, error });
    }
    if (state === "idle" && seen) {
      // A source that has failed before it gave anything.
      if (!run.dropped && !seen.progress.recorded) core.tell("nothing");
      core.emit("crowfly-aborted", { upload });
    }
    if (!core.host.isConnected) core.rest();
  }

  /** Nothing more is recorded: why, by the name of a text; empty if there is nothing to say.
   * @param {Run} run
   * @param {string | undefined} why */
  over(run, why) {
    const { core } = this;
    if (this.run && this.run !== run) return;
    core.view?.show();
    const { maxBytes = Infinity } = core.host;
    if (why || (run.upload.progress.recorded ?? 0) >= maxBytes) core.tell(why || "limit_reached");
    this.sync();
  }

  stop() {
    this.run?.finish();
  }

  pause() {
    if (this.isBusy) this.run?.upload.pause();
  }

  resume() {
    if (this.isBusy) this.run?.upload.resume();
  }

  retry() {
    if (this.state !== "failed") return;
    this.core.view?.note();
    this.run?.upload.retry();
    this.sync();
  }

  /** Discards what is asked for, recorded, sent or failed. */
  cancel() {
    const { run, state } = this;
    if (state === "starting") {
      this.#asking = undefined;
      return this.#become(this.kept ? "stored" : "idle");
    }
    if (!run || state === "stored") return;
    run.dropped = true;
    this.core.view?.note();
    run.upload.abort();
    // One that has failed stays so.
    if (state === "failed") run.client.forget(run.upload.id);
    this.sync();
  }

  /** What has ended leaves the field. */
  clear() {
    const { run, state } = this;
    if (state === "recording" || state === "sending") return;
    if (state === "failed") return this.cancel();
    run?.leave();
    run?.client.forget(run.upload.id);
    this.#asking = this.run = this.kept = undefined;
    this.#become("idle");
  }

  /** @param {string} state */
  restore(state) {
    if (this.run) return;
    this.kept = JSON.parse(state);
    this.#become("stored");
  }

  /** The recorder has left the page: its device is given back, and what was recorded is sent. */
  leave() {
    if (this.state === "starting") this.cancel();
    this.run?.finish();
  }

  /** @param {RecorderState} state */
  #become(state) {
    this.state = state;
    this.core.changed();
    this.core.left?.show();
  }
}

/** What a recorder does while its upload is so.
 * @param {Run} run
 * @param {UploadSnapshot | undefined} seen
 * @returns {RecorderState} */
function stateOf(run, seen) {
  // It was aborted, or the page has told the client to forget it.
  if (!seen || seen.state === "aborted") return "idle";
  if (isStored(seen)) return "stored";
  return seen.state === "failed" ? "failed" : run.over ? "sending" : "recording";
}
