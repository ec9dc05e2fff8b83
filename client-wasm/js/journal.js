// The journal: uploads that a later page can go on with, in IndexedDB; in memory where that is refused.

const TABLE = "uploads";
/** Some browsers never answer when storage is broken. */
const OPEN_MS = 3_000;
/** An entry that stays a moment longer does no harm: what it stands for is found to be over. */
const REMOVE_MS = 100;
const UNAVAILABLE =
  "IndexedDB cannot be used here (refused, blocked or full), so uploads cannot go on after this page is left";

/** Journals that are kept in memory, by name: those of a page are shared by its clients. */
const memories = new Map();

/** Entries by `id`, of one API and one user. */
export class Journal {
  #name;
  #warn;
  #opening;
  #memory;
  #work = [];
  #timer;
  #flushing;
  #again = false;

  constructor({ api = "signer", scope }, driver) {
    this.#name = `crowfly ${api} ${scope}`;
    this.#warn = () => driver.warn("journal_unavailable", UNAVAILABLE);
  }

  /** The name that sets it apart from other journals. */
  get name() {
    return this.#name;
  }

  /** Changes one entry in one step: `change` gets the entry, or undefined, and gives the new one, null to
   * take it out, or undefined to leave it. Resolves to what `change` gave. */
  update(id, change) {
    return this.#ask({ id, change });
  }

  /** Writes an entry, whatever stood in its place. */
  put(entry) {
    return this.#ask({ id: entry.id, result: entry });
  }

  /** Takes an entry out in a moment: many of these share a transaction. */
  remove(id) {
    return this.#ask({ id, result: null }, REMOVE_MS);
  }

  #ask(job, wait) {
    return new Promise((done) => {
      this.#work.push({ ...job, done });
      if (wait) this.#timer ??= setTimeout(() => this.#flush(), wait);
      else this.#flush();
    });
  }

  /** One entry, or undefined. */
  async read(id) {
    let found;
    await this.update(id, (entry) => void (found = entry));
    return found;
  }

  /** All entries. */
  async all() {
    if (!this.#memory) {
      try {
        const store = await this.#store("readonly");
        return await settled(store.getAll());
      } catch {
        this.#giveUp();
      }
    }
    return [...this.#memory.values()];
  }

  /** Lets go of the database, once all is written. */
  async close() {
    if (this.#work.length > 0) await this.#flush();
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
    let work;
    try {
      const store = this.#memory ? undefined : await this.#store("readwrite");
      work = this.#work.splice(0);
      if (store) await carryOut(store, work);
    } catch {
      this.#giveUp();
    }
    work ??= this.#work.splice(0);
    if (this.#memory) {
      for (const job of work) this.#remember(job);
    }
    for (const { done, result } of work) done(result);
  }

  #remember(job) {
    if (job.change) job.result = job.change(this.#memory.get(job.id));
    if (job.result === null) this.#memory.delete(job.id);
    else if (job.result !== undefined) this.#memory.set(job.id, job.result);
  }

  #giveUp() {
    if (this.#memory) return;
    if (!memories.has(this.#name)) memories.set(this.#name, new Map());
    this.#memory = memories.get(this.#name);
    this.#warn();
  }

  async #store(mode) {
    this.#opening ??= openDatabase(this.#name);
    const db = await this.#opening;
    return db.transaction(TABLE, mode, { durability: "relaxed" }).objectStore(TABLE);
  }
}

function openDatabase(name) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("IndexedDB does not answer")), OPEN_MS);
    const end = (settle) => () => {
      clearTimeout(timer);
      settle();
    };
    try {
      const request = indexedDB.open(name, 1);
      request.onupgradeneeded = () => request.result.createObjectStore(TABLE, { keyPath: "id" });
      request.onsuccess = end(() => {
        const db = request.result;
        db.onversionchange = () => db.close();
        resolve(db);
      });
      request.onerror = request.onblocked = end(() => reject(request.error));
    } catch (error) {
      end(() => reject(error))();
    }
  });
}

function settled(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function carryOut(store, work) {
  return new Promise((resolve, reject) => {
    const { transaction } = store;
    transaction.oncomplete = resolve;
    transaction.onabort = () => reject(transaction.error);
    const write = ({ id, result }) => {
      try {
        if (result === null) store.delete(id);
        else if (result !== undefined) store.put(result);
      } catch {
        // A value that cannot be stored.
        transaction.abort();
      }
    };
    for (const job of work) {
      if (!job.change) {
        write(job);
        continue;
      }
      store.get(job.id).onsuccess = ({ target }) => {
        job.result = job.change(target.result);
        write(job);
      };
    }
  });
}
