// Starts the module once for the page, from the first place that has it, and makes clients of it.
import { Cause, compile, copyOf } from "./module.js";
import { blobWorker, StartingWorker } from "./starting-worker.js";

/** The module of this page, or the attempt to get it: `{glue, cause}`, `cause` being why it is the inlined copy. */
let started;
/** Why no worker can be had from beside the module, once that is known. */
let workerCause;

/** A client whose module and worker come from beside the entry; from the copy that `data` imports if they cannot. */
export async function beside(options, address, worker, data) {
  const tell = teller(options);
  const { glue, cause } = await once(() => besideOrInlined(address, data));
  if (cause) tell(cause);
  const failed = (why) => (workerCause ??= why);
  const ways = () => {
    const [own, copy] = [{ start: worker, url: besideOf(address), failed }, { start: () => blobWorker(data) }];
    if (workerCause) return [copy];
    return cause ? [copy, own] : [own, copy];
  };
  const copied = () => workerCause && tell(workerCause);
  return glue.createClient(options, () => new StartingWorker(ways(), copied, workerCause));
}

/** A client whose module and worker come from the copy that `data` imports. */
export async function inlined(options, data) {
  const { glue } = await once(async () => ({ glue: await run(await inlinedModule(data)) }));
  return glue.createClient(options, () => new StartingWorker([{ start: () => blobWorker(data) }]));
}

/** A client of the caller's own module: an address, an answer, bytes, or the compiled module. */
export async function given(options, wasm, worker) {
  const { glue } = await once(async () => ({ glue: await run(await compile(wasm)) }));
  return glue.createClient(options, worker);
}

async function besideOrInlined(address, data) {
  let cause;
  let module;
  try {
    module = await compile(address);
  } catch (found) {
    // Where WebAssembly is not allowed to run, the copy is not either.
    if (found.policy) throw found;
    cause = found;
    module = await inlinedModule(data).catch((second) => {
      throw cause.with(`its inlined copy could not be used either: ${second.found}`);
    });
  }
  return { glue: await run(module), cause };
}

async function inlinedModule(data) {
  const { wasm } = await copyOf(data);
  return compile(Uint8Array.from(atob(wasm), (digit) => digit.charCodeAt(0)));
}

/** Runs the compiled module under its glue. */
async function run(module) {
  try {
    const glue = await import("./crowfly.js");
    await glue.default({ module_or_path: module });
    return glue;
  } catch (error) {
    throw new Cause(`crowfly.js could not be loaded or could not start the module (${error?.message})`, "", error);
  }
}

async function once(load) {
  requireBrowser();
  const attempt = (started ??= load());
  try {
    return await attempt;
  } catch (cause) {
    // The next call tries again.
    if (started === attempt) started = undefined;
    const because = cause instanceof Cause ? cause.text : String(cause?.message ?? cause);
    throw uploadError(
      "wasm_unavailable",
      true,
      `the WebAssembly module of crowfly could not be loaded: ${because}`,
      cause instanceof Cause ? cause.error : cause,
    );
  }
}

/** Where `worker.js` is if the files are as the package has them; a bundler gives both other names. */
function besideOf(address) {
  try {
    const { origin, pathname } = address();
    return pathname.endsWith("/crowfly_bg.wasm") ? new URL("worker.js", origin + pathname) : undefined;
  } catch {
    return undefined;
  }
}

/** Tells the application, once, that the inlined copy is used, and why. */
function teller(options) {
  let told = false;
  return (cause) => {
    if (told) return;
    told = true;
    const message =
      `the copy of module and worker inside the JavaScript is used, which is a larger download: ${cause.text}`;
    try {
      const onWarning = options?.onWarning;
      if (typeof onWarning === "function") onWarning(Object.freeze({ code: "inlined", message }));
      else console.warn(`crowfly: ${message}`);
    } catch (error) {
      globalThis.reportError?.(error);
    }
  };
}

function requireBrowser() {
  if (typeof XMLHttpRequest === "undefined" || typeof WebAssembly === "undefined") {
    throw uploadError(
      "unsupported",
      false,
      "createClient needs a browser: there is no XMLHttpRequest or WebAssembly here. " +
        "Importing crowfly on a server is fine; call createClient in code that runs in the page.",
    );
  }
}

function uploadError(code, retryable, message, cause) {
  const error = new Error(message, cause === undefined ? undefined : { cause });
  return Object.assign(error, { name: "UploadError", code, retryable, phase: "start" });
}
