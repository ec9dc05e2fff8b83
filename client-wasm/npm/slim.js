// The entry `crowfly/slim`: the caller brings the module's bytes, and a worker if there is to be one.
import { begin } from "./shared.js";

export { isUploadError } from "./shared.js";

/** Makes a client from the caller's `wasm`; the first call's module serves all later ones.
 * @type {typeof import("./slim.d.ts").createClient} */
export function createClient(options) {
  return begin(
    () => import("./start.js"),
    (start) => {
      const { wasm, worker, ...rest } = options ?? {};
      return start.given(rest, wasm, worker);
    },
  );
}
