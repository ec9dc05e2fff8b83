// Dropped folders, and the files that operating systems leave in them.

/** Written by file managers and archivers of macOS, Windows and KDE; no person means to send them. */
const SYSTEM_FILES = /^(\.DS_Store|\.localized|\._.+|Icon\r|Thumbs\.db|ehthumbs(_vista)?\.db|desktop\.ini|\.directory)$/i;
const SYSTEM_FOLDERS = /^(__MACOSX|\.Spotlight-V100|\.Trashes|\.fseventsd|\$RECYCLE\.BIN|System Volume Information|@eaDir)$/i;

/** The folder of a file that was picked with its folder; undefined otherwise. */
export function folderOf({ webkitRelativePath = "" }) {
  return webkitRelativePath.replace(/\/?[^/]*$/, "") || undefined;
}

/** Splits what was chosen, a list of `{file, path}`. System files are sent only if somebody chose them by themselves, outside
 * any folder. */
export function withoutSystemFiles(chosen, fromFolder) {
  const files = chosen.filter(({ file }) => !SYSTEM_FILES.test(file.name));
  if (files.length === 0 && !fromFolder) return { files: chosen, leftOut: [] };
  const leftOut = chosen.filter(({ file }) => SYSTEM_FILES.test(file.name)).map(({ file }) => file.name);
  return { files, leftOut };
}

/** Adds the files of a dropped entry to `found.files`, each with the folder that it is in; what cannot be read (no
 * permission, deleted meanwhile) is counted in `found.unreadable`. https://developer.mozilla.org/en-US/docs/Web/API/FileSystemDirectoryReader */
export async function walk(entry, found, path = "") {
  try {
    if (entry.isFile) {
      found.files.push({ file: await new Promise((resolve, reject) => entry.file(resolve, reject)), path });
      return;
    }
    if (SYSTEM_FOLDERS.test(entry.name)) return;
    const reader = entry.createReader();
    // A reader gives at most a hundred entries at a time in Chromium.
    for (;;) {
      const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
      if (some.length === 0) return;
      for (const child of some) await walk(child, found, path ? `${path}/${entry.name}` : entry.name);
    }
  } catch {
    found.unreadable += 1;
  }
}
