// What `resumable()` gives, and how an earlier page's upload goes on.
import { Entry } from "./entry.js";
import { closed, invalidOption, isUploadError, refused } from "./error.js";
import { sample } from "./keeper.js";
import { isHandle, readAttach, readFile } from "./options.js";
import { heed, Upload } from "./upload.js";
import { bind } from "./values.js";

const CANNOT = {
  file_changed: "this is not the file that the upload began with",
  file_unreadable: "the file cannot be read: it is gone, or reading it was not permitted",
  locked: "another tab works on this upload",
  not_found: "this upload is no longer in the journal",
};

/** Uploads that earlier pages left unfinished. */
export async function resumable(driver) {
  if (driver.closed) throw closed("start");
  const saved = (await driver.keeper?.resumable()) ?? [];
  return Promise.all(saved.map(async (entry) => new Resumable(driver, entry, await needs(entry))));
}

async function needs({ handle }) {
  if (!handle) return "file";
  return (await permitted(handle, "queryPermission")) ? "nothing" : "permission";
}

/** Whether a handle may be read; a browser that knows no permissions asks for none. */
async function permitted(handle, method) {
  try {
    if (!handle[method]) return true;
    return (await handle[method]({ mode: "read" })) === "granted";
  } catch {
    return false;
  }
}

/** One upload that can go on, as `api.d.ts` describes it. */
class Resumable {
  #driver;
  #saved;

  constructor(driver, saved, needed) {
    this.#driver = driver;
    this.#saved = saved;
    const { id, name, size, type, metadata, savedAt } = saved;
    Object.assign(this, { id, name, size, type, metadata, savedAt, needs: needed });
    bind(this, "attach discard");
    Object.freeze(this);
  }

  async attach(file, options) {
    const settings = readAttach(options);
    if (file === undefined && !this.#saved.handle) {
      throw invalidOption("attach: file is missing; this upload needs the file that it began with");
    }
    const source = file === undefined ? this.#saved.handle : readFile(file, "attach");
    return attach(this.#driver, this.#saved, source, file === undefined, settings);
  }

  async discard() {
    const taken = await take(this.#driver, this.id);
    const { keeper } = this.#driver;
    await keeper.noteCancel(this.id);
    // An abort is what it was to end in; an object that stands by now is the truth.
    await keeper.cancel(taken).catch((error) => {
      if (isUploadError(error)) throw error;
    });
  }
}

async function attach(driver, saved, source, own, settings) {
  const file = await openFile(source);
  let same;
  try {
    same = file.size === saved.size && (await sample(driver.core, file)) === saved.sample;
  } catch (cause) {
    throw refused("file_unreadable", CANNOT.file_unreadable, cause);
  }
  if (!same && !own) throw refused("file_changed", CANNOT.file_changed);
  const taken = await take(driver, saved.id);
  if (!same) {
    // The file that the upload began with is no more: nobody can go on with it.
    await driver.keeper.noteCancel(saved.id);
    driver.keeper.cancel(taken);
    throw refused("file_changed", CANNOT.file_changed);
  }
  const entry = new Entry({ ...taken, ...settings, handle: isHandle(source) ? source : taken.handle });
  entry.setFile(file, taken.type, taken.size);
  driver.store.add(entry);
  const open = heed(driver, entry);
  driver.add(entry, undefined, true);
  if (!open) driver.ask("abort", entry);
  return new Upload(driver, entry);
}

/** The file behind a handle, with leave to read it; a file is one already. */
export async function openFile(source) {
  if (!isHandle(source)) return source;
  try {
    const may = (await permitted(source, "queryPermission")) || (await permitted(source, "requestPermission"));
    if (may) return await source.getFile();
  } catch (cause) {
    throw refused("file_unreadable", CANNOT.file_unreadable, cause);
  }
  throw refused("file_unreadable", CANNOT.file_unreadable);
}

async function take(driver, id) {
  if (driver.closed) throw closed("start");
  const taken = await driver.keeper.take(id).catch((code) => {
    throw refused(code, CANNOT[code] ?? String(code));
  });
  if (driver.closed) throw closed("start");
  return taken;
}
