// The entry `crowfly/react`.
import { useEffect, useState, useSyncExternalStore } from "react";
import { connect, dropzone, find, inputProps, watch } from "./adapter.js";

/** @type {typeof import("./react.d.ts").useCrowfly} */
export function useCrowfly(options) {
  // A signer that is written in the component is another one at each render; that of the first counts.
  const [signer] = useState(options.signer);
  const connection = connect(/** @type {typeof options} */ ({ ...options, signer }));
  useEffect(() => connection.take(options));
  return useSyncExternalStore(connection.subscribe, connection.get, () => connection.initial);
}

/** @type {typeof import("./react.d.ts").useUpload} */
export function useUpload(id) {
  return useSyncExternalStore(
    watch,
    () => find(id),
    () => undefined,
  );
}

/** @type {typeof import("./react.d.ts").useDropzone} */
export function useDropzone(options) {
  /** @template T
   * @param {T | undefined} given */
  const yours = (given) => /** @type {T} */ (given);
  const [zone] = useState(dropzone);
  useEffect(() => {
    zone.options = options;
  });
  return {
    ...useSyncExternalStore(zone.subscribe, zone.get, zone.get),
    open: zone.open,
    getRootProps: (given) => ({ ...zone.props(options), ...yours(given), ref: zone.attach }),
    getInputProps: (given) => ({ ...inputProps(options), ...yours(given) }),
  };
}
