// All that runs at import, whichever the entry: the test for an error of the SDK, and the way to the rest.

/** @import { Client, UploadError } from "./api.d.ts" */
/** @import { Thrown } from "./module.js" */

/** An error that may have a code.
 * @typedef {Error & { code?: unknown }} Coded */

/** Whether a caught value is an error of this SDK.
 * @param {unknown} value
 * @returns {value is UploadError} */
export function isUploadError(value) {
  return value instanceof Error && value.name === "UploadError" && typeof /** @type {Coded} */ (value).code === "string";
}

/** Loads what starts the module, and lets `make` make a client by it.
 * @template {Client} C
 * @param {() => Promise<typeof import("./start.js")>} load
 * @param {(start: typeof import("./start.js")) => Promise<Client>} make
 * @param {string} [name] of the script
 * @returns {Promise<C>} */
export async function begin(load, make, name = "start.js") {
  /** @type {typeof import("./start.js")} */
  let start;
  try {
    start = await load();
  } catch (cause) {
    const error = new Error(
      `crowfly's own script ${name} could not be loaded: ${/** @type {Thrown} */ (cause)?.message}`,
      { cause },
    );
    throw Object.assign(error, { name: "UploadError", code: "wasm_unavailable", retryable: true, phase: "start" });
  }
  return /** @type {Promise<C>} */ (make(start));
}
