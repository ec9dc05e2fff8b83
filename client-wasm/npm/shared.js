// All that runs at import, whichever the entry: the test for an error of the SDK, and the way to the rest.

/** Tells whether a caught value is an error of this SDK. */
export function isUploadError(value) {
  return value instanceof Error && value.name === "UploadError" && typeof value.code === "string";
}

/** Loads what starts the module, and lets `make` make a client by it. */
export async function begin(make) {
  let start;
  try {
    start = await import("./start.js");
  } catch (cause) {
    const error = new Error(`crowfly's own script start.js could not be loaded: ${cause?.message}`, { cause });
    throw Object.assign(error, { name: "UploadError", code: "wasm_unavailable", retryable: true, phase: "start" });
  }
  return make(start);
}
