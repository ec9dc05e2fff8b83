// Compiles the module, and finds out why it cannot be had.
import { policyWatch } from "./policy.js";

/** @import { SlimOptions } from "./slim.d.ts" */

/** An exception, as far as it may be one of the usual kind: anything can be thrown.
 * @typedef {{ message?: string } | null | undefined} Thrown */

/** Where the module comes from.
 * @typedef {SlimOptions["wasm"] | Request | (() => URL)} Source */

/** Gets the copy of module and worker.
 * @typedef {() => Promise<typeof import("./inline-data.js")>} Data */

const COPY = "have crowfly_bg.wasm and worker.js of the package copied there, beside the file that a bundler writes";
const VITE = 'in the dev server of Vite 5 to 7 set optimizeDeps: { exclude: ["crowfly"] }';
const REFUSED =
  "the page's content security policy does not let WebAssembly run, from wherever it comes; " +
  "allow 'wasm-unsafe-eval' in script-src";

/** What was found, what is to be done about it, and the exception behind it. */
export class Cause {
  /** WebAssembly itself is refused: no other copy will do. */
  policy = false;

  /** @param {string} found
   * @param {string} cure
   * @param {unknown} [error] */
  constructor(found, cure, error) {
    this.found = found;
    this.cure = cure;
    this.error = error;
  }

  get text() {
    return this.cure ? `${this.found}; ${this.cure}` : this.found;
  }

  /** @param {string} more */
  with(more) {
    return new Cause(`${this.text}; ${more}`, "", this.error);
  }
}

/** The module and the worker that `data` imports, as text.
 * @param {Data} data */
export function copyOf(data) {
  return data().catch((/** @type {Thrown} */ error) => {
    throw new Cause(`the script inline-data.js could not be loaded (${error?.message})`, "serve it", error);
  });
}

/** The compiled module of an address (or a function that gives it), an answer, bytes, or itself. Rejects with a
 * `Cause`.
 * @param {Source} source
 * @returns {Promise<WebAssembly.Module>} */
export async function compile(source) {
  /** @type {Request | Awaited<SlimOptions["wasm"]>} */
  let value;
  try {
    value = await (typeof source === "function" ? source() : source);
  } catch (error) {
    // Where a bundle has no address of its own, such as in a classic script.
    const cure = typeof source === "function" ? "let the bundler write an ES module (format esm)" : "";
    throw new Cause(`its address is not known (${/** @type {Thrown} */ (error)?.message})`, cure, error);
  }
  if (typeof value === "string" || value instanceof URL || value instanceof Request) value = await ask(value);
  if (value instanceof Response) return answered(value);
  if (value instanceof WebAssembly.Module) return value;
  const bytes = () => WebAssembly.compile(/** @type {BufferSource} */ (value));
  return built(bytes, "what was given is no WebAssembly module", "");
}

/** @param {string | URL | Request} address */
async function ask(address) {
  const at = place(address instanceof Request ? address.url : address);
  const policy = policyWatch("connect-src");
  try {
    return await fetch(address);
  } catch (error) {
    if (await policy.refused()) {
      throw new Cause(`the page's content security policy refused ${at}`, "allow it in connect-src", error);
    }
    const cure = at.startsWith("file:")
      ? "serve the page by http"
      : "check that it can be reached, and, if it is of another origin, that it allows this page (CORS)";
    throw new Cause(`${at} could not be fetched (${/** @type {Thrown} */ (error)?.message})`, cure, error);
  } finally {
    policy.end();
  }
}

/** The module of an answer, whose content type servers often have wrong.
 * @param {Response} response */
async function answered(response) {
  const at = place(response.url);
  const type = response.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase() || "no content type";
  if (!response.ok) throw new Cause(`${at} was answered with status ${response.status}`, COPY);
  if (type === "application/wasm" && WebAssembly.compileStreaming) {
    return built(() => WebAssembly.compileStreaming(response), `${at} is no WebAssembly module`, COPY);
  }
  const bytes = await response.arrayBuffer().then(
    (buffer) => new Uint8Array(buffer),
    (/** @type {Thrown} */ error) => {
      throw new Cause(`the answer of ${at} broke off (${error?.message})`, "try again", error);
    },
  );
  // Module magic: WebAssembly Core Specification 2.0, section 5.5.16.
  if ([0x00, 0x61, 0x73, 0x6d].every((byte, place) => bytes[place] === byte)) {
    return built(() => WebAssembly.compile(bytes), `${at} is no WebAssembly module`, COPY);
  }
  if (type === "text/html" || String.fromCharCode(/** @type {number} */ (bytes[0])) === "<") {
    throw new Cause(`${at} was answered with a page (HTML) in place of the module`, `${COPY}; ${VITE}`);
  }
  throw new Cause(`${at} was answered with ${type}, and is no WebAssembly module`, COPY);
}

/** @param {() => Promise<WebAssembly.Module>} work
 * @param {string} found
 * @param {string} cure */
async function built(work, found, cure) {
  try {
    return await work();
  } catch (error) {
    if (!wasmRuns()) throw Object.assign(new Cause(REFUSED, "", error), { policy: true });
    throw new Cause(`${found} (${/** @type {Thrown} */ (error)?.message})`, cure, error);
  }
}

/** Whether an empty module can be compiled; browsers say in different ways that it is not allowed. */
function wasmRuns() {
  try {
    return Boolean(new WebAssembly.Module(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0)));
  } catch {
    return false;
  }
}

/** An address without what may be secret in it.
 * @param {string | URL} address */
export function place(address) {
  try {
    const { protocol, host, pathname } = new URL(address, globalThis.location?.href);
    return /^(https?|file):$/.test(protocol) ? `${protocol}//${host}${pathname}` : `an address of ${protocol}`;
  } catch {
    return "the module's address";
  }
}
