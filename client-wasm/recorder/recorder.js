// The entry `crowfly/recorder`: <crowfly-recorder>, a recorder in one tag.
import { control, define, unhide } from "../element/field.js";
import { Core } from "./core.js";

/** @import { CrowflyRecorderMethods, CrowflyRecorderProperties } from "../npm/recorder.d.ts" */

const FLAGS = ["required", "disabled", "light"];
const TEXTS = ["api", "credentials", "name", "sources", "folder", "visibility"];
const NUMBERS = ["maxBytes", "maxSeconds"];
const OBJECTS = ["client", "token", "options", "messages", "constraints"];

/** What `define` below makes is known to the compiler by this. A server has no elements: there the class exists, and
 * nothing is defined. */
const Base = /** @type {new () => HTMLElement & CrowflyRecorderProperties} */ (globalThis.HTMLElement ?? class {});

/** @implements {CrowflyRecorderMethods} */
export class CrowflyRecorder extends Base {
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
    this.#core.recordings.restore(state);
  }

  get upload() {
    return this.#core.recordings.run?.upload;
  }

  get state() {
    return this.#core.recordings.state;
  }

  get value() {
    return this.#core.recordings.kept?.id ?? "";
  }

  start() {
    return this.#core.recordings.start();
  }

  stop() {
    this.#core.recordings.stop();
  }

  pause() {
    this.#core.recordings.pause();
  }

  resume() {
    this.#core.recordings.resume();
  }

  retry() {
    this.#core.recordings.retry();
  }

  cancel() {
    this.#core.recordings.cancel();
  }

  clear() {
    this.#core.recordings.clear();
  }

  /** @param {FocusOptions} [options] */
  focus(options) {
    this.#core.focus(options);
  }
}

define("crowfly-recorder", CrowflyRecorder, [FLAGS, TEXTS, NUMBERS, OBJECTS]);
