// Records a live upload: from its source into its spool. Loaded by pages that record.
import { blobOf } from "./source.js";
import { Spool } from "./spool.js";

export { sweep } from "./spool.js";

/** @import { Piece, Source } from "./source.js" */

/** What is told to the module: `bytes` are recorded, `ready` of them can be read from `file`. `error` is why the source
 * failed, `cause` why the spool does not outlive the page; `head` says that the first bytes have changed; `type` is what a
 * recorder calls what it makes.
 * @typedef {{ bytes: number, ready: number, file?: Spool, ended?: boolean, error?: unknown, cause?: string, head?: boolean,
 *   type?: string | undefined, durationMs?: number | undefined }} News */
/** @typedef {(news: News) => unknown} Hear */

/** Gives a webm its duration and cues; the module has it.
 * @typedef {object} Mender
 * @property {number | undefined} headLength bytes of the head, once it is known
 * @property {number | undefined} durationMs
 * @property {() => void} restart forgets what it has seen
 * @property {(bytes: Uint8Array, again?: boolean) => Uint8Array<ArrayBuffer>} add what to spool in place of the next bytes
 * @property {() => Uint8Array<ArrayBuffer>} end what to spool at the end
 * @property {(first: Uint8Array) => Uint8Array<ArrayBuffer> | undefined} mended the head in place of these first bytes */

/** `worker` starts one that writes; `persist`: the browser is asked to keep what is spooled.
 * @typedef {{ worker?: (() => Worker) | undefined, mender?: Mender, persist?: boolean }} Settings */

/** A recording that runs.
 * @typedef {{ release(bytes: number): void, finish(limit?: number): void, end(gone: boolean): void }} Recorder */

/** Most bytes that are copied at a time. */
const STEP = 4 * 1024 * 1024;

/** @param {Source | undefined} source
 * @param {string} id
 * @param {Hear} hear
 * @param {Settings} settings
 * @returns {Promise<Recorder>} */
export async function open(source, id, hear, { worker, mender, persist }) {
  if (!source) return left(await Spool.left(id), hear, mender);
  if (persist) navigator.storage?.persist?.().catch(() => {});
  const { pieces, stop, hold, type } = source;
  const spool = await Spool.open(id, worker);
  let [over, most] = [false, Infinity];
  const record = async () => {
    let told = "";
    const tell = (/** @type {Partial<News>} */ more = {}) => {
      if (over) return;
      if (spool.cause !== told) more.cause = told = spool.cause;
      hear(news(spool, { type: type?.(), ...more }));
    };
    /** The first thing that went wrong: the source, or the disk.
     * @type {unknown} */
    let error;
    const failed = (/** @type {unknown} */ thrown) => void (error ??= thrown ?? new Error("the source failed"));
    try {
      for await (const piece of pieces) {
        for (const part of steps(piece)) {
          if (over) return;
          if (spool.full) hold(true);
          await spool.add(mender ? new Blob([mender.add(await bytesOf(part))]) : part);
          tell();
        }
      }
    } catch (thrown) {
      failed(thrown);
    }
    if (mender) await spool.add(new Blob([mender.end()])).catch(failed);
    await spool.seal();
    const seen = spool.ready > most ? await reread(spool, mender, most) : mender;
    tell({ ended: true, error, ...(await mend(spool, seen)) });
  };
  record();
  return {
    release(bytes) {
      spool.release(bytes);
      if (!spool.full) hold(false);
    },
    finish(limit = Infinity) {
      most = Math.min(most, limit);
      stop();
    },
    end(gone) {
      over = true;
      stop(true);
      spool.end(gone);
    },
  };
}

/** What an earlier page has recorded.
 * @param {Spool} spool
 * @param {Hear} hear
 * @param {Mender | undefined} mender
 * @returns {Promise<Recorder>} */
async function left(spool, hear, mender) {
  const { durationMs } = await mend(spool, await reread(spool, mender, spool.ready));
  hear(news(spool, { ended: true, durationMs }));
  return { release() {}, finish() {}, end: (gone) => void spool.end(gone) };
}

/** The mender, having seen these first bytes of a spool alone; undefined if they cannot all be read: its length would be wrong.
 * @param {Spool} spool
 * @param {Mender | undefined} mender
 * @param {number} most */
async function reread(spool, mender, most) {
  mender?.restart();
  for (let at = 0; mender && spool.whole && at < most; at += STEP) {
    const bytes = await bytesOf(spool.slice(at, Math.min(at + STEP, most))).catch(() => undefined);
    if (!bytes) return undefined;
    mender.add(bytes, true);
  }
  return mender;
}

/** Puts the mended head in place of the first bytes, if all is there that it is made of, and can be read.
 * @param {Spool} spool
 * @param {Mender | undefined} mender
 * @returns {Promise<{ head?: boolean, durationMs?: number | undefined }>} */
async function mend(spool, mender) {
  const length = mender?.headLength;
  if (!mender || !length || !spool.whole) return {};
  const first = await bytesOf(spool.slice(0, length)).catch(() => undefined);
  const head = first && mender.mended(first);
  if (head) spool.head = new Blob([head]);
  return { head: head !== undefined, durationMs: mender.durationMs };
}

/** A piece in steps of bounded length.
 * @param {Piece} piece
 * @returns {Iterable<Blob>} */
function* steps(piece) {
  const blob = blobOf(piece);
  for (let at = 0; at < blob.size; at += STEP) yield blob.slice(at, at + STEP);
}

/** @param {Blob} blob */
async function bytesOf(blob) {
  return new Uint8Array(await blob.arrayBuffer());
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
