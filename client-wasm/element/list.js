// The files of one element: what becomes of each, from the pick to storage.
import { isEnded, isStored } from "./sums.js";

/** @import { Client, ClientOptions, FileHandle, Resumable, Stored, Upload, UploadSnapshot, UploadState } from "../npm/api.d.ts" */
/** @import { Rejection } from "../npm/adapters.d.ts" */
/** @import { Source } from "../npm/sources.js" */
/** @import { Core } from "./core.js" */

/** One file of the list.
 * @typedef {object} Item
 * @property {number} key its number in this element
 * @property {string} name
 * @property {string} [path] its folder
 * @property {number} size bytes
 * @property {File | undefined} [file] absent if it was restored, or goes on by a handle
 * @property {Blob | FileHandle} [body] what is sent
 * @property {UploadState | "preparing" | "ready"} state
 * @property {Upload} [upload]
 * @property {UploadSnapshot | undefined} [seen] the upload, as it was last seen
 * @property {string} [id] of a restored one, whose upload is not there any more
 * @property {unknown} [error]
 * @property {AbortController} [preparing]
 * @property {string} [warning] the code of what was warned of */

/** The id of an item's upload, if it has one.
 * @param {Item} item */
export const idOf = (item) => item.upload?.id ?? item.id;

/** How many files are prepared at a time: decoders of pictures take much memory. */
const PREPARED = 2;
/** Longest time that files are started without a pause for the page, in milliseconds. */
const TURN_MS = 8;
/** How long the client of an element that has left the page is kept. */
const GRACE_MS = 5_000;

export class List {
  /** @type {Item[]} */
  items = [];
  /** @type {Client | undefined} */
  client;
  /** @type {Promise<Client> | undefined} */
  #opening;
  /** Ends the subscription to the client. */
  #leave = () => {};
  #keys = 0;
  /** Gestures are taken one after another: each counts what those before it have added.
   * @type {Promise<unknown>} */
  #gesture = Promise.resolve();
  #starting = 0;
  /** What is to be started, the last one first.
   * @type {Item[]} */
  #ready = [];
  #own = false;

  /** @param {Core} core */
  constructor(core) {
    this.core = core;
    this.host = core.host;
  }

