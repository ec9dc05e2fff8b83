// Compiles the module.
import { policyWatch } from "./policy.js";

/** @import { Cause } from "./fallback.js" */
/** @import { SlimOptions } from "./slim.d.ts" */

/** An exception, as far as it may be one of the usual kind: anything can be thrown.
 * @typedef {{ message?: string } | null | undefined} Thrown */

/** Where the module comes from.
 * @typedef {SlimOptions["wasm"] | Request | (() => URL)} Source */

/** Gets the copy of module and worker.
 * @typedef {() => Promise<typeof import("./inline-data.js")>} Data */

/** What there is of a module: for finding out why it does not compile.
 * @typedef {object} Had
 * @property {Source} source
 * @property {URL | Request | Awaited<SlimOptions["wasm"]>} [value]
 * @property {string} [address]
 * @property {Response} [response]
 * @property {Uint8Array} [bytes] */

/** Loads what only a page in trouble needs. A bundler without code splitting puts it into the application's one file. */
export const fallback = () => import("./fallback.js");

/** The compiled module of an address (or a function that gives it), an answer, bytes, or itself. Rejects with a
 * {@link Cause}.
 * @param {Source} source
 * @returns {Promise<WebAssembly.Module>} */
export async function compile(source) {
  /** @type {Had} */
  const had = { source };
  const policy = policyWatch("connect-src");
  try {
    return await compiled(had);
  } catch (error) {
    throw await fallback().then(
      ({ moduleCause }) => moduleCause(error, had, policy),
      () => error,
    );
  } finally {
    policy.end();
  }
}

/** @param {Had} had */
async function compiled(had) {
  const { source } = had;
  let value = (had.value = await (typeof source === "function" ? source() : source));
  if (is("WebAssembly.Module", value)) return /** @type {WebAssembly.Module} */ (value);
  if (typeof value === "string" || is("URL", value) || is("Request", value)) {
    const address = /** @type {URL | Request} */ (value);
    had.address = "url" in Object(address) ? /** @type {Request} */ (address).url : String(address);
    value = await fetch(address);
  }
  if (!is("Response", value)) return WebAssembly.compile(/** @type {BufferSource} */ (value));
  const response = (had.response = /** @type {Response} */ (value));
  if (!response.ok) throw response;
  if (response.headers.get("content-type") === "application/wasm" && WebAssembly.compileStreaming) {
    return WebAssembly.compileStreaming(response);
  }
  // Servers often have the content type wrong.
  had.bytes = new Uint8Array(await response.arrayBuffer());
  return WebAssembly.compile(/** @type {BufferSource} */ (had.bytes));
}

/** Whether a value is of a class; the classes of `fetch` are missing in some environments for tests.
 * @param {string} name
 * @param {unknown} value */
function is(name, value) {
  return Object.prototype.toString.call(value) === `[object ${name}]`;
}
