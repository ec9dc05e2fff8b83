// The entry `crowfly/element`: <crowfly-upload>, an uploader in one tag.
import { Core } from "./core.js";
import { idOf } from "./list.js";
import { isEnded, isStored } from "./sums.js";

/** @import { CrowflyUploadMethods, CrowflyUploadProperties, Uploadables } from "../npm/element.d.ts" */
/** @import { Uploadable } from "../npm/adapters.d.ts" */
/** @import { Source } from "../npm/sources.js" */

const FLAGS = ["multiple", "required", "disabled", "folders", "manual", "light"];
const TEXTS = ["api", "credentials", "name", "accept", "camera", "paste", "folder", "visibility"];
const NUMBERS = ["maxBytes", "minBytes", "maxFiles", "maxTotalBytes"];
const OBJECTS = ["client", "token", "signer", "options", "prepare", "messages"];

/** @param {string} property */
const attributeOf = (property) => property.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** What `properties` below makes is known to the compiler by this. A server has no elements: there the class exists, and
 * nothing is defined. */
const Base = /** @type {new () => HTMLElement & CrowflyUploadProperties} */ (globalThis.HTMLElement ?? class {});

/** @implements {CrowflyUploadMethods} */
export class CrowflyUpload extends Base {
  static formAssociated = true;
  static observedAttributes = [...FLAGS, ...TEXTS, ...NUMBERS.map(attributeOf)];

  #internals = this.attachInternals();
  #core = new Core(this, this.#internals);

  connectedCallback() {
    // What was set before the element was defined hides the properties.
    for (const name of [...FLAGS, ...TEXTS, ...NUMBERS, ...OBJECTS]) {
      if (!Object.hasOwn(this, name)) continue;
      const own = /** @type {Record<string, unknown>} */ (/** @type {unknown} */ (this));
      const value = own[name];
      delete own[name];
      own[name] = value;
    }
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

  get form() {
    return this.#internals.form;
  }

  get labels() {
    return this.#internals.labels;
  }

  get validity() {
    return this.#internals.validity;
  }

  get validationMessage() {
    return this.#internals.validationMessage;
  }

  get willValidate() {
    return this.#internals.willValidate;
  }

  checkValidity() {
    return this.#internals.checkValidity();
  }

  reportValidity() {
    return this.#internals.reportValidity();
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

/** A property for each attribute, and one for each object.
 * @param {string[]} names
 * @param {(this: HTMLElement, attribute: string) => unknown} get
 * @param {(this: HTMLElement, attribute: string, value: unknown) => void} set */
function properties(names, get, set) {
  for (const name of names) {
    const attribute = attributeOf(name);
    Object.defineProperty(CrowflyUpload.prototype, name, {
      configurable: true,
      enumerable: true,
      get() {
        return get.call(this, attribute);
      },
      set(value) {
        set.call(this, attribute, value);
      },
    });
  }
}

/** @this {HTMLElement}
 * @param {string} attribute
 * @param {unknown} value */
function reflect(attribute, value) {
  if (value === null || value === undefined) this.removeAttribute(attribute);
  else this.setAttribute(attribute, `${value}`);
}

/** @type {WeakMap<HTMLElement, Record<string, unknown>>} */
const objects = new WeakMap();

if (globalThis.customElements && !customElements.get("crowfly-upload")) {
  properties(
    FLAGS,
    function (name) {
      return this.hasAttribute(name);
    },
    function (name, value) {
      this.toggleAttribute(name, !!value);
    },
  );
  properties(
    TEXTS,
    function (name) {
      return this.getAttribute(name) ?? "";
    },
    reflect,
  );
  properties(
    NUMBERS,
    function (name) {
      const number = Number(this.getAttribute(name) ?? NaN);
      return number >= 0 ? number : undefined;
    },
    reflect,
  );
  properties(
    OBJECTS,
    function (name) {
      return objects.get(this)?.[name];
    },
    function (name, value) {
      objects.set(this, { ...objects.get(this), [name]: value });
      /** @type {Partial<CrowflyUpload>} */ (this).attributeChangedCallback?.(name, null, "");
    },
  );
  customElements.define("crowfly-upload", CrowflyUpload);
}
