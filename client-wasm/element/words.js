// English, and how a text is found and filled.
import { count, language } from "./format.js";

/** @import { Messages, PluralText } from "../npm/element.d.ts" */
/** @import { texts } from "./rare.js" */

/** The words that every page needs; the others are in `rare.js`. */
export const ENGLISH = {
  label: "Files",
  drop: "Drop files here",
  dropOne: "Drop a file here",
  tap: "Add files",
  tapOne: "Add a file",
  browse: "Choose files",
  browseOne: "Choose a file",
  folder: "Choose a folder",
  camera: "Take a photo",
  images: "images",
  videos: "videos",
  sounds: "sound",
  upTo: "up to {size} each",
  atLeast: "at least {size} each",
  upToInAll: "{size} in all",
  most: { one: "{n} file", other: "at most {n} files" },

  preparing: "Preparing",
  ready: "Ready to send",
  queued: "Waiting for its turn",
  hashing: "Checking the file",
  uploading: "{sent} of {size}",
  paused: "Paused",
  waiting: "Waiting for the connection",
  stored: "Uploaded",
  aborted: "Cancelled",
  verified: "Verified",
  withheld: "Withheld",
  left: "{time} left",
  progressOf: "Progress of {name}",
  progressOfAll: "Progress of all files",

  pause: "Pause",
  resume: "Resume",
  retry: "Try again",
  abort: "Cancel",
  remove: "Remove",
  preview: "Preview",
  named: "{action}: {name}",
  start: { one: "Upload {n} file", other: "Upload {n} files" },
  pauseAll: "Pause all",
  resumeAll: "Resume all",
  retryAll: "Retry failed",
  abortAll: "Cancel all",
  clear: "Clear finished",
  dismiss: "Dismiss",
  close: "Close",

  storedOf: { other: "{stored} of {n} uploaded" },
  failedOf: { other: "{n} failed" },
  list: "Your files",

  saidAdded: { one: "{n} file added.", other: "{n} files added." },
  saidStored: { one: "{n} file uploaded.", other: "{n} files uploaded." },
  saidFailed: { one: "{n} file failed.", other: "{n} files failed." },
  saidWaiting: { other: "Waiting for the connection." },
  saidLeft: { other: "{n} to go." },
  saidAll: { one: "The file is uploaded.", other: "All {n} files are uploaded." },

  valueMissing: "Choose a file.",
  stillUploading: "Wait until the files are uploaded.",
  someFailed: "A file was not uploaded. Try again, or remove it.",
  failed: "It was not uploaded. Try again.",
};

/** @typedef {keyof typeof ENGLISH | keyof typeof texts} TextName */
/** What is put into a text.
 * @typedef {Readonly<Record<string, string | number>>} Values */

/** The texts of one language, with those of the page over them. */
export class Words {
  /** @param {string} tag a language tag
   * @param {Messages} english
   * @param {Messages} [rare] English ones that were loaded later
   * @param {Messages} [own] those of the language
   * @param {Messages} [page] */
  constructor(tag, english, rare = {}, own = {}, page = {}) {
    this.lang = language(tag);
    /** @type {Messages} */
    this.table = { ...english, ...rare, ...own, ...page };
    /** @type {Readonly<Record<string, string>>} */
    this.errors = { ...rare.errors, ...own.errors, ...page.errors };
    /** @type {Readonly<Record<string, string>>} */
    this.warnings = { ...rare.warnings, ...own.warnings, ...page.warnings };
    this.rules = new Intl.PluralRules(this.lang);
  }

  /** A text with its values. A plural is chosen by `n`.
   * @param {string} name one of `TextName`
   * @param {Values} [values] */
  text(name, values = {}) {
    const found = this.table[name] ?? name;
    /** @type {string | undefined} */
    const text = typeof found === "string" ? found : this.#plural(/** @type {PluralText} */ (found), Number(values["n"]));
    return fillIn(text ?? name, values, this.lang);
  }

  /** @param {PluralText} forms
   * @param {number} n */
  #plural(forms, n) {
    return forms[this.rules.select(n)] ?? forms.other;
  }
}

/** @param {string} text
 * @param {Values} values
 * @param {string} lang */
function fillIn(text, values, lang) {
  return text.replace(/\{(\w+)\}/g, (all, name) => {
    const value = values[name];
    return value === undefined ? all : typeof value === "number" ? count(lang, value) : value;
  });
}
