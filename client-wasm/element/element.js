// The entry `crowfly/element`: <crowfly-upload>, an uploader in one tag.
import { Core } from "./core.js";
import { control, define, unhide } from "./field.js";
import { idOf } from "./list.js";
import { isEnded, isStored } from "./sums.js";

/** @import { CrowflyUploadMethods, CrowflyUploadProperties, Uploadables } from "../npm/element.d.ts" */
/** @import { Uploadable } from "../npm/adapters.d.ts" */
/** @import { Source } from "../npm/sources.js" */

const FLAGS = ["multiple", "required", "disabled", "folders", "manual", "light"];
const TEXTS = ["api", "credentials", "name", "accept", "camera", "paste", "folder", "visibility"];
const NUMBERS = ["maxBytes", "minBytes", "maxFiles", "maxTotalBytes"];
const OBJECTS = ["client", "token", "signer", "options", "prepare", "messages"];

/** What `define` below makes is known to the compiler by this. A server has no elements: there the class exists, and
 * nothing is defined. */
const Base = /** @type {new () => HTMLElement & CrowflyUploadProperties} */ (globalThis.HTMLElement ?? class {});

/** @implements {CrowflyUploadMethods} */
export class CrowflyUpload extends Base {
  static formAssociated = true;

  #core = new Core(this, control(this));

  connectedCallback() {
    unhide(this);
    this.#core.connect();
  }

  disconnectedCallback() {
    this.#core.disconnect();
  }

  /** @param {string} name
   * @param {string | null} before
   * @param {string | null} now */
  attributeChangedCallback(name, before, now) {
    if (before !== now) this.#core.set(name);
  }

  /** @param {boolean} disabled */
  formDisabledCallback(disabled) {
    this.#core.fieldsetDisabled = disabled;
    this.#core.changed();
  }

  formResetCallback() {
    this.cancel();
    this.clear();
  }

  /** @param {string} state */
  formStateRestoreCallback(state) {
    this.#core.restore(state);
  }

  get uploads() {
    return this.#core.list.items.flatMap(({ upload }) => upload ?? []);
  }

  get value() {
    return this.#core.list.items.filter(isStored).flatMap((item) => idOf(item) ?? []);
  }

  /** @param {Uploadables} files */
  async add(files) {
    const all = Symbol.iterator in Object(files) ? [.../** @type {Iterable<Uploadable>} */ (files)] : [/** @type {Uploadable} */ (files)];
    await this.#core.list.add(await Promise.all(all.map(sourceOf)));
  }

  browse() {
    this.#core.browse();
  }

  start() {
    return this.#core.list.start();
  }

  pause() {
    this.#core.actAll("pause");
  }

  resume() {
    this.#core.actAll("resume");
  }

  retry() {
    this.#core.actAll("retry");
  }

  cancel() {
    this.#core.actAll("abort");
  }

  clear() {
    for (const item of this.#core.list.items.filter(isEnded)) this.#core.list.act("remove", item);
  }

  /** @param {FocusOptions} [options] */
  focus(options) {
    this.#core.focus(options);
  }
}

/** A file as the page's own code gives it. What is none is left out as one that cannot be read.
 * @param {Uploadable} given
 * @returns {Promise<Source>} */
async function sourceOf(given) {
  const { getFile, file, path, handle } = /** @type {{ getFile?: () => Promise<File>, file?: File, path?: string, handle?: unknown }} */ (given ?? {});
  const kept = Promise.resolve(/** @type {FileSystemHandle | undefined} */ (getFile ? given : handle));
  if (getFile) return { file: await getFile.call(given), handle: kept };
  if (file) return { file, path, handle: kept };
  return { file: given instanceof File ? given : given instanceof Blob ? new File([given], "file", given) : null };
}

define("crowfly-upload", CrowflyUpload, [FLAGS, TEXTS, NUMBERS, OBJECTS]);
