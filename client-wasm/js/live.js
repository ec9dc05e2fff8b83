// A live upload's source and its spool, as the module sees them. What does the work is loaded by pages that record.

/** @import { Hear, LiveSource, Recorder as Loaded } from "./recorder.js" */

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
    this.#loaded = import("./recorder.js").then(({ open }) => open(source, id, worker, tell));
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
