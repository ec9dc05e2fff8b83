// The entry `crowfly`: importing it does nothing; createClient loads the module from beside this file, or, where a
// bundler or server has not put it there, from inside the package's JavaScript.
import { begin } from "./shared.js";

export { isUploadError } from "./shared.js";

/** Makes a client; loads the WebAssembly module at the first call.
 * @type {typeof import("./index.d.ts").createClient} */
export function createClient(options) {
  return begin(
    () => import("./start.js"),
    (start) =>
      start.beside(
        options,
        () => new URL("./crowfly_bg.wasm", import.meta.url),
        () => new Worker(new URL("./worker.js", import.meta.url), { type: "module" }),
        () => import("./inline-data.js"),
      ),
  );
}
