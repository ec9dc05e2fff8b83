// CRC64NVME in a worker, or in small steps in the page where there can be none.
import { listen } from "./values.js";

/** Reading is the bottleneck, so a third worker brings nothing. */
const MOST_WORKERS = 2;
/** About a quarter of a millisecond of work: the page stays smooth. */
const STEP = 256 * 1024;

/** The pause before a file is read again. */
const BLIND_MS = 250;

/** What an exception of reading a file means: undefined if the page can read nothing at all now, so that it says
 * nothing about the file. Browsers say NotReadableError when the file's time or size is no longer that of the moment
 * when it was picked; WebKit says it of every file as soon as a link was followed, even one that ends as a download. */
async function readFailure(name) {
  if (name !== "NotReadableError") return "unreadable";
  return new Blob(["x"]).arrayBuffer().then(() => "changed", () => undefined);
}

/** So many of a file's first bytes tell what kind of file it is. */
const FIRST_BYTES = 64;

/** The first bytes of a file; undefined if it cannot be read, which is said where it is sent. */
export async function readFirst(file) {
  try {
    return new Uint8Array(await file.slice(0, FIRST_BYTES).arrayBuffer());
  } catch {
    return undefined;
  }
}

/** Whether the first byte of a range can be read: why not, or undefined if it can, or if none can now. Storage
 * requests fail without a reason when it cannot. */
export async function probe(file, start, end) {
  for (let again = false; ; again = true) {
    try {
      const { byteLength } = await file.slice(start, Math.min(end, start + 1)).arrayBuffer();
      return byteLength === Math.min(end - start, 1) ? undefined : "changed";
    } catch (error) {
      const failure = await readFailure(error?.name);
      // The page may have become able to read between the two: the file has the last word.
      if (failure !== "changed" || again) return failure;
    }
  }
}

/** The workers of one client and what they do. `hear` is told of progress, `done` of the end of a job. */
export class Pool {
  #slots = [];
  #jobs = new Map();
  #broken = false;
  /** What was thrown instead of a worker. */
  #why;

  constructor(core, worker, { hear, done, warn }) {
    Object.assign(this, { core, worker, hear, done, warn });
  }

  /** Hashes a range of a file, and shows `look` the file's first bytes if they are read for that. */
  start(request, file, start, end, look) {
    const job = { request, file, start, end, look };
    this.#jobs.set(request, job);
    this.#begin(job);
  }

  #begin(job) {
    const { request, file, start, end } = job;
    // Handing a small file to a worker costs more than hashing it.
    if (end - start <= STEP) return void this.#inPage(job);
    const slot = this.#slot();
    try {
      slot.worker.postMessage({ id: request, blob: file, start, end });
      slot.busy += 1;
      job.slot = slot;
    } catch {
      // No worker, or one that the file cannot be sent to.
      this.#inPage(job);
    }
  }

  /** Stops a job; nothing more is heard of it. */
  cancel(request) {
    const job = this.#jobs.get(request);
    this.#jobs.delete(request);
    if (!job?.slot) return;
    job.slot.busy -= 1;
    // If it cannot be told, it works in vain.
    job.slot.worker.postMessage({ cancel: request });
  }

  /** Ends all workers and jobs. */
  close() {
    this.#jobs.clear();
    this.#endWorkers();
    this.#broken = true;
  }

  #finish(job, crc, failure) {
    if (!this.#jobs.delete(job.request)) return;
    this.#leave(job);
    this.done(job.request, crc, failure);
  }

  #leave(job) {
    if (job.slot) job.slot.busy -= 1;
    job.slot = undefined;
  }

  /** A file that could not be read is read again in a moment: once, and as often as the page can read none. */
  async #fail(job, name) {
    const failure = await readFailure(name);
    if (this.#jobs.get(job.request) !== job) return;
    if (failure && (failure !== "changed" || job.again)) return this.#finish(job, undefined, failure);
    this.#leave(job);
    if (failure) job.again = true;
    await new Promise((over) => setTimeout(over, BLIND_MS));
    if (this.#jobs.get(job.request) === job) this.#begin(job);
  }

  /** The worker with the least to do; a new one while all are busy and there may be more. */
  #slot() {
    if (this.#broken) return undefined;
    const [best] = [...this.#slots].sort((a, b) => a.busy - b.busy);
    if (best && (best.busy === 0 || this.#slots.length >= MOST_WORKERS)) return best;
    const slot = this.#open();
    if (!slot && !best) this.#giveUpWorkers(this.#why);
    return slot ?? best;
  }

  /** Starts a worker and lends it the compiled module. */
  #open() {
    try {
      const worker = this.worker();
      const slot = { worker, busy: 0 };
      slot.stop = listen(worker, ["message", "error", "messageerror"], (event) => {
        if (event.type === "message") return this.#hear(event.data);
        event.preventDefault();
        this.#giveUpWorkers(event.message);
      });
      worker.postMessage({ module: this.core.module() });
      this.#slots.push(slot);
      return slot;
    } catch (error) {
      this.#why = this.worker ? String(error?.message ?? error) : "none was given";
      return undefined;
    }
  }

  #hear({ failed, id, first, read, crc, error }) {
    if (failed) return this.#giveUpWorkers("it cannot use the module");
    const job = this.#jobs.get(id);
    if (!job) return undefined;
    if (first) return job.look(first);
    if (read !== undefined) return this.hear(id, read);
    return crc === undefined ? this.#fail(job, error) : this.#finish(job, crc);
  }

  /** Workers do not work here: what they had to do is done in the page. */
  #giveUpWorkers(why) {
    if (this.#broken) return;
    this.#broken = true;
    this.warn(why);
    this.#endWorkers();
    for (const job of this.#jobs.values()) {
      if (!job.slot) continue;
      job.slot = undefined;
      this.#inPage(job);
    }
  }

  #endWorkers() {
    for (const { stop, worker } of this.#slots.splice(0)) {
      stop();
      worker.terminate();
    }
  }

  async #inPage(job) {
    const digest = this.core.digest();
    let failure;
    try {
      for (let at = job.start; at < job.end; ) {
        const size = Math.min(STEP, job.end - at);
        const whole = size === job.file.size;
        const piece = whole ? job.file : job.file.slice(at, at + size);
        const bytes = new Uint8Array(await piece.arrayBuffer());
        if (this.#jobs.get(job.request) !== job) return;
        if (bytes.length !== size) throw new DOMException("the file ended early", "NotReadableError");
        if (at === 0) job.look(bytes.subarray(0, FIRST_BYTES));
        digest.add(bytes);
        at += size;
        this.hear(job.request, at - job.start);
      }
    } catch (error) {
      failure = String(error?.name);
    }
    const crc = digest.value();
    digest.free();
    if (failure) this.#fail(job, failure);
    else this.#finish(job, crc);
  }
}
