// A live upload's source and its spool, as the module sees them. The source is listened to at once; what spools is loaded
// by pages that record.
import { sourceOf } from "./source.js";

/** @import { Hear, Recorder as Loaded, Settings } from "./spooling.js" */
/** @import { LiveSource } from "./source.js" */

/** What one live upload records. */
export class Recorder {
  /** @type {Promise<Loaded>} */
  #loaded;
  #over = false;

  /** @param {LiveSource | undefined} given none where an earlier page recorded
   * @param {string} id of the upload
   * @param {Hear} hear
   * @param {Settings} settings */
  constructor(given, id, hear, settings) {
    // The module's function is gone after the end.
    /** @type {Hear} */
    const tell = (news) => this.#over || hear(news);
    const source = given && sourceOf(given);
    this.#loaded = import("./spooling.js").then(({ open }) => open(source, id, tell, settings));
    this.#loaded.catch((error) => {
      source?.stop(true);
      tell({ bytes: 0, ready: 0, ended: true, error });
    });
  }

  /** Storage has all up to here: memory need not keep it.
   * @param {number} bytes */
  release(bytes) {
    this.#loaded.then((loaded) => loaded.release(bytes), () => {});
  }

  /** Ends the recording: what there is by now is the whole.
   * @param {number} [limit] most bytes of it that are sent */
  finish(limit) {
    this.#loaded.then((loaded) => loaded.finish(limit), () => {});
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
    const { leftBytes } = await import("./spooling.js");
    return await leftBytes(id);
  } catch {
    return 0;
  }
}

/** Deletes the spools that were last written before this moment.
 * @param {number} oldest Unix milliseconds */
export async function sweepSpools(oldest) {
  try {
    const root = await navigator.storage.getDirectory();
    // Most pages have none.
    await root.getDirectoryHandle("crowfly");
    const { sweep } = await import("./spooling.js");
    await sweep(oldest);
  } catch {
    // There is nothing to delete.
  }
}
