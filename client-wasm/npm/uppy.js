// The entry `crowfly/uppy`: an uploader plugin, by which the files of an Uppy instance are sent.
import { BasePlugin } from "@uppy/core";

/** @import { Body, Meta, Uppy, UppyFile } from "@uppy/core" */
/** @import { AttachOptions, Client, ClientOptions, Resumable, Upload, UploadError, UploadOptions } from "./api.d.ts" */
/** @import { CrowflyBody, CrowflyUploaderOptions } from "./uppy.d.ts" */

/** One file of Uppy's, from its start until it is stored or removed.
 * @typedef {object} Run
 * @property {unknown} data what was sent of the file; another needs another upload, as does other metadata
 * @property {Meta} meta
 * @property {boolean} paused as the upload was told last
 * @property {Upload} [upload] once there is one
 * @property {Promise<void> | undefined} [ending] while it is under way; never rejects */

/** After these Uppy's state says what is removed and what is paused. */
const CHANGES = /** @type {const} */ (["file-removed", "upload-pause", "pause-all"]);
/** Of `meta`; the upload has them as options of their own. */
const OWN_META = ["name", "type", "relativePath"];
/** Why an upload of an earlier page cannot go on with this file, but a new one can. */
const OUTDATED = ["file_changed", "not_found", "upload_ended"];
/** How long the plugin's own client is kept after it is removed, so that cancels reach the server. */
const GRACE_MS = 5_000;

/** @template {Meta} M
 * @template {Body} B
 * @extends {BasePlugin<CrowflyUploaderOptions<M, B>, M, B>} */
export class CrowflyUploader extends BasePlugin {
  /** By the file's id.
   * @type {Map<string, Run>} */
  #runs = new Map();
  /** The plugin's own, once a file was to be sent.
   * @type {Promise<Client> | undefined} */
  #client;
  /** What earlier pages left, as listed at most once for each batch.
   * @type {Promise<Resumable[]> | undefined} */
  #left;

  /** @param {Uppy<M, B>} uppy
   * @param {CrowflyUploaderOptions<M, B>} opts */
  constructor(uppy, opts) {
    super(uppy, opts);
    this.id = opts.id || "Crowfly";
    this.type = "uploader";
  }

