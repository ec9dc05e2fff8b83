// Files come from the picker, from dropping them anywhere on the page, or from pasting. Folders are walked.

/** Calls `onFiles` with a non-empty array of files, or of file handles where the browser has them: with a handle an
 * upload can resume after a reload. `enabled()` returns whether the page accepts files now. */
export function dropzone({ input, veil, enabled, onFiles }) {
  let depth = 0;
  const give = (files) => {
    if (files.length > 0) onFiles(files);
  };
  const carriesFiles = (event) => enabled() && event.dataTransfer?.types.includes("Files");
  const show = (on) => veil.classList.toggle("shown", on);

  input.addEventListener("change", () => {
    const files = [...input.files];
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
    give(await droppedFiles(event.dataTransfer));
  });
  document.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
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
  if (!entries.some((entry) => entry.isDirectory)) return (await allFiles(handles)) ?? plain;
  const found = [];
  for (const entry of entries) await walk(entry, found);
  return found;
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

async function walk(entry, found) {
  try {
    if (entry.isFile) {
      found.push(await new Promise((resolve, reject) => entry.file(resolve, reject)));
      return;
    }
    const reader = entry.createReader();
    for (;;) {
      const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
      if (some.length === 0) return;
      for (const child of some) await walk(child, found);
    }
  } catch {
    // An entry that cannot be read (no permission, deleted meanwhile) is skipped.
  }
}
