// The journal: uploads that a later page can go on with, in IndexedDB; in memory where that is refused.
// https://developer.mozilla.org/docs/Web/API/IndexedDB_API

export { Recorder, recordedBytes, sweepSpools } from "./live.js";
export { keepPath, keptPath } from "./path.js";
export { Owner } from "./locks.js";

/** What the journal keeps of one upload, or of one client without Web Locks. Whoever reads it trusts no field but `id`.
 * @typedef {{ id: IDBValidKey, owner?: unknown, [field: string]: unknown }} Entry */

/** Gets an entry, or undefined, and gives the new one, null to take it out, or undefined to leave it.
 * @typedef {(entry: Entry | undefined) => Entry | null | undefined} Change */

/** What is wanted of one entry: that `result` is written, or the entry taken out if that is null. With `change`, the
 * result is made from what is stored.
 * @typedef {{ id: IDBValidKey, result?: Entry | null | undefined, change?: Change }} Task */

/** A task, and who waits for it.
 * @typedef {Task & { done: (result: Entry | null | undefined) => void }} Job */

const TABLE = "uploads";
/** Some browsers never answer when storage is broken. */
const OPEN_MS = 3_000;
/** A stale entry is harmless: its upload is found to have ended. */
const REMOVE_MS = 100;
/** From so many on, entries are taken out by ranges. */
const RUN = 8;
const SILENT = "IndexedDB does not answer";
const UNAVAILABLE =
  "IndexedDB is refused, blocked or full: uploads cannot go on after this page is left";

/** What could not be written, by the journal's name: the clients of a page share it.
 * @type {Map<string, Map<IDBValidKey, Entry | null>>} */
const memories = new Map();

/** Entries by `id`, of one API and one user. */
export class Journal {
  /** @type {string} */
  #name;
  /** @type {() => void} */
  #warn;
  /** @type {Promise<IDBDatabase> | undefined} */
  #opening;
  /** @type {Map<IDBValidKey, Entry | null>} */
  #memory;
  #warned = false;
  /** The browser does not answer: IndexedDB is not used any more. */
  #silent = false;
  /** @type {Job[]} */
  #work = [];
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @type {Promise<void> | undefined} */
  #flushing;
  #again = false;

  /** @param {string} name sets it apart from other journals
   * @param {(message: string) => void} warn told once, when IndexedDB cannot be used */
  constructor(name, warn) {
    this.#name = name;
    this.#memory = memories.get(name) ?? new Map();
    memories.set(name, this.#memory);
    this.#warn = () => warn(UNAVAILABLE);
  }

  /** The name that sets it apart from other journals. */
  get name() {
    return this.#name;
  }

  /** Sets fields of an entry that is there, in one step. Resolves to the new entry; to undefined if there is none, or if
   * it is not `owner`'s.
   * @param {IDBValidKey} id
   * @param {object} fields
   * @param {unknown} [owner] whose it must be */
  patch(id, fields, owner) {
    const right = (/** @type {Entry | undefined} */ entry) => entry && (owner === undefined || entry.owner === owner);
    return this.#ask({ id, change: (entry) => (right(entry) ? { .../** @type {Entry} */ (entry), ...fields } : undefined) });
  }

  /** Writes an entry, replacing any other.
   * @param {Entry} entry */
  put(entry) {
    return this.#ask({ id: entry.id, result: entry });
  }

  /** Takes an entry out in a moment: many of these share a transaction. At once where the page may end.
   * @param {IDBValidKey} id
   * @param {number} [wait] milliseconds */
  remove(id, wait = REMOVE_MS) {
    return this.#ask({ id, result: null }, wait);
  }

  /** @param {Task} task
   * @param {number} [wait]
   * @returns {Promise<Entry | null | undefined>} */
  #ask(task, wait) {
    return new Promise((done) => {
      this.#work.push({ ...task, done });
      if (wait) this.#timer ??= setTimeout(() => this.#flush(), wait);
      else this.#flush();
    });
  }

  /** One entry, or undefined.
   * @param {IDBValidKey} id
   * @returns {Promise<Entry | undefined>} */
  async read(id) {
    /** @type {Entry | undefined} */
    let found;
    await this.#ask({ id, change: (entry) => void (found = entry) });
    return found;
  }

