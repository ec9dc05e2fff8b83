// What a live upload has recorded, until storage has it: in the origin's private file system, which outlives the page, or in
// memory where that cannot be had. https://fs.spec.whatwg.org/

/** Where the spools are, one folder for each upload. */
const FOLDER = "crowfly";
/** Most bytes in memory. */
const MEMORY = 64 * 1024 * 1024;

/** How often the deletion of a spool is tried, and the wait before the second time in milliseconds, which grows. */
const REMOVALS = 8;
const REMOVAL_MS = 50;

/** The least room on the disk with which a spool begins there, in bytes. */
const ROOM = 16 * 1024 * 1024;

/** Longest wait for a write, in milliseconds. */
const ANSWER_MS = 30_000;

/** @param {unknown} error */
const textOf = (error) => String(/** @type {Error | undefined} */ (error)?.message ?? error);

/** @param {number} ms */
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** What the worker answers, `bytes` being all that is written, `files` how many files are complete.
 * @typedef {{ call: number, bytes: number, files: number, error?: string }} Answer */

/** The bytes of one recording: they only grow. */
export class Spool {
  /** Its complete files, or pieces in memory, and where each begins.
   * @type {{ blob: Blob | undefined, start: number }[]} */
  #blocks = [];
  /** Bytes that can be read. */
  ready = 0;
  /** Bytes that were written. */
  bytes = 0;
  /** Why the disk is not used any more. */
  cause = "";
  /** What stands in place of the first bytes. */
  head = new Blob();
  /** Nothing was released. */
  whole = true;
  #files = 0;
  /** @type {string} */
  #id;
  /** @type {Worker | undefined} */
  #worker;
  /** @type {Map<number, { resolve: (answer: Answer) => void, reject: (error: unknown) => void }>} */
  #calls = new Map();
  #call = 0;
  /** Why the worker answers no more. */
  #broken = "";
  #inMemory = 0;
  #roomy = () => {};

  /** @param {string} id of the upload */
  constructor(id) {
    this.#id = id;
  }

