// What every entry shares: the error of the SDK, the check for a browser, and the start of the module.
// Nothing here runs at import.

/** Tells whether a caught value is an error of this SDK. */
export function isUploadError(value) {
  return value instanceof Error && value.name === "UploadError" && typeof value.code === "string";
}

function uploadError(code, retryable, message, cause) {
  const error = new Error(message, cause === undefined ? undefined : { cause });
  error.name = "UploadError";
  return Object.assign(error, { code, retryable, phase: "start" });
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

let started;

async function start(source) {
  const [glue, wasm] = await Promise.all([import("./crowfly.js"), source()]);
  await glue.default({ module_or_path: wasm });
  return glue;
}

/**
 * Starts the module once for the page and makes a client. `source` gives the wasm, `worker` a Worker that
 * runs `worker.js`.
 */
export async function createClientFrom(source, worker, options) {
  requireBrowser();
  started ??= start(source);
  const attempt = started;
  let glue;
  try {
    glue = await attempt;
  } catch (cause) {
    // The next call tries again.
    if (started === attempt) started = undefined;
    throw uploadError(
      "wasm_unavailable",
      true,
      "the WebAssembly module of crowfly could not be loaded; check that crowfly_bg.wasm is served " +
        "and that the page's content security policy allows 'wasm-unsafe-eval'",
      cause,
    );
  }
  return glue.createClient(options, worker);
}
