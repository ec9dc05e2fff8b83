// Starts the module once for the page, from the first place that has it, and makes clients of it.
import { createClient, instantiate } from "./crowfly.js";
import { compile, fallback } from "./module.js";
import { StartingWorker } from "./starting-worker.js";

/** @import { Client, ClientOptions, UploadErrorCode } from "./api.d.ts" */
/** @import { HashWorker } from "./crowfly.js" */
/** @import { Cause } from "./fallback.js" */
/** @import { Data, Source, Thrown } from "./module.js" */
/** @import { Way } from "./starting-worker.js" */

/** The running module, `cause` being why it is the inlined copy.
 * @typedef {{ cause?: Cause | undefined }} Started */

/** The module of this page, or the attempt to get it.
 * @type {Promise<Started> | undefined} */
let started;
/** The module itself.
 * @type {WebAssembly.Module} */
let running;
/** Why no worker can be had from beside the module, once that is known.
 * @type {Cause | undefined} */
let workerCause;

/** A client whose module and worker come from beside the entry; from the copy that `data` imports if they cannot.
 * @param {ClientOptions} options
 * @param {() => URL} address
 * @param {() => Worker} worker
 * @param {Data} data
 * @returns {Promise<Client>} */
export async function beside(options, address, worker, data) {
  let told = false;
  /** @param {Cause} why */
  const tell = (why) => {
    if (!told) why.tell(options);
    told = true;
  };
  const { cause } = await once(() => besideOrInlined(address, data));
  if (cause) tell(cause);
  /** @param {Cause} why */
  const failed = (why) => (workerCause ??= why);
  /** @returns {Way[]} */
  const ways = () => {
    const [own, copy] = [{ start: worker, url: besideOf(address), failed }, { start: () => copied(data) }];
    if (workerCause) return [copy];
    return cause ? [copy, own] : [own, copy];
  };
  const answered = () => workerCause && tell(workerCause);
  return made(options, () => new StartingWorker(ways(), answered, workerCause));
}

/** A client whose module and worker come from the copy that `data` imports.
 * @param {ClientOptions} options
 * @param {Data} data
 * @returns {Promise<Client>} */
export async function inlined(options, data) {
  await once(async () => run(await inlinedModule(data)));
  return made(options, () => new StartingWorker([{ start: () => copied(data) }]));
}

/** A client of the caller's own module: an address, an answer, bytes, or the compiled module.
 * @param {ClientOptions} options
 * @param {Source} wasm
 * @param {(() => HashWorker) | undefined} worker
 * @returns {Promise<Client>} */
export async function given(options, wasm, worker) {
  await once(async () => run(await compile(wasm)));
  return made(options, worker);
}

/** A client, with what is loaded when it is called.
 * @param {ClientOptions} options
 * @param {(() => HashWorker) | undefined} worker
 * @returns {Client} */
function made(options, worker) {
  const doctor = async () => (await import("./doctor.js")).examine(options, worker, running);
  return Object.assign(createClient(options, worker), { doctor });
}

/** @param {() => URL} address
 * @param {Data} data
 * @returns {Promise<Started>} */
async function besideOrInlined(address, data) {
  /** @type {Cause | undefined} */
  let cause;
  /** @type {WebAssembly.Module} */
  let module;
  try {
    module = await compile(address);
  } catch (found) {
    // Where WebAssembly is not allowed to run, the copy is not either.
    const why = /** @type {Cause} */ (found);
    if (why.policy) throw why;
    cause = why;
    module = await inlinedModule(data).catch((/** @type {Cause} */ second) => {
      throw why.with(`its inlined copy could not be used either: ${second.found}`);
    });
  }
  return run(module, cause);
}

/** @param {Data} data */
async function inlinedModule(data) {
  return compile(await (await fallback()).copiedModule(data));
}

/** A worker of the copy.
 * @param {Data} data */
async function copied(data) {
  return (await fallback()).blobWorker(data);
}

/** Runs the compiled module.
 * @param {WebAssembly.Module} module
 * @param {Cause} [cause] why it is the inlined copy
 * @returns {Promise<Started>} */
async function run(module, cause) {
  await instantiate((running = module));
  return { cause };
}

/** @param {() => Promise<Started>} load */
async function once(load) {
  await requireBrowser();
  const attempt = (started ??= load());
  try {
    return await attempt;
  } catch (cause) {
    // The next call tries again.
    if (started === attempt) started = undefined;
    const { text, error = cause, message } = /** @type {Partial<Cause & Error>} */ (Object(cause));
    throw uploadError(
      "wasm_unavailable",
      true,
      `the WebAssembly module of crowfly could not be loaded: ${text ?? message ?? String(cause)}`,
      error,
    );
  }
}

/** Where `worker.js` is if the files are as the package has them; a bundler gives both other names.
 * @param {() => URL} address */
function besideOf(address) {
  try {
    const { origin, pathname } = address();
    return pathname.endsWith("crowfly_bg.wasm") ? new URL("worker.js", origin + pathname) : undefined;
  } catch {
    return undefined;
  }
}

async function requireBrowser() {
  // There is no XMLHttpRequest in a service worker.
  const browser = "XMLHttpRequest" in globalThis || "ServiceWorkerGlobalScope" in globalThis;
  if (!browser || typeof WebAssembly === "undefined") {
    throw uploadError("unsupported", false, (await fallback()).NO_BROWSER);
  }
}

/** @param {UploadErrorCode} code
 * @param {boolean} retryable
 * @param {string} message
 * @param {unknown} [cause] */
function uploadError(code, retryable, message, cause) {
  const error = new Error(message, cause === undefined ? undefined : { cause });
  return Object.assign(error, { name: "UploadError", code, retryable, phase: "start" });
}
