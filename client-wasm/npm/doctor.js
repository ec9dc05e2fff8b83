// `client.doctor()`, with a WebAssembly module of its own inside: loaded when it is called, and never before.
import { diagnose, initSync } from "./doctor-glue.js";
import { wasm } from "./doctor-data.js";

/** @import { ClientOptions, Finding } from "./api.d.ts" */
/** @import { HashWorker } from "./crowfly.js" */
/** @import { Thrown } from "./module.js" */

const PATIENCE_MS = 10_000;

/** Looks at everything around a client.
 * @param {ClientOptions} options
 * @param {(() => HashWorker) | undefined} worker
 * @param {WebAssembly.Module} module what the worker runs
 * @returns {Promise<readonly Finding[]>} */
export async function examine(options, worker, module) {
  const seen = await Promise.all([workerTrouble(worker, module), journalTrouble()]);
  const bytes = Uint8Array.from(atob(wasm), (digit) => digit.charCodeAt(0));
  initSync({ module: await WebAssembly.compile(bytes) });
  return Object.freeze(await diagnose(options, { worker: seen[0], journal: seen[1] }));
}

/** Why no worker computes a checksum; empty if one does.
 * @param {(() => HashWorker) | undefined} make
 * @param {WebAssembly.Module} module
 * @returns {Promise<string>} */
function workerTrouble(make, module) {
  return new Promise((resolve) => {
    if (!make) return resolve("none was given");
    setTimeout(resolve, PATIENCE_MS, "it does not answer");
    try {
      const worker = make();
      worker.addEventListener("message", (/** @type {Event} */ event) => {
        const { data } = /** @type {MessageEvent<{ crc?: string, error?: string }>} */ (event);
        if (data.crc === undefined && data.error === undefined) return;
        worker.terminate();
        resolve(data.error ?? "");
      });
      worker.addEventListener("error", (/** @type {Event} */ event) => {
        event.preventDefault();
        resolve(/** @type {ErrorEvent} */ (event).message || "it cannot be started");
      });
      worker.postMessage({ module });
      worker.postMessage({ id: 1, blob: new Blob(["x"]), start: 0, end: 1 });
    } catch (error) {
      resolve(String(/** @type {Thrown} */ (error)?.message));
    }
  });
}

/** Why IndexedDB cannot be used; empty if it can.
 * @returns {Promise<string>} */
function journalTrouble() {
  return new Promise((resolve) => {
    setTimeout(resolve, PATIENCE_MS, "IndexedDB does not answer");
    /** @param {unknown} error */
    const refused = (error) => resolve(`IndexedDB is refused: ${/** @type {Thrown} */ (error)?.message}`);
    try {
      const name = "crowfly doctor";
      const opened = indexedDB.open(name);
      opened.onerror = () => refused(opened.error);
      opened.onsuccess = () => {
        opened.result.close();
        indexedDB.deleteDatabase(name);
        resolve("");
      };
    } catch (error) {
      refused(error);
    }
  });
}
