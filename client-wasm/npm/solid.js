// The entry `crowfly/solid`.
import { createEffect, createSignal, onCleanup } from "solid-js";
import { connect, dropzone, find, inputProps, watch } from "./adapter.js";

/** The value of what may be an accessor.
 * @template T
 * @param {T | (() => T)} given
 * @returns {T} */
const value = (given) => (typeof given === "function" ? /** @type {() => T} */ (given)() : given);

/** What a store shows; on a server and while a page is hydrated, `first`.
 * @template T
 * @param {T} first
 * @param {() => { subscribe: (listener: () => void) => () => void, get: () => T }} store may depend on signals
 * @returns {() => T} */
function follow(first, store) {
  const [shown, show] = createSignal(first);
  createEffect(() => {
    const { subscribe, get } = store();
    const see = () => void show(get);
    onCleanup(subscribe(see));
    see();
  });
  return shown;
}

/** @type {typeof import("./solid.d.ts").useCrowfly} */
export function useCrowfly(options) {
  return follow(connect(value(options)).initial, () => {
    const connection = connect(value(options));
    connection.take(value(options));
    return connection;
  });
}

/** @type {typeof import("./solid.d.ts").useUpload} */
export function useUpload(id) {
  return follow(find(undefined), () => {
    const now = value(id);
    return { subscribe: watch, get: () => find(now) };
  });
}

/** @type {typeof import("./solid.d.ts").useDropzone} */
export function useDropzone(options) {
  const zone = dropzone();
  onCleanup(() => zone.attach(null));
  const state = follow(zone.get(), () => {
    zone.options = value(options);
    return zone;
  });
  return {
    isDragging: () => state().isDragging,
    rejected: () => state().rejected,
    open: zone.open,
    rootProps: () => zone.props(value(options)),
    inputProps: () => inputProps(value(options)),
  };
}
