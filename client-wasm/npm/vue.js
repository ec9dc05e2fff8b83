// The entry `crowfly/vue`.
import { computed, shallowRef, toValue, watchPostEffect } from "vue";
import { connect, dropzone, find, inputProps, watch } from "./adapter.js";

/** @import { ShallowRef } from "vue" */

/** Keeps `target` at what a store shows, from when the component is mounted on: until then it is as on a server.
 * @template T
 * @param {ShallowRef<T>} target
 * @param {() => { subscribe: (listener: () => void) => () => void, get: () => T }} store may depend on what is reactive */
function follow(target, store) {
  watchPostEffect((onCleanup) => {
    const { subscribe, get } = store();
    const see = () => {
      target.value = get();
    };
    onCleanup(subscribe(see));
    see();
  });
}

/** @type {typeof import("./vue.d.ts").useCrowfly} */
export function useCrowfly(options) {
  const connection = () => connect(toValue(options));
  const initial = connection().initial;
  const state = shallowRef(initial);
  follow(state, () => {
    const found = connection();
    found.take(toValue(options));
    return found;
  });
  /** @type {Record<string, unknown>} */
  const refs = {};
  for (const name of /** @type {(keyof typeof initial)[]} */ (Object.keys(initial))) {
    const now = () => state.value[name];
    refs[name] =
      typeof initial[name] === "function"
        ? (/** @type {never[]} */ ...given) => /** @type {(...given: never[]) => unknown} */ (now())(...given)
        : computed(now);
  }
  return /** @type {ReturnType<typeof useCrowfly>} */ (refs);
}

/** @type {typeof import("./vue.d.ts").useUpload} */
export function useUpload(id) {
  const upload = shallowRef(find(undefined));
  follow(upload, () => ({ subscribe: watch, get: () => find(toValue(id)) }));
  return upload;
}

/** @type {typeof import("./vue.d.ts").useDropzone} */
export function useDropzone(options) {
  const zone = dropzone();
  const state = shallowRef(zone.get());
  follow(state, () => {
    zone.options = toValue(options);
    return zone;
  });
  return {
    isDragging: computed(() => state.value.isDragging),
    rejected: computed(() => state.value.rejected),
    open: zone.open,
    rootProps: computed(() => zone.props(toValue(options))),
    inputProps: computed(() => inputProps(toValue(options))),
  };
}
