// The journal: uploads that a later page can go on with, in IndexedDB; in memory where that is refused.

const TABLE = "uploads";
/** Some browsers never answer when storage is broken. */
const OPEN_MS = 3_000;
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

  constructor({ api = "signer", scope }, driver) {
    this.#name = `crowfly ${api} ${scope}`;
    this.#warn = () => driver.warn("journal_unavailable", UNAVAILABLE);
  }

  /** The name that sets it apart from other journals. */
  get name() {
    return this.#name;
  }

  /** Changes one entry in one step: `change` gets the entry, or undefined, and gives the new one, null to
   * take it out, or undefined to leave it. Resolves to what `change` gave. Steps that are asked for together
   * share a transaction. */
  update(id, change) {
    return new Promise((done) => {
      this.#work.push({ id, change, done });
      if (this.#work.length === 1) this.#flush();
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

  /** Lets go of the database. */
  close() {
    this.#opening?.then((db) => db.close(), () => {});
    this.#opening = undefined;
  }

  async #flush() {
    let work;
    try {
      const store = this.#memory ? undefined : await this.#store("readwrite");
      // What was asked for meanwhile comes along.
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
    job.result = job.change(this.#memory.get(job.id));
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
    for (const job of work) {
      store.get(job.id).onsuccess = ({ target }) => {
        try {
          job.result = job.change(target.result);
          if (job.result === null) store.delete(job.id);
          else if (job.result !== undefined) store.put(job.result);
        } catch {
          // A value that cannot be stored.
          transaction.abort();
        }
      };
    }
  });
}
