// The part of the worker that writes the spool of a live upload: only a worker may write a file in place.
//
// In:  { spool, call, data } adds to a spool, { spool, call } completes its file.
// Out: { call, bytes, files, error }: how many bytes are written, and how many files are complete.

/** Work on the spool of an upload.
 * @typedef {{ spool: string, call: number, data?: Blob }} Entry */

let spooling = Promise.resolve();
/** Bytes of each file of a spool: those of the least part that S3 takes. */
const FILE = 5 * 1024 * 1024;
/** @type {FileSystemDirectoryHandle | undefined} */
let folder;
/** @type {FileSystemSyncAccessHandle | undefined} */
let file;
let [files, inFile, spooled] = [0, 0, 0];

/** Adds to the one spool that this worker writes, or completes its file. https://fs.spec.whatwg.org/#api-filesystemsyncaccesshandle
 * @param {Entry} entry */
async function write({ spool: id, call, data }) {
  /** @type {string | undefined} */
  let error;
  try {
    if (data) await append(id, new Uint8Array(await data.arrayBuffer()));
    else complete();
  } catch (thrown) {
    error = String(/** @type {Error} */ (thrown)?.message ?? thrown);
    complete();
  }
  postMessage({ call, bytes: spooled, files, error });
}

/** @param {string} id
 * @param {Uint8Array<ArrayBuffer>} bytes */
async function append(id, bytes) {
  if (!folder) {
    const root = await navigator.storage.getDirectory();
    const spools = await root.getDirectoryHandle("crowfly", { create: true });
    folder = await spools.getDirectoryHandle(id, { create: true });
  }
  for (let from = 0; from < bytes.length; ) {
    if (!file) {
      const handle = await folder.getFileHandle(String(files), { create: true });
      file = await handle.createSyncAccessHandle();
    }
    const piece = bytes.subarray(from, from + FILE - inFile);
    const wrote = file.write(piece, { at: inFile });
    from += wrote;
    inFile += wrote;
    spooled += wrote;
    if (wrote < piece.length) throw new Error("the disk is full");
    if (inFile === FILE) complete();
  }
  file?.flush();
}

function complete() {
  if (!file) return;
  file.flush();
  file.close();
  file = undefined;
  files++;
  inFile = 0;
}

addEventListener("message", (/** @type {MessageEvent<Entry>} */ { data }) => {
  if (data.spool) spooling = spooling.then(() => write(data));
});
