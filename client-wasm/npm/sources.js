// What a gesture brings, before its folders are walked.

/** One thing that was dropped, pasted or picked.
 * @typedef {object} Source
 * @property {File | null} file
 * @property {string | undefined} [path] where it is given: by default that of the file
 * @property {FileSystemEntry | null | undefined} [entry]
 * @property {Promise<FileSystemHandle | undefined> | undefined} [handle] */

/** What some browsers have besides: https://developer.mozilla.org/docs/Web/API/DataTransferItem/getAsFileSystemHandle
 * @typedef {DataTransferItem & { getAsFileSystemHandle?: () => Promise<FileSystemHandle> }} Item */

/** What was dropped or pasted. It is read at once, as it is gone after the event:
 * https://html.spec.whatwg.org/multipage/dnd.html#the-drag-data-store
 * @param {DataTransfer} data
 * @returns {Source[]} */
export function sourcesOf(data) {
  const items = [...(data.items ?? [])].filter(({ kind }) => kind === "file");
  if (items.length === 0) return [...data.files].map((file) => ({ file }));
  return items.map((/** @type {Item} */ item) => ({
    file: item.getAsFile(),
    entry: item.webkitGetAsEntry?.(),
    handle: item.getAsFileSystemHandle?.().catch(() => undefined),
  }));
}
