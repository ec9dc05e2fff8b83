// The entry `crowfly/inline`: module and worker travel inside the JavaScript, for bundlers that do not
// emit files named by `new URL(..., import.meta.url)`. A third larger; its worker needs `worker-src blob:`.
import { createClientFrom } from "./shared.js";

export { isUploadError } from "./shared.js";

let data;

async function wasm() {
  data = await import("./inline-data.js");
  return Uint8Array.from(atob(data.wasm), (digit) => digit.charCodeAt(0));
}

function worker() {
  const url = URL.createObjectURL(new Blob([data.worker], { type: "text/javascript" }));
  try {
    return new Worker(url, { type: "module", name: "crowfly" });
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** Makes a client from the module inside this package's JavaScript. */
export function createClient(options) {
  return createClientFrom(wasm, worker, options);
}
