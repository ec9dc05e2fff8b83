// The entry `crowfly/svelte`. Stores and actions are only a shape, so that it imports nothing of Svelte.
import { connect, dropzone as zoned, find, inputProps, watch } from "./adapter.js";

/** A store whose listeners are called when what it shows is another object.
 * @template T
 * @param {() => T} get
 * @param {(listener: () => void) => () => void} subscribe
 * @returns {import("./svelte.d.ts").Readable<T>} */
const readable = (get, subscribe) => ({
  subscribe(run) {
    /** @type {unknown} */
    let last = readable;
    const see = () => {
      const now = get();
      if (now !== last) run(now);
      last = now;
    };
    see();
    return subscribe(see);
  },
});

/** @type {typeof import("./svelte.d.ts").crowfly} */
export function crowfly(options) {
  const connection = connect(options);
  connection.take(options);
  const { client, error, uploads, totals, resumable, ...functions } = connection.initial;
  return { ...functions, ...readable(connection.get, connection.subscribe) };
}

/** @type {typeof import("./svelte.d.ts").upload} */
export const upload = (id) => readable(() => find(id), watch);

/** @type {typeof import("./svelte.d.ts").dropzone} */
export function dropzone(element, options) {
  const zone = zoned();
  const input = element.querySelector("input") ?? element.appendChild(document.createElement("input"));
  /** @param {typeof options} given */
  const update = (given) => {
    zone.options = options = given;
    element.ariaDisabled = `${!!given.disabled}`;
    Object.assign(input, inputProps({ accept: "", ...given }));
  };
  update(options);
  if (!element.role) Object.assign(element, { role: "button", tabIndex: 0 });
  zone.attach(element);
  const end = readable(zone.get, zone.subscribe).subscribe((state) => options.onState?.({ ...state, open: zone.open }));
  return {
    update,
    destroy() {
      end();
      zone.attach();
    },
  };
}
