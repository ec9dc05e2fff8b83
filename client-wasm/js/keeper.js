// Keeps the journal of one client: what is written when, and who may go on with it.
import { Entry } from "./entry.js";
import { Owner, STAMP } from "./owner.js";
import { isSaved } from "./saved.js";

/** An entry that nobody has touched for this long is swept away: storage has let go of its parts too. */
const OLD_MS = 7 * 24 * 3_600_000;
const PIECE = 64 * 1024;
/** When cancels that another page holds are looked at again: it may have just gone. */
const AGAIN_MS = [1_000, 2_000, 4_000, 8_000, 30_000];
/** The same for entries that are asked for. */
const HELD_MS = [150, 350, 500];

/** The checksum of head, middle and tail of a file, 64 KiB each; of the whole where that is no more. `crc`
 * is the whole file's, where it is known. */
export async function sample(core, file, crc) {
  const whole = file.size <= 3 * PIECE;
  if (whole && crc) return crc;
  const places = [0, Math.floor((file.size - PIECE) / 2), file.size - PIECE];
  const source = whole ? file : new Blob(places.map((at) => file.slice(at, at + PIECE)));
  return core.crc(new Uint8Array(await source.arrayBuffer()));
}

/** The journal as one client uses it. */
export class Keeper {
  #driver;
  #journal;
  #owner;
  /** Entries that are being written: what is noted of them afterwards must not come before. */
  #saving = new Map();

  constructor(driver, journal) {
    this.#driver = driver;
    this.#journal = journal;
    this.#owner = new Owner(journal, driver);
  }

  /** Writes an upload down; `item` is what its create call will say. Never rejects. */
  async save(entry, item) {
    const saving = this.#save(entry, item).catch(() => {
      // The file cannot be read: the upload itself will say so.
    });
    this.#saving.set(entry.id, saving);
    await saving;
    if (this.#saving.get(entry.id) === saving) this.#saving.delete(entry.id);
  }

  async #save(entry, { crc64nvme, ...item }) {
    const { priority, checksum, requireVerified, visibility, metadata, handle } = entry.given;
    const found = await sample(this.#driver.core, entry.file, crc64nvme);
    await this.#owner.hold();
    const settings = { visibility, metadata, priority, checksum, requireVerified };
    const saved = { ...item, ...settings, handle, crc64nvme, sample: found };
    const stamp = { owner: this.#owner.id, savedAt: Date.now() };
    await this.#journal.put({ ...saved, ...stamp, cancelled: false });
  }

  /** Notes that an upload is to be cancelled on the server. */
  async noteCancel(id) {
    await this.#saving.get(id);
    await this.#journal.update(id, (entry) => entry && { ...entry, cancelled: true });
  }

  /** Takes an upload out. */
  async erase(id) {
    await this.#saving.get(id);
    await this.#journal.remove(id);
  }

  /** Carries out what an earlier page could not: cancels, and sweeps old entries. Never rejects. */
  async begin() {
    for (const wait of AGAIN_MS) {
      // A browser that denies its locks: everything stays as it is.
      const left = await this.#sweep().catch(() => false);
      if (!left || this.#driver.closed) return;
      await this.#pause(wait);
    }
  }

  /** Whether there are cancels left, of a page that lives or has just gone. */
  async #sweep() {
    let left = false;
    for (const { id, savedAt, cancelled, owner } of await this.#all()) {
      if (this.#driver.closed) return false;
      const old = savedAt < Date.now() - OLD_MS;
      if (!old && !cancelled) continue;
      if (id.startsWith(STAMP)) await this.erase(id);
      else if (!cancelled) await this.#eraseIfGone(id, owner);
      else if (!this.#driver.store.find(id)) {
        await this.take(id).then(
          (entry) => this.cancel(entry).catch(() => {}),
          (code) => (left ||= code === "locked"),
        );
      }
    }
    return left;
  }

  async #eraseIfGone(id, owner) {
    if (await this.#gone(owner)) await this.erase(id);
  }

  /** Entries that this client could go on with. A page that was left may hold its own for a moment longer. */
  async resumable() {
    for (const wait of [...HELD_MS, 0]) {
      const { found, held } = await this.#look();
      if (!held || !wait || this.#driver.closed) return found;
      await this.#pause(wait);
    }
    return [];
  }

  /** All entries; what is none is taken out, so that it harms nobody again. */
  async #all() {
    const { core } = this.#driver;
    const found = [];
    for (const entry of await this.#journal.all()) {
      if (isSaved(core, entry)) found.push(entry);
      else this.#journal.remove(entry.id);
    }
    return found;
  }

  #pause(ms) {
    return new Promise((over) => setTimeout(over, ms));
  }

  async #look() {
    const found = [];
    let held = false;
    for (const entry of await this.#all()) {
      if (entry.cancelled || entry.id.startsWith(STAMP) || this.#driver.store.find(entry.id)) continue;
      if (await this.#gone(entry.owner)) found.push(entry);
      else held = true;
    }
    return { found, held };
  }

  /** Makes an entry this client's own. Rejects with "not_found" or "locked". */
  async take(id) {
    const { core } = this.#driver;
    const entry = await this.#journal.read(id);
    if (!entry) throw "not_found";
    if (!isSaved(core, entry)) {
      await this.erase(id);
      throw "not_found";
    }
    if (!(await this.#gone(entry.owner))) throw "locked";
    // Between the look and this step another client may have taken it.
    const mine = { owner: this.#owner.id, savedAt: Date.now() };
    const taken = await this.#journal.update(id, (now) => {
      return isSaved(core, now) && now.owner === entry.owner ? { ...now, ...mine } : undefined;
    });
    if (!taken || this.#driver.store.find(id)) throw "locked";
    return taken;
  }

  /** Cancels, on the server, an upload that no page works on. */
  cancel(saved) {
    const entry = new Entry({ ...saved, requireVerified: false, hidden: true });
    // Nothing of it is read any more.
    entry.file = new Blob();
    Object.assign(entry, { size: saved.size, type: saved.type });
    const { promise } = entry.done;
    const end = () => this.#driver.store.remove(entry.id);
    promise.then(end, end);
    this.#driver.store.add(entry);
    this.#driver.add(entry, undefined, true);
    this.#driver.ask("abort", entry);
    return promise;
  }

  /** Lets go of all; what is being written comes to its end. */
  async close() {
    this.#owner.close();
    await Promise.all(this.#saving.values());
    this.#journal.close();
  }

  async #gone(owner) {
    await this.#owner.hold();
    return this.#owner.gone(owner);
  }
}