  /** All entries.
   * @returns {Promise<Entry[]>} */
  async all() {
    /** @returns {Promise<Entry[]>} */
    const read = async () => settled((await this.#store("readonly")).getAll());
    const found = await read().catch(() => {
      this.#letGo();
      return read();
    }).catch(() => {
      this.#giveUp();
      return [];
    });
    const known = [...this.#memory.values()].filter((entry) => entry !== null);
    return [...found.filter(({ id }) => !this.#memory.has(id)), ...known];
  }

  /** Closes the database once everything is written. */
  async close() {
    if (this.#work.length > 0) await this.#flush();
    this.#letGo();
  }

  #letGo() {
    this.#opening?.then((db) => db.close(), () => {});
    this.#opening = undefined;
  }

  /** Does all the work there is, one transaction after another: what is asked for meanwhile shares the next. */
  #flush() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#again = true;
    this.#flushing ??= this.#rounds();
    return this.#flushing;
  }

  async #rounds() {
    while (this.#again) {
      this.#again = false;
      await this.#round();
    }
    // In the same step as the last look: work that comes now starts rounds of its own.
    this.#flushing = undefined;
  }

  async #round() {
    // What comes while the database is being opened shares the transaction.
    let store = await this.#store("readwrite").catch(() => undefined);
    const work = this.#work.splice(0);
    if (!(await this.#write(store, work))) {
      // The connection may be lost, or one entry too large: on a new connection, each by itself.
      this.#letGo();
      for (const job of work) {
        store = await this.#store("readwrite").catch(() => undefined);
        if (!(await this.#write(store, [job]))) this.#remember(job);
      }
    }
    for (const { done, result } of work) done(result);
  }

  /** Whether the work was committed.
   * @param {IDBObjectStore | undefined} store
   * @param {Job[]} work */
  async #write(store, work) {
    if (!store) return false;
    try {
      await carryOut(store, work, this.#memory);
    } catch {
      return false;
    }
    for (const { id, result } of work) {
      if (result !== undefined) this.#memory.delete(id);
    }
    return true;
  }

  /** @param {Job} job */
  #remember(job) {
    this.#giveUp();
    if (job.change) job.result = job.change(this.#memory.get(job.id) ?? undefined);
    // Null hides what may still be stored.
    if (job.result !== undefined) this.#memory.set(job.id, job.result);
  }

  #giveUp() {
    if (!this.#warned) this.#warn();
    this.#warned = true;
  }

  /** @param {IDBTransactionMode} mode */
  async #store(mode) {
    if (this.#silent) throw SILENT;
    const opening = (this.#opening ??= openDatabase(this.#name, (why) => {
      if (why === SILENT) this.#silent = true;
      else if (this.#opening === opening) this.#opening = undefined;
    }));
    const db = await opening;
    return db.transaction(TABLE, mode, { durability: "relaxed" }).objectStore(TABLE);
  }
}

/** @param {string} name
 * @param {(why?: typeof SILENT) => void} lost is told that the browser has ended the connection, or SILENT
 * @returns {Promise<IDBDatabase>} */
function openDatabase(name, lost) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      lost(SILENT);
      reject(SILENT);
    }, OPEN_MS);
    /** @param {() => void} settle */
    const end = (settle) => () => {
      clearTimeout(timer);
      settle();
    };
    try {
      const request = indexedDB.open(name, 1);
      request.onupgradeneeded = () => request.result.createObjectStore(TABLE, { keyPath: "id" });
      request.onsuccess = end(() => {
        const db = request.result;
        db.onclose = db.onversionchange = () => {
          db.close();
          lost();
        };
        resolve(db);
      });
      request.onerror = request.onblocked = end(() => reject(request.error));
    } catch (error) {
      end(() => reject(error))();
    }
  });
}

/** @template T
 * @param {IDBRequest<T>} request
 * @returns {Promise<T>} */
function settled(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** Does `work` in one transaction, in which `memory` counts more than what is stored.
 * @param {IDBObjectStore} store
 * @param {Job[]} work
 * @param {Map<IDBValidKey, Entry | null>} memory
 * @returns {Promise<unknown>} */
function carryOut(store, work, memory) {
  // All entries are asked for before the first is written: a second change of one starts from the first's result.
  const known = new Map(memory);
  return new Promise((resolve, reject) => {
    const { transaction } = store;
    transaction.oncomplete = resolve;
    transaction.onabort = () => reject(transaction.error);
    /** @param {Job} job */
    const write = ({ id, result }) => {
      try {
        if (result === null) store.delete(id);
        else if (result) store.put(result);
        if (result !== undefined) known.set(id, result);
      } catch {
        // A value that cannot be stored.
        transaction.abort();
      }
    };
    const gone = takenOut(work);
    if (gone.size > 0) removeRuns(store, gone, known);
    for (const job of work) {
      const { change } = job;
      if (gone.has(job.id)) continue;
      if (!change) {
        write(job);
        continue;
      }
      /** @type {IDBRequest<Entry | undefined>} */
      const asked = store.get(job.id);
      asked.onsuccess = () => {
        job.result = change(known.has(job.id) ? (known.get(job.id) ?? undefined) : asked.result);
        write(job);
      };
    }
    // Nothing is waited for: a page that is being left may not live to see the answers.
    if (gone.size === 0 && !work.some(({ change }) => change)) transaction.commit?.();
  });
}

/** The entries that are only taken out; none if they are too few for ranges.
 * @param {Job[]} work */
function takenOut(work) {
  /** @type {Set<IDBValidKey>} */
  const gone = new Set();
  const kept = new Set();
  for (const { id, result } of work) (result === null && !gone.has(id) ? gone : kept).add(id);
  for (const id of kept) gone.delete(id);
  if (gone.size < RUN) gone.clear();
  return gone;
}

/** Takes out many entries, neighbours by one request: uploads that began together end together.
 * @param {IDBObjectStore} store
 * @param {Set<IDBValidKey>} gone
 * @param {Map<IDBValidKey, Entry | null>} known */
function removeRuns(store, gone, known) {
  for (const id of gone) known.set(id, null);
  const sorted = [...gone].sort((a, b) => indexedDB.cmp(a, b));
  const asked = store.getAllKeys(IDBKeyRange.bound(sorted[0], sorted.at(-1)));
  asked.onsuccess = () => {
    /** @type {IDBValidKey[]} */
    let run = [];
    for (const id of [...asked.result, undefined]) {
      if (id !== undefined && gone.has(id)) run.push(id);
      else if (run.length > 0) {
        store.delete(IDBKeyRange.bound(run[0], run.at(-1)));
        run = [];
      }
    }
  };
}
