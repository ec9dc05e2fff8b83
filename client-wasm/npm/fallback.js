// What only a page in trouble loads: why module or worker cannot be had, and the copy of both inside the JavaScript.

/** @import { ClientOptions } from "./api.d.ts" */
/** @import { Data, Had, Thrown } from "./module.js" */
/** @import { PolicyWatch } from "./policy.js" */

/** The part of Trusted Types that is used; a `TrustedScriptURL` counts as text. https://www.w3.org/TR/trusted-types/
 * @typedef {{ createScriptURL: (text: string) => string }} Policy
 * @typedef {{ trustedTypes?: { createPolicy: (name: string, policy: Policy) => Policy } }} TrustedTypes */

export const NO_BROWSER =
  "createClient needs a browser: there is no XMLHttpRequest or WebAssembly here. " +
  "Importing crowfly on a server is fine; call createClient in code that runs in the page.";
/** @param {string} [address] of the module, whose file has this or a longer name
 * @returns {string} */
const copy = (address) => {
  const name = /[^/]*crowfly_bg\.wasm(?=$|[?#])/.exec(address ?? "")?.[0] ?? "crowfly_bg.wasm";
  return `have ${name} and worker.js of the package copied there, beside the file that a bundler writes`;
};
const VITE = 'in the dev server of Vite 5 to 7 set optimizeDeps: { exclude: ["crowfly"] }';
const REFUSED =
  "the page's content security policy does not let WebAssembly run, from wherever it comes; " +
  "allow 'wasm-unsafe-eval' in script-src";
const WORKER = "have worker.js of the package served there as JavaScript";
const ALLOW = "allow it in worker-src ('self', and blob: for the inlined copy)";
const TRUSTED = "allow the Trusted Types policy crowfly (trusted-types crowfly)";
const UNSAID =
  "its script could not be loaded (it is missing, is no JavaScript, or lacks the page's Cross-Origin-Embedder-Policy)";

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

  /** Tells the application that the inlined copy is used, and why.
   * @param {ClientOptions} options */
  tell(options) {
    const message =
      `the copy of module and worker inside the JavaScript is used, which is a larger download: ${this.text}`;
    try {
      const onWarning = options?.onWarning;
      if (typeof onWarning === "function") onWarning(Object.freeze({ code: "inlined", message }));
      else console.warn(`crowfly: ${message}`);
    } catch (error) {
      globalThis.reportError?.(error);
    }
  }
}

/** Why there is no module.
 * @param {unknown} error
 * @param {Had} had what there was when it was thrown
 * @param {PolicyWatch} policy */
export async function moduleCause(error, { source, value, address, response, bytes }, policy) {
  const said = /** @type {Thrown} */ (error)?.message;
  if (value === undefined && typeof source === "function") {
    // Where a bundle has no address of its own, such as in a classic script.
    return new Cause(`its address is not known (${said})`, "let the bundler write an ES module (format esm)", error);
  }
  if (address !== undefined && !response) return unreachable(place(address), error, policy);
  const at = response && place(response.url);
  if (response && !response.ok) return new Cause(`${at} was answered with status ${response.status}`, copy(at));
  // Module magic: WebAssembly Core Specification 2.0, section 5.5.16.
  const magic = bytes && [0x00, 0x61, 0x73, 0x6d].every((byte, place) => bytes[place] === byte);
  const type = response?.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase() || "no content type";
  if (response && bytes && !magic) {
    if (type === "text/html" || String.fromCharCode(/** @type {number} */ (bytes[0])) === "<") {
      return new Cause(`${at} was answered with a page (HTML) in place of the module`, `${copy(at)}; ${VITE}`);
    }
    return new Cause(`${at} was answered with ${type}, and is no WebAssembly module`, copy(at));
  }
  if (!wasmRuns()) return Object.assign(new Cause(REFUSED, "", error), { policy: true });
  if (value === undefined) return new Cause(`the module was not given (${said})`, "", error);
  if (!response) return new Cause(`what was given is no WebAssembly module (${said})`, "", error);
  // An answer that broke off is a network error, which is a TypeError; what does not compile is a CompileError.
  if (error instanceof TypeError && !magic) return new Cause(`the answer of ${at} broke off (${said})`, "try again", error);
  return new Cause(`${at} is no WebAssembly module (${said})`, copy(at), error);
}

/** @param {string} at
 * @param {unknown} error
 * @param {PolicyWatch} policy */
async function unreachable(at, error, policy) {
  if (await policy.refused()) {
    return new Cause(`the page's content security policy refused ${at}`, "allow it in connect-src", error);
  }
  const cure = at.startsWith("file:")
    ? "serve the page by http"
    : "check that it can be reached, and, if it is of another origin, that it allows this page (CORS)";
  return new Cause(`${at} could not be fetched (${/** @type {Thrown} */ (error)?.message})`, cure, error);
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
function place(address) {
  try {
    const { protocol, host, pathname } = new URL(address, globalThis.location?.href);
    return /^(https?|file):$/.test(protocol) ? `${protocol}//${host}${pathname}` : `an address of ${protocol}`;
  } catch {
    return "the module's address";
  }
}

/** Why a worker did not start.
 * @param {unknown} error what was thrown, or its `error` event
 * @param {PolicyWatch} policy
 * @param {URL | undefined} url where its script is, if that is known */
export async function workerCause(error, policy, url) {
  if (await policy.refused()) return new Cause("the page's content security policy refused the worker", ALLOW);
  if (error instanceof Cause) return error;
  if (error instanceof TypeError && /TrustedScriptURL/.test(error.message)) {
    return new Cause("the page's Trusted Types refused the worker's address", TRUSTED);
  }
  // Without what may be secret in an address.
  const said = /** @type {Thrown} */ (error)?.message?.replace(/[?#][^\s'"]*/g, "");
  if (said) return new Cause(`the worker did not start (${said})`, "");
  return scriptOf(url);
}

/** What is wrong with the script of a worker: its `error` event does not say.
 * @param {URL | undefined} url */
async function scriptOf(url) {
  const response = url && (await fetch(url).catch(() => undefined));
  if (!response) return new Cause(UNSAID, WORKER);
  const type = response.headers.get("content-type")?.split(";")[0] || "no content type";
  const at = `${place(url)} was answered with`;
  if (!response.ok) return new Cause(`${at} status ${response.status}`, WORKER);
  if (type === "text/html") return new Cause(`${at} a page (HTML) in place of the worker's script`, WORKER);
  if (!/(java|ecma)script/.test(type)) return new Cause(`${at} ${type} in place of JavaScript`, WORKER);
  if (globalThis.crossOriginIsolated && !response.headers.has("cross-origin-embedder-policy")) {
    return new Cause(`${at.replace("was answered with", "has")} no Cross-Origin-Embedder-Policy, as the page has`, "add it");
  }
  return new Cause(UNSAID, WORKER);
}

/** The module and the worker that `data` imports, as text.
 * @param {Data} data */
function copyOf(data) {
  return data().catch((/** @type {Thrown} */ error) => {
    throw new Cause(`the script inline-data.js could not be loaded (${error?.message})`, "serve it", error);
  });
}

/** The bytes of the module that `data` imports.
 * @param {Data} data */
export async function copiedModule(data) {
  const { wasm } = await copyOf(data);
  return Uint8Array.from(atob(wasm), (digit) => digit.charCodeAt(0));
}

/** Starts the worker of the copy that `data` imports.
 * @param {Data} data
 * @returns {Promise<Worker>} */
export async function blobWorker(data) {
  const { worker } = await copyOf(data);
  const url = URL.createObjectURL(new Blob([worker], { type: "text/javascript" }));
  try {
    // Not of type module: a page of no origin (sandboxed, or on the disk) may not load one from its own Blob.
    return new Worker(trusted(url), { name: "crowfly" });
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** @type {Policy | undefined} */
let policy;

/** The address in the form in which a page that enforces Trusted Types takes it.
 * @param {string} url */
function trusted(url) {
  try {
    policy ??= /** @type {TrustedTypes} */ (globalThis).trustedTypes?.createPolicy("crowfly", {
      createScriptURL: (text) => text,
    });
  } catch {
    // This policy is not allowed; the page may not enforce any.
  }
  return policy?.createScriptURL(url) ?? url;
}
