// Records a live upload: from its source into its spool. Loaded by pages that record.
import { sourceOf } from "./source.js";
import { Spool } from "./spool.js";

/** @typedef {import("./source.js").LiveSource} LiveSource */
/** @typedef {import("./source.js").Source} Source */

/** What is told to the module: `bytes` are recorded, `ready` of them can be read from `file`. `error` is why the source
 * failed, `cause` why the spool does not outlive the page.
 * @typedef {{ bytes: number, ready: number, file?: Spool, ended?: boolean, error?: unknown, cause?: string }} News */
/** @typedef {(news: News) => unknown} Hear */

/** A recording that runs.
 * @typedef {{ release(bytes: number): void, finish(): void, end(gone: boolean): void }} Recorder */

/** @param {Exclude<LiveSource, MediaRecorder> | Source | undefined} source
 * @param {string} id
 * @param {(() => Worker) | undefined} worker
 * @param {Hear} hear
 * @returns {Promise<Recorder>} */
export async function open(source, id, worker, hear) {
  const spool = source ? new Spool(id, worker) : await Spool.left(id);
  if (!source) {
    hear(news(spool, { ended: true }));
    return { release() {}, finish() {}, end: (gone) => void spool.end(gone) };
  }
  const { pieces, stop, hold } = sourceOf(source);
  let over = false;
  const record = async () => {
    let told = "";
    const tell = (/** @type {Partial<News>} */ more = {}) => {
      if (over) return;
      if (spool.cause !== told) more.cause = told = spool.cause;
      hear(news(spool, more));
    };
    /** @type {unknown} */
    let error;
    try {
      for await (const piece of pieces) {
        if (over) return;
        if (spool.full) hold(true);
        await spool.add(piece);
        tell();
      }
    } catch (thrown) {
      error = thrown ?? new Error("the source failed");
    }
    await spool.seal();
    tell({ ended: true, error });
  };
  record();
  return {
    release(bytes) {
      spool.release(bytes);
      if (!spool.full) hold(false);
    },
    finish: stop,
    end(gone) {
      over = true;
      stop();
      spool.end(gone);
    },
  };
}

/** Bytes that an earlier page has recorded.
 * @param {string} id */
export async function leftBytes(id) {
  return (await Spool.left(id)).ready;
}

/** @param {Spool} spool
 * @param {Partial<News>} more
 * @returns {News} */
function news(spool, more) {
  return { bytes: spool.bytes, ready: spool.ready, file: spool, ...more };
}
