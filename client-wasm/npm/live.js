// The entry `crowfly/live`: as `crowfly`, with uploads of recordings (`uploadLive`), whose module is larger.
import { begin } from "./shared.js";

export { isUploadError } from "./shared.js";

/** Makes a client; loads the WebAssembly module at the first call.
 * @type {typeof import("./live.d.ts").createClient} */
export function createClient(options) {
  return begin(
    () => import("./start-live.js"),
    (start) =>
      start.beside(
        options,
        () => new URL("./live-crowfly_bg.wasm", import.meta.url),
        () => new Worker(new URL("./worker.js", import.meta.url), { type: "module" }),
        () => import("./live-data.js"),
      ),
    "start-live.js",
  );
}
