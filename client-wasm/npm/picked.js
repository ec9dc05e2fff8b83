// The files of one gesture: folders are walked, and what is not to be sent is said.

/** @import { DropzoneOptions, PickedFile, Rejection, RejectionCode } from "./adapters.d.ts" */
/** @import { FileHandle } from "./api.d.ts" */
/** @import { Source } from "./sources.js" */

/** Written by file managers and archivers of macOS, Windows and KDE; no person means to send them. */
const SYSTEM_FILES = /^(\.DS_Store|\.localized|\._.+|Icon\r|Thumbs\.db|ehthumbs(_vista)?\.db|desktop\.ini|\.directory)$/i;
const SYSTEM_FOLDERS =
  /^(__MACOSX|\.Spotlight-V100|\.Trashes|\.fseventsd|\$RECYCLE\.BIN|System Volume Information|@eaDir)$/i;

/** Characters that a path may not have. */
const REFUSED = /[\p{Cc}\p{Noncharacter_Code_Point}\u2028\u2029]/gu;

/** What is to be sent of these, and what is not.
 * @param {Source[]} sources
 * @param {DropzoneOptions} options
 * @returns {Promise<{ files: PickedFile[], rejected: Rejection[] }>} */
export async function read(sources, options) {
  const { accept, minBytes = 0, maxBytes = Infinity, maxTotalBytes = Infinity, maxFiles = Infinity, multiple = true } = options;
  const chosen = new Chosen();
  for (const { file, path, entry, handle } of sources) {
    if (entry?.isDirectory) await chosen.addFolder(/** @type {FileSystemDirectoryEntry} */ (entry));
    else if (file) chosen.add(file, path ?? (file.webkitRelativePath || file.name), await handle);
    else chosen.reject("unreadable", entry?.name ?? "");
  }
  const most = multiple ? maxFiles : 1;
  /** @type {PickedFile[]} */
  const files = [];
  let total = 0;
  for (const picked of chosen.withoutSystemFiles()) {
    const { file, path } = picked;
    if (!accepts(accept, file)) chosen.reject("type_not_accepted", path, file);
    else if (file.size > maxBytes) chosen.reject("too_large", path, file);
    else if (file.size < minBytes) chosen.reject("too_small", path, file);
    else if (files.length >= most) chosen.reject("too_many", path, file);
    else if (total + file.size > maxTotalBytes) chosen.reject("too_large_in_all", path, file);
    else {
      files.push(picked);
      total += file.size;
    }
  }
  return { files, rejected: chosen.rejected };
}

class Chosen {
  /** @type {PickedFile[]} */
  files = [];
  /** @type {Rejection[]} */
  rejected = [];

  /** @param {RejectionCode} code
   * @param {string} path
   * @param {File} [file] */
  reject(code, path, file) {
    this.rejected.push(file ? { code, path, file } : { code, path });
  }

  /** @param {File} file
   * @param {string} path
   * @param {FileSystemHandle} [handle] */
  add(file, path, handle) {
    const picked = { file, path: path.replace(REFUSED, "") };
    const kept = /** @type {FileHandle & FileSystemHandle | undefined} */ (handle);
    this.files.push(kept?.kind === "file" ? { ...picked, handle: kept } : picked);
  }

  /** @param {FileSystemDirectoryEntry} folder */
  async addFolder(folder) {
    const [files, rejected] = [this.files.length, this.rejected.length];
    await this.walk(folder, folder.name);
    const holdsSomething =
      this.files.slice(files).some((picked) => !isSystem(picked)) ||
      this.rejected.slice(rejected).some(({ code }) => code === "unreadable");
    if (!holdsSomething) this.reject("empty_folder", folder.name);
  }

  /** @param {FileSystemEntry} entry
   * @param {string} path */
  async walk(entry, path) {
    try {
      if (entry.isFile) {
        const { file } = /** @type {FileSystemFileEntry} */ (entry);
        /** @type {File} */
        const read = await new Promise((resolve, reject) => file.call(entry, resolve, reject));
        return this.add(read, path);
      }
      if (SYSTEM_FOLDERS.test(entry.name)) return this.reject("system_file", path);
      const reader = /** @type {FileSystemDirectoryEntry} */ (entry).createReader();
      // A reader gives at most a hundred entries at a time in Chromium:
      // https://developer.mozilla.org/docs/Web/API/FileSystemDirectoryReader/readEntries
      for (;;) {
        /** @type {FileSystemEntry[]} */
        const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
        if (some.length === 0) return;
        for (const child of some) await this.walk(child, `${path}/${child.name}`);
      }
    } catch {
      this.reject("unreadable", path);
    }
  }

  /** System files are left out, unless somebody chose nothing else, outside any folder. */
  withoutSystemFiles() {
    const { files } = this;
    if (files.every((picked) => isSystem(picked) && !picked.path.includes("/"))) return files;
    for (const { file, path } of files.filter(isSystem)) this.reject("system_file", path, file);
    return files.filter((picked) => !isSystem(picked));
  }
}

/** @param {PickedFile} picked */
function isSystem({ file }) {
  return SYSTEM_FILES.test(file.name);
}

/** Whether a file is one of those that an `accept` lists:
 * https://html.spec.whatwg.org/multipage/input.html#attr-input-accept
 * @param {string | undefined} accept
 * @param {File} file */
function accepts(accept = "", { name, type }) {
  const [media = ""] = type.toLowerCase().split(";");
  const rules = accept.toLowerCase().split(",").map((rule) => rule.trim());
  /** @param {string} rule */
  const fits = (rule) => {
    if (rule.startsWith(".")) return name.toLowerCase().endsWith(rule);
    return rule === "*/*" || (rule.endsWith("/*") ? media.startsWith(rule.slice(0, -1)) : media.trim() === rule);
  };
  return accept.trim() === "" || rules.some((rule) => rule !== "" && fits(rule));
}