  /** A spool that begins.
   * @param {string} id
   * @param {(() => Worker) | undefined} worker starts one that writes */
  static async open(id, worker) {
    const spool = new Spool(id);
    try {
      const { quota = Infinity, usage = 0 } = (await navigator.storage?.estimate?.()) ?? {};
      if (quota - usage < ROOM) throw new Error("the disk is nearly full");
      spool.#worker = worker?.();
      if (!spool.#worker) throw new Error("no worker");
      spool.#listen(spool.#worker);
    } catch (error) {
      spool.cause = textOf(error);
    }
    return spool;
  }

  /** @param {Worker} worker */
  #listen(worker) {
    worker.addEventListener("message", (/** @type {MessageEvent<Answer>} */ { data }) => {
      this.#calls.get(data.call)?.resolve(data);
      this.#calls.delete(data.call);
    });
    worker.addEventListener("error", (event) => {
      event.preventDefault?.();
      this.#broken = event.message || "the worker broke";
      for (const { reject } of this.#calls.values()) reject(this.#broken);
      this.#calls.clear();
    });
  }

  /** Adds bytes; resolves once a crash of the page does not lose them, or memory has room for them.
   * @param {Blob} data */
  async add(data) {
    if (!data.size) return;
    if (this.#worker) {
      const before = this.bytes;
      await this.#ask({ data }).catch((error) => this.#give(error));
      if (this.#worker) return;
      if (this.bytes < before) throw new Error("what was recorded cannot be read back");
      // What the disk took of it stays there.
      data = data.slice(this.bytes - before);
    }
    await this.#room(data.size);
    this.#block(data);
    this.#inMemory += data.size;
    this.bytes = this.ready;
  }

  /** All that was added can be read. */
  async seal() {
    if (this.#worker) await this.#ask({ seal: true }).catch((error) => this.#give(error));
  }

  /** A range of what can be read.
   * @param {number} start
   * @param {number} end */
  slice(start, end) {
    const pieces = [this.head.slice(start, end)];
    start = Math.min(Math.max(start, this.head.size), end);
    for (const { blob, start: from } of this.#blocks) {
      const size = blob?.size ?? 0;
      if (from + size <= start || from >= end) continue;
      pieces.push(/** @type {Blob} */ (blob).slice(Math.max(0, start - from), end - from));
    }
    return new Blob(pieces);
  }

  /** Storage has all up to here.
   * @param {number} bytes */
  release(bytes) {
    for (const block of this.#blocks) {
      if (!block.blob || block.blob instanceof File || block.start + block.blob.size > bytes) continue;
      this.#inMemory -= block.blob.size;
      block.blob = undefined;
      this.whole = false;
    }
    this.#roomy();
  }

  /** Ends the writing. With `gone`, all is deleted.
   * @param {boolean} gone */
  async end(gone) {
    this.#worker?.terminate();
    this.#worker = undefined;
    for (const { reject } of this.#calls.values()) reject("it has ended");
    // The file that the worker wrote is locked until the worker has ended.
    for (let tries = 0; gone && tries < REMOVALS; tries++) {
      await pause(tries * REMOVAL_MS);
      gone = await remove(this.#id).then(
        () => false,
        (/** @type {DOMException} */ { name }) => tries === 0 || name !== "NotFoundError",
      );
    }
  }

  /** What an earlier page left.
   * @param {string} id */
  static async left(id) {
    const spool = new Spool(id);
    await spool.#read(Infinity);
    spool.bytes = spool.ready;
    return spool;
  }

  /** @param {{ data?: Blob, seal?: true }} work */
  async #ask(work) {
    const call = ++this.#call;
    /** @type {Answer} */
    const answer = await new Promise((resolve, reject) => {
      if (this.#broken) return reject(this.#broken);
      const timer = setTimeout(() => reject("the disk does not answer"), ANSWER_MS);
      /** @type {<T>(settle: (value: T) => void) => (value: T) => void} */
      const end = (settle) => (value) => {
        clearTimeout(timer);
        settle(value);
      };
      this.#calls.set(call, { resolve: end(resolve), reject: end(reject) });
      this.#worker?.postMessage({ spool: this.#id, call, ...work });
    });
    this.bytes = answer.bytes;
    await this.#read(answer.files);
    if (answer.error) throw answer.error;
  }

  /** Takes up the complete files.
   * @param {number} most */
  async #read(most) {
    if (this.#files >= most) return;
    const folder = await folderOf(this.#id, false);
    for (; this.#files < most; this.#files++) {
      const handle = await folder.getFileHandle(String(this.#files)).catch(() => undefined);
      if (!handle) return;
      this.#block(await handle.getFile());
    }
  }

  /** @param {Blob} blob */
  #block(blob) {
    this.#blocks.push({ blob, start: this.ready });
    this.ready += blob.size;
  }

  /** From now on in memory.
   * @param {unknown} error */
  async #give(error) {
    this.cause = textOf(error);
    this.#worker?.terminate();
    this.#worker = undefined;
    // The last file, too, is complete by now.
    await this.#read(Infinity).catch(() => {});
    this.bytes = this.ready;
  }

  /** @param {number} bytes */
  async #room(bytes) {
    while (this.#inMemory > 0 && this.#inMemory + bytes > MEMORY) {
      await /** @type {Promise<void>} */ (new Promise((resolve) => (this.#roomy = resolve)));
    }
  }

  /** Whether memory is nearly full. */
  get full() {
    return this.#inMemory > MEMORY / 2;
  }
}

/** @param {string} id
 * @param {boolean} create */
async function folderOf(id, create) {
  const root = await navigator.storage.getDirectory();
  const spools = await root.getDirectoryHandle(FOLDER, { create });
  return spools.getDirectoryHandle(id, { create });
}

/** Deletes the spools that were last written before this moment.
 * @param {number} oldest Unix milliseconds */
export async function sweep(oldest) {
  const root = await navigator.storage.getDirectory();
  const spools = await root.getDirectoryHandle(FOLDER);
  for await (const [id, folder] of spools.entries()) {
    // One that is written now may be locked.
    const written = await lastWritten(/** @type {FileSystemDirectoryHandle} */ (folder)).catch(() => Infinity);
    if (written < oldest) await remove(id).catch(() => {});
  }
}

/** @param {FileSystemDirectoryHandle} folder */
async function lastWritten(folder) {
  const times = [];
  for await (const file of folder.values()) {
    const { lastModified } = await /** @type {FileSystemFileHandle} */ (file).getFile();
    times.push(lastModified);
  }
  // An empty one was just begun.
  return times.length ? Math.max(...times) : Infinity;
}

/** Deletes a spool.
 * @param {string} id */
async function remove(id) {
  const root = await navigator.storage.getDirectory();
  const spools = await root.getDirectoryHandle(FOLDER);
  await spools.removeEntry(id, { recursive: true });
}