  /** @override */
  install() {
    this.#resumable(true);
    this.uppy.addUploader(this.#send);
    for (const change of CHANGES) this.uppy.on(change, this.#follow);
    this.uppy.on("resume-all", this.#resumeAll);
  }

  /** @override */
  uninstall() {
    this.#resumable(false);
    this.uppy.removeUploader(this.#send);
    for (const change of CHANGES) this.uppy.off(change, this.#follow);
    this.uppy.off("resume-all", this.#resumeAll);
    for (const [id, run] of this.#runs) this.#cancel(id, run);
    this.#client?.then(({ close }) => setTimeout(close, GRACE_MS), () => {});
    this.#client = undefined;
  }

  /** Whether Uppy's interfaces offer to pause and resume.
   * @param {boolean} resumableUploads */
  #resumable(resumableUploads) {
    const { capabilities } = this.uppy.getState();
    this.uppy.setState({ capabilities: { ...capabilities, resumableUploads } });
  }

  /** The given client, or the plugin's own. */
  #open() {
    const { client, options, uploadURL, allowedMetaFields, id, locale, ...given } = this.opts;
    if (client) return client;
    const make = async () => (await import("./index.js")).createClient(/** @type {ClientOptions} */ (given));
    this.#client ??= make().catch((error) => {
      // The next batch tries again.
      this.#client = undefined;
      throw error;
    });
    return this.#client;
  }

  /** Sends the files of a batch; resolves when each has ended, whatever the outcome.
   * @param {string[]} ids */
  #send = async (ids) => {
    const files = this.uppy.getFilesByIds(ids).filter((file) => file && !file.error && !file.progress.uploadComplete);
    // Golden Retriever restores those that an earlier page has started with their progress.
    const fresh = files.filter(({ isRestored, progress }) => !isRestored || !progress.uploadStarted);
    this.uppy.emit("upload-start", fresh);
    this.#left = undefined;
    for (const file of files) this.#begin(file);
    const ending = () => ids.flatMap((id) => this.#runs.get(id)?.ending ?? []);
    // One that has failed may be begun again meanwhile, by "resume all".
    for (let waiting = ending(); waiting.length > 0; waiting = ending()) await Promise.all(waiting);
  };

  /** @param {UppyFile<M, B>} file */
  #begin(file) {
    const { id, data, meta } = file;
    const before = this.#runs.get(id);
    if (before?.ending) return;
    const same = before?.data === data && before?.meta === meta;
    if (!same) before?.upload?.abort();
    /** @type {Run} */
    const run = before && same ? before : { data, meta, paused: false };
    this.#runs.set(id, run);
    run.ending = this.#run(file, run);
  }

  /** Sends one file, and tells Uppy how it ended.
   * @param {UppyFile<M, B>} file
   * @param {Run} run */
  async #run(file, run) {
    const { id } = file;
    const removed = () => this.#runs.get(id) !== run || !this.uppy.getFile(id);
    try {
      const upload = (run.upload = await this.#start(file, run.upload));
      if (removed()) return upload.abort();
      this.uppy.setFileState(id, { crowfly: { id: upload.id } });
      run.paused = false;
      this.#follow();
      const stored = await upload.done;
      const uploadURL = await this.#address(stored, file);
      if (removed()) return;
      this.#runs.delete(id);
      const { key } = stored;
      this.uppy.setFileState(id, { crowfly: { id: upload.id, key } });
      const body = /** @type {B & CrowflyBody} */ ({ ...stored });
      const response = { status: 200, body, ...(uploadURL && { uploadURL }) };
      apart(() => this.uppy.emit("upload-success", this.uppy.getFile(id), response));
    } catch (error) {
      if (removed()) return;
      apart(() => this.uppy.emit("upload-error", this.uppy.getFile(id), /** @type {UploadError} */ (error)));
    } finally {
      run.ending = undefined;
    }
  }

  /** The upload of a file: the failed one again, that of an earlier page, or a new one.
   * @param {UppyFile<M, B>} file
   * @param {Upload | undefined} before
   * @returns {Promise<Upload>} */
  async #start(file, before) {
    if (file.isRemote) throw remote(file.name);
    if (before?.state === "failed") {
      before.retry();
      return before;
    }
    const { id, data, meta, crowfly } = file;
    const client = await this.#open();
    /** @type {Required<Pick<AttachOptions, "onProgress">>} */
    const hooks = {
      onProgress: ({ sent, total }) => {
        const now = this.uppy.getFile(id);
        // Of files that `uppy.clear()` has removed there is no event.
        if (!now) return this.#follow();
        const uploadStarted = now.progress.uploadStarted ?? Date.now();
        this.uppy.emit("upload-progress", now, { uploadStarted, bytesUploaded: sent, bytesTotal: total });
      },
    };
    if (crowfly && !before) {
      const left = (await (this.#left ??= client.resumable())).find((entry) => entry.id === crowfly.id);
      try {
        if (left) return await left.attach(data, hooks);
      } catch (error) {
        if (!OUTDATED.includes(/** @type {UploadError} */ (error).code)) throw error;
        left?.discard().catch(() => {});
      }
    }
    const path = meta.relativePath ?? /** @type {Partial<File> | undefined} */ (data)?.webkitRelativePath;
    /** @type {UploadOptions} */
    const settings = {
      name: meta.name || file.name,
      type: file.type,
      path: path?.replace(/\/?[^/]*$/, ""),
      metadata: this.#metadata(meta),
      ...(await this.opts.options?.(file)),
      ...hooks,
    };
    return client.upload(/** @type {Blob} */ (data), settings);
  }

  /** What of a file's `meta` goes into its record.
   * @param {Meta} meta */
  #metadata(meta) {
    const { allowedMetaFields: allowed = true } = this.opts;
    /** @type {Record<string, string>} */
    const metadata = {};
    for (const [name, value] of Object.entries(meta)) {
      const wanted = Array.isArray(allowed) ? allowed.includes(name) : allowed && !OWN_META.includes(name);
      const text = typeof value === "string" ? value : JSON.stringify(value ?? undefined);
      if (wanted && text !== undefined) metadata[name] = text;
    }
    return metadata;
  }

  /** Where the stored file is read. It is stored, whatever the application's function does.
   * @param {Awaited<Upload["done"]>} stored
   * @param {UppyFile<M, B>} file */
  async #address(stored, file) {
    try {
      return await this.opts.uploadURL?.(stored, file);
    } catch (error) {
      this.uppy.log(error, "error");
    }
  }

  /** Does with the uploads what was done with their files. */
  #follow = () => {
    for (const [id, run] of this.#runs) {
      const file = this.uppy.getFile(id);
      if (!file) this.#cancel(id, run);
      else if (run.upload && run.paused !== !!file.isPaused) {
        run.paused = !run.paused;
        if (run.paused) run.upload.pause();
        else run.upload.resume();
      }
    }
  };

  /** Uppy takes the error from those that had failed, and so do they go on. */
  #resumeAll = () => {
    this.#follow();
    for (const [id, run] of this.#runs) {
      const file = this.uppy.getFile(id);
      if (!run.ending && !file.error) this.#begin(file);
    }
  };

  /** @param {string} id
   * @param {Run} run */
  #cancel(id, run) {
    this.#runs.delete(id);
    run.upload?.abort();
  }
}

/** Tells the page something. What its listeners throw is its own, and changes nothing of how a file has ended.
 * @param {() => void} tell */
function apart(tell) {
  try {
    tell();
  } catch (error) {
    globalThis.reportError?.(error);
  }
}

/** The refusal of a file that is not on this device.
 * @param {string} name */
function remote(name) {
  const error = new Error(
    `${name} is at a remote provider, and Uppy's Companion cannot send it through Crowfly; ` +
      "download it and add it from this device",
  );
  return Object.assign(error, { name: "UploadError", code: "unsupported", retryable: false, phase: "start" });
}

export { CrowflyUploader as default };
