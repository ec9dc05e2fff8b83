// Files come from the picker, from dropping them anywhere on the page, or from pasting. Folders are walked.

import { folderOf, withoutSystemFiles, walk } from "./folders.js";
import { count } from "./format.js";

/** Calls `onFiles` with a non-empty array of `{file, path}`: a file, or its handle where the browser has them, and the
 * folder that it is in. With a handle an upload can resume after a reload. `onNote` gets a sentence on what is not sent, or
 * an empty text. `enabled()` returns whether the page accepts files now. */
export function dropzone({ input, veil, enabled, onFiles, onNote }) {
  let depth = 0;
  const give = (chosen, { folders = 0, unreadable = 0 } = {}) => {
    const { files, leftOut } = withoutSystemFiles(chosen, folders > 0);
    onNote(noteOn({ files, leftOut, folders, unreadable }));
    if (files.length > 0) onFiles(files);
  };
  const carriesFiles = (event) => enabled() && event.dataTransfer?.types.includes("Files");
  const show = (on) => veil.classList.toggle("shown", on);

  input.addEventListener("change", () => {
    const files = [...input.files].map((file) => ({ file, path: folderOf(file) }));
    // Otherwise picking the same file again fires no event.
    input.value = "";
    give(files);
  });
  document.addEventListener("dragenter", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    depth += 1;
    show(true);
  });
  document.addEventListener("dragleave", (event) => {
    if (!carriesFiles(event)) return;
    depth = Math.max(0, depth - 1);
    show(depth > 0);
  });
  document.addEventListener("dragover", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
  });
  document.addEventListener("drop", async (event) => {
    depth = 0;
    show(false);
    if (!carriesFiles(event)) return;
    event.preventDefault();
    const { files, ...found } = await droppedFiles(event.dataTransfer);
    give(files, found);
  });
  document.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])].map((file) => ({ file }));
    if (!enabled() || files.length === 0) return;
    event.preventDefault();
    give(files);
  });
}

async function droppedFiles(transfer) {
  // Read before the first await, because the data store is emptied after the event:
  // https://developer.mozilla.org/en-US/docs/Web/API/DataTransfer
  const items = [...transfer.items].filter((item) => item.kind === "file");
  const entries = items.map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  const handles = items.map((item) => item.getAsFileSystemHandle?.());
  const plain = [...transfer.files];
  const folders = entries.filter((entry) => entry.isDirectory).length;
  if (folders === 0) return { files: ((await allFiles(handles)) ?? plain).map((file) => ({ file })) };
  const found = { files: [], folders, unreadable: 0 };
  for (const entry of entries) await walk(entry, found);
  return found;
}

/** What a person must know of what they chose; empty if all of it is sent. */
function noteOn({ files, leftOut, folders, unreadable }) {
  const texts = [];
  if (leftOut.length > 0) {
    const names = [...new Set(leftOut)].slice(0, 3).join(", ");
    texts.push(`Left out ${count(leftOut.length, "file")} of the operating system (${names}).`);
  }
  if (unreadable > 0) texts.push(`${count(unreadable, "item")} could not be read.`);
  if (files.length === 0 && folders > 0) {
    texts.push(folders === 1 ? "The folder holds nothing to send." : "The folders hold nothing to send.");
  }
  return texts.join(" ");
}

/** The handles, if every file has one. */
async function allFiles(handles) {
  try {
    const found = await Promise.all(handles);
    return found.length > 0 && found.every((handle) => handle?.kind === "file") ? found : undefined;
  } catch {
    return undefined;
  }
}
