// A live upload's source and its spool, as the module sees them. What does the work is loaded by pages that record.

/** @import { Hear, Recorder as Loaded } from "./recorder.js" */
/** @import { LiveSource, Piece, Source } from "./source.js" */

/** How often a recorder hands over what it has, in milliseconds: so much is lost if the page dies. */
const SLICE_MS = 1_000;

/** What one live upload records. */
export class Recorder {
  /** @type {Promise<Loaded>} */
  #loaded;
  #over = false;

  /** @param {LiveSource | undefined} source none where an earlier page recorded
   * @param {string} id of the upload
   * @param {(() => Worker) | undefined} worker starts one
   * @param {Hear} hear */
  constructor(source, id, worker, hear) {
    // The module's function is gone after the end.
    /** @type {Hear} */
    const tell = (news) => this.#over || hear(news);
    this.#loaded = begin(source, id, worker, tell);
    this.#loaded.catch((error) => tell({ bytes: 0, ready: 0, ended: true, error }));
  }

  /** Storage has all up to here: memory need not keep it.
   * @param {number} bytes */
  release(bytes) {
    this.#loaded.then((loaded) => loaded.release(bytes), () => {});
  }

  /** Ends the recording: what there is by now is the whole. */
  finish() {
    this.#loaded.then((loaded) => loaded.finish(), () => {});
  }

  /** Stops the source. The spool stays for a later page, or goes with all that it holds.
   * @param {boolean} gone */
  end(gone) {
    this.#over = true;
    this.#loaded.then((loaded) => loaded.end(gone), () => {});
  }
}

/** Loads what records.
 * @param {LiveSource | undefined} source
 * @param {string} id
 * @param {(() => Worker) | undefined} worker
 * @param {Hear} tell */
async function begin(source, id, worker, tell) {
  // Before anything is waited for: a recorder repeats no piece, and the first one has the head of the recording.
  const given = source && "requestData" in source ? listen(source) : source;
  try {
    const { open } = await import("./recorder.js");
    return await open(given, id, worker, tell);
  } catch (error) {
    if (given && "stop" in given) /** @type {Source} */ (given).stop();
    throw error;
  }
}

/** What a recorder gives from now on. One that does not run is started.
 * @param {MediaRecorder} media
 * @returns {Source} */
function listen(media) {
  /** @type {Piece[]} */
  const waiting = [];
  let ended = false;
  /** @type {unknown} */
  let failed;
  let wake = () => {};
  let heardAt = performance.now();
  const abort = new AbortController();
  const { signal } = abort;
  media.addEventListener("dataavailable", ({ data }) => {
    heardAt = performance.now();
    waiting.push(data);
    wake();
  }, { signal });
  media.addEventListener("error", (event) => {
    failed = /** @type {ErrorEvent} */ (event).error ?? new Error("the recorder failed");
  }, { signal });
  /** @type {ReturnType<typeof setInterval> | undefined} */
  let timer;
  // The last piece comes before it: https://w3c.github.io/mediacapture-record/#dom-mediarecorder-stop
  media.addEventListener("stop", () => {
    clearInterval(timer);
    ended = true;
    wake();
  }, { signal });
  try {
    const own = media.state === "inactive";
    if (own) media.start(SLICE_MS);
    // The page may have started it without a time slice; and one that the computer has slept through gives no piece any
    // more until it is asked: https://issues.chromium.org/issues/367915809
    const silence = own ? 2 * SLICE_MS : SLICE_MS / 2;
    timer = setInterval(() => {
      if (media.state === "recording" && performance.now() - heardAt >= silence) media.requestData();
    }, SLICE_MS);
  } catch (error) {
    // As of a stream whose tracks have all ended.
    [ended, failed] = [true, error];
  }
  /** It waits for room, and not because the page has paused it. */
  let held = false;
  async function* pieces() {
    try {
      for (;;) {
        const piece = waiting.shift();
        if (piece) yield piece;
        else if (!ended) await /** @type {Promise<void>} */ (new Promise((resolve) => (wake = resolve)));
        else if (failed) throw failed;
        else return;
      }
    } finally {
      clearInterval(timer);
      abort.abort();
    }
  }
  return {
    pieces: pieces(),
    stop: () => media.state !== "inactive" && media.stop(),
    hold(wait) {
      if (wait && media.state === "recording") {
        held = true;
        media.pause();
      } else if (!wait && held) {
        held = false;
        if (media.state === "paused") media.resume();
      }
    },
  };
}

/** Bytes that an earlier page has recorded and that are still here.
 * @param {string} id */
export async function recordedBytes(id) {
  try {
    const { leftBytes } = await import("./recorder.js");
    return await leftBytes(id);
  } catch {
    return 0;
  }
}