  /** The client, which is made if there is none. */
  open() {
    return (this.#opening ??= this.#make().catch((error) => {
      this.#opening = undefined;
      throw error;
    }));
  }

  async #make() {
    const { client: given, api, token, signer, credentials } = this.host;
    this.#own = !given;
    /** @type {Client} */
    let client;
    if (given) client = given;
    else {
      if (!api && !signer) throw Object.assign(new Error("<crowfly-upload> needs `api`, `signer` or `client`"), { code: "notSetUp" });
      const { createClient } = await import("../npm/index.js").catch((error) => {
        throw Object.assign(error, { code: "wasm_unavailable" });
      });
      const options = /** @type {unknown} */ ({
        ...(signer ? { signer } : { api, credentials: credentials || (token ? undefined : "same-origin") }),
        // The latest one counts.
        ...(token && { token: (/** @type {Parameters<typeof token>[0]} */ request) => (this.host.token ?? token)(request) }),
        onWarning: this.core.warn,
      });
      client = await createClient(/** @type {ClientOptions} */ (options));
    }
    this.#leave = client.subscribe(() => this.sync());
    return (this.client = client);
  }

  /** Leaves the client, another one is used next. What it has is not followed any more. */
  leave() {
    this.#leave();
    if (this.#own) this.client?.close();
    this.client = this.#opening = undefined;
    this.items = this.items.filter((item) => !item.upload || isStored(item));
  }

  /** Closes the element's own client when it has left the page and nothing is being sent. */
  rest() {
    setTimeout(() => {
      if (!this.host.isConnected && this.#own && this.items.every(isEnded)) this.leave();
    }, GRACE_MS);
  }

  /** @param {Source[]} sources */
  add(sources) {
    const done = this.#gesture.then(() => this.#take(sources));
    this.#gesture = done.catch(() => this.core.view?.note(this.core.words, this.core.words.text("failed")));
    return done;
  }

  /** @param {Source[]} sources */
  async #take(sources) {
    const { read } = await import("./take.js");
    const { accept, multiple, minBytes, maxBytes, maxFiles, maxTotalBytes, prepare } = this.host;
    const kept = multiple ? this.items.filter(({ state }) => state !== "failed" && state !== "aborted") : [];
    const { files, rejected } = await read(sources, {
      accept,
      multiple,
      // What `prepare` makes counts.
      ...(!prepare && { minBytes, maxBytes }),
      maxFiles: maxFiles === undefined ? undefined : Math.max(0, maxFiles - kept.length),
      maxTotalBytes: maxTotalBytes && maxTotalBytes - kept.reduce((sum, { size }) => sum + size, 0),
    });
    if (files.length > 0 && !multiple) for (const item of [...this.items]) this.act(isEnded(item) ? "remove" : "abort", item, true);
    this.core.took(rejected);
    for (const { file, path, handle } of this.core.earlier?.take(files) ?? files) {
      const folder = path.replace(/\/?[^/]*$/, "") || undefined;
      this.push({ name: file.name, size: file.size, file, body: handle ?? file, state: "ready", ...(folder && { path: folder }) });
    }
    this.core.added();
    if (!this.host.manual) await this.start();
  }

  /** @param {Omit<Item, "key">} item
   * @returns {Item} */
  push(item) {
    const added = { key: ++this.#keys, ...item };
    this.items.push(added);
    return added;
  }

  /** Starts all that are ready. */
  async start() {
    this.#ready = this.items.filter(({ state }) => state === "ready").reverse();
    const turns = [];
    while (this.#starting < PREPARED) {
      this.#starting += 1;
      turns.push(this.#startSome().finally(() => (this.#starting -= 1)));
    }
    await Promise.all(turns);
  }

  async #startSome() {
    let since = performance.now();
    for (let item; (item = this.#ready.pop()); ) {
      // It was taken out of the list meanwhile.
      if (item.state !== "ready") continue;
      item.state = "preparing";
      await this.#begin(item);
      if (performance.now() - since > TURN_MS) {
        await new Promise((done) => setTimeout(done));
        since = performance.now();
      }
    }
  }

  /** @param {Item} item */
  async #begin(item) {
    const { core, host } = this;
    const { file } = item;
    item.error = undefined;
    try {
      if (host.prepare && file) {
        const { signal } = (item.preparing = new AbortController());
        core.draw();
        const made = await host.prepare(file, { signal });
        if (signal.aborted) return;
        const refused = made && outOfLimits(made.size, host);
        if (refused) core.took([{ code: refused, path: item.name, file }]);
        if (!made || refused) return this.drop(item);
        item.body = made;
        item.size = made.size;
        if (made instanceof File) item.name = made.name;
      }
      const client = await this.open();
      if (item.state !== "preparing") return;
      const options = typeof host.options === "function" ? host.options(/** @type {File} */ (file)) : host.options;
      const path = [host.folder, item.path].filter(Boolean).join("/");
      item.upload = client.upload(/** @type {Blob} */ (item.body), {
        name: item.name,
        ...(path && { path }),
        ...(host.visibility && { visibility: /** @type {"private"} */ (host.visibility) }),
        ...options,
      });
      item.state = item.upload.state;
      core.emit("crowfly-upload", { upload: item.upload, file });
    } catch (error) {
      item.state = "failed";
      item.error = error;
      core.emit("crowfly-failed", { upload: item.upload, error });
    }
    core.draw();
  }

  /** Takes over an upload that an earlier page has begun.
   * @param {Resumable} earlier
   * @param {File} [file] */
  async attach({ name, path, size, attach }, file) {
    const upload = await attach(file);
    this.push({ name, size, file, upload, state: upload.state, ...(path && { path }) });
    this.core.emit("crowfly-upload", { upload, file });
    this.core.changed();
  }

  /** Takes over what the client says of the uploads. */
  sync() {
    const { client, core, host } = this;
    const now = new Map(client?.snapshot().uploads.map((upload) => [upload.id, upload]));
    /** @type {[Item, UploadSnapshot][]} */
    const ended = [];
    /** What the page's own code has told the client to forget. */
    const gone = new Set();
    for (const item of this.items) {
      const { upload, seen, state } = item;
      if (!upload) continue;
      const one = now.get(upload.id);
      if (one === seen) continue;
      item.seen = one;
      if (!one) {
        gone.add(item);
        continue;
      }
      [item.state, item.error] = [one.state, one.error];
      item.size = one.size || item.size;
      if (isEnded(one) && !isEnded({ state })) ended.push([item, one]);
    }
    if (gone.size > 0) this.items = this.items.filter((item) => !gone.has(item));
    core.changed();
    for (const [{ upload }, { state, stored, error }] of ended) {
      if (stored) core.emit("crowfly-stored", { upload, result: stored });
      else if (state === "failed") core.emit("crowfly-failed", { upload, error });
      else core.emit("crowfly-aborted", { upload });
    }
    if (!host.isConnected) this.rest();
  }

  /** Takes an item out of the list.
   * @param {Item} item */
  drop(item) {
    item.preparing?.abort();
    item.state = "aborted";
    this.items = this.items.filter((other) => other !== item);
    this.core.changed();
  }

  /** What a button does.
   * @param {string} name
   * @param {Item} item
   * @param {boolean} [gone] whether a cancelled one leaves the list */
  act(name, item, gone) {
    const { upload } = item;
    if (name === "pause") upload?.pause();
    if (name === "resume") upload?.resume();
    if (name === "retry" && item.state === "failed") {
      if (upload) upload.retry();
      else {
        item.state = "ready";
        this.start();
      }
    }
    if (name === "abort") {
      upload?.abort();
      if (!upload || gone) this.drop(item);
    }
    if (name === "remove") {
      if (upload) this.client?.forget(upload.id);
      this.drop(item);
    }
    this.core.changed();
  }
}

/** Why a file of this size is not taken.
 * @param {number} size
 * @param {{ minBytes: number | undefined, maxBytes: number | undefined }} limits
 * @returns {Rejection["code"] | undefined} */
function outOfLimits(size, { minBytes = 0, maxBytes = Infinity }) {
  return size > maxBytes ? "too_large" : size < minBytes ? "too_small" : undefined;
}
