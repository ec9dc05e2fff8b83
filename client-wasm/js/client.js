// The client, as `api.d.ts` describes it.
import { openFile, resumable } from "./attach.js";
import { Driver } from "./driver.js";
import { Entry } from "./entry.js";
import { closed, invalidOption, refused } from "./error.js";
import { isHandle, isReadable, mediaType, readClient, readFile, readPage, readUpload } from "./options.js";
import { readRoute } from "./read.js";
import { endUnheard, heed, Upload } from "./upload.js";
import { bind } from "./values.js";

const UNKNOWN_TYPE = "application/octet-stream";

/** Makes a client round an engine; `worker` makes a worker that runs `worker.js`. */
export function makeClient(options, worker, core) {
  const settings = readClient(options);
  if (worker !== undefined && typeof worker !== "function") {
    throw invalidOption("createClient: worker must be a function that makes a Worker");
  }
  return new Client(new Driver(core, settings, worker));
}

class Client {
  #driver;

  constructor(driver) {
    this.#driver = driver;
    bind(this, "upload resumable subscribe snapshot records record content close");
  }

  upload(file, options) {
    const driver = this.#driver;
    if (driver.closed) throw closed("start");
    const source = readFile(file);
    const settings = readUpload(source, options, driver.settings);
    const entry = new Entry({ ...settings, id: driver.newId() });
    const setFile = (opened) => entry.setFile(opened, settings.type ?? mediaType(opened.type) ?? UNKNOWN_TYPE);
    driver.store.add(entry);
    const upload = new Upload(driver, entry);
    if (!heed(driver, entry)) endUnheard(driver, entry);
    else if (isHandle(source)) openHandle(driver, entry, source, setFile);
    else driver.add(entry, () => setFile(source));
    return upload;
  }

  resumable() {
    return resumable(this.#driver);
  }

  subscribe(listener) {
    if (typeof listener !== "function") throw invalidOption("subscribe: listener must be a function");
    return this.#driver.store.subscribe(listener);
  }

  snapshot() {
    return this.#driver.store.snapshot();
  }

  async records(page) {
    return readRoute(this.#driver, "records", readPage(page));
  }

  async record(id) {
    return readRoute(this.#driver, "record", `/${this.#id(id)}`);
  }

  async content(id) {
    return readRoute(this.#driver, "content", `/${this.#id(id)}/content`);
  }

  close() {
    this.#driver.close();
  }

  #id(id) {
    if (typeof id === "string" && this.#driver.core.isId(id)) return id;
    throw invalidOption("id must be the id of an upload: a ULID of 26 characters");
  }
}

const NO_FILE = "the handle gives no file";

/** Opens the file behind a handle, which the journal keeps; what the application asks for meanwhile waits. */
function openHandle(driver, entry, handle, setFile) {
  entry.given.handle = handle;
  let paused = false;
  const open = () => openFile(handle).then(opened, failed);
  // Stands until the engine has the upload, so also after a failure.
  entry.opening = (what) => {
    if (what === "abort") endUnheard(driver, entry);
    else if (what === "retry") {
      paused = false;
      entry.setState("queued");
      driver.store.touch();
      driver.store.notify();
      open();
    } else if (what === "close") endUnheard(driver, entry, closed("start"));
    else if (what === "process") entry.wanted = true;
    else paused = what === "pause";
  };
  const opened = (file) => {
    if (entry.ended) return;
    if (!isReadable(file)) return failed(refused("file_unreadable", NO_FILE));
    entry.opening = undefined;
    driver.add(entry, () => setFile(file));
    if (paused) driver.ask("pause", entry);
    if (entry.wanted) driver.ask("process", entry);
  };
  const failed = (error) => {
    if (!entry.ended) endUnheard(driver, entry, error);
  };
  open();
}
