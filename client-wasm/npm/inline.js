// The entry `crowfly/inline`: module and worker always come from inside the JavaScript. A third larger; its worker
// needs `worker-src blob:`.
import { begin } from "./shared.js";

export { isUploadError } from "./shared.js";

/** Makes a client from the module inside this package's JavaScript.
 * @type {typeof import("./inline.d.ts").createClient} */
export function createClient(options) {
  return begin(
    () => import("./start.js"),
    (start) => start.inlined(options, () => import("./inline-data.js")),
  );
}
