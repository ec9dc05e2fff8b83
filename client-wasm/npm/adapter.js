// What the adapters of all frameworks share, as small as it can be: the connections of this page, one for each API (or
// signer) and scope, and drop zones. What follows a client, and what listens to an element, is loaded with the first one.

/** @import { Client, UploadSnapshot } from "./api.d.ts" */
/** @import { Connected, ConnectOptions, DropzoneOptions, DropzoneState, LiveUpload } from "./adapters.d.ts" */
/** @import { InputProps, RootProps, UploadMethods } from "./adapters.d.ts" */

/** @typedef {ReturnType<typeof connection>} Connection */
/** @typedef {ReturnType<typeof dropzone>} Zone */
/** @typedef {() => void} Listener */
/** @typedef {"pauseAll" | "resumeAll" | "retryFailed" | "abortAll" | "forget"} Deed */

const inBrowser = typeof window === "object";
/** @type {Connection[]} */
const connections = [];
/** Of all components: each compares what it sees with what it saw.
 * @type {Set<Listener>} */
const listeners = new Set();
const changed = () => listeners.forEach((listener) => listener());
/** @param {Listener} listener */
const hear = (listener) => {
  listeners.add(listener);
  return () => void listeners.delete(listener);
};
/** Components that watch single uploads, whichever client has them. */
export let watching = 0;

/** The connection of these options, which is shared by all that name the same API, or signer, and scope.
 * @param {ConnectOptions} options
 * @returns {Connection} */
export function connect(options) {
  const key = [`${options.api}`, options.scope, options.signer];
  const known = connections.find((one) => key.every((part, at) => part === one.key[at]));
  const found = known ?? connection(options, key);
  // A server renders for many users: it keeps nothing.
  if (inBrowser && !known) connections.push(found);
  return found;
}

/** The upload of this id, of any client of the page.
 * @param {string | undefined} id
 * @returns {LiveUpload | undefined} */
export const find = (id) => connections.map(({ views }) => views.get(id)).find(Boolean)?.[1];

/** Listens to changes of any upload; no client is closed meanwhile.
 * @param {Listener} listener
 * @returns {Listener} */
export function watch(listener) {
  const end = hear(listener);
  watching += 1;
  return () => {
    end();
    watching -= 1;
    connections.forEach(({ rest }) => rest());
  };
}

/** @template T
 * @param {Iterable<T> | T} value
 * @returns {value is Iterable<T>} */
const isIterable = (value) => Symbol.iterator in Object(value);

/** @param {ConnectOptions} options
 * @param {unknown[]} key */
function connection(options, key) {
  /** @template R
   * @param {(live: typeof import("./connection.js")) => Promise<R>} deed */
  const live = (deed) => {
    const end = self.use();
    const done = import("./connection.js").then(deed);
    // Nobody has to wait for it: what is wrong is also in the state.
    done.catch((error) => self.set({ error })).then(end);
    return done;
  };
  /** @param {Deed} name
   * @returns {(given?: string) => boolean} */
  const deed = (name) => (given) => state.client?.[name](/** @type {string} */ (given)) ?? true;
  /** What there is before there is a client, and on a server.
   * @type {Connected} */
  const initial = {
    client: undefined,
    error: undefined,
    uploads: [],
    totals: {
      ...{ uploads: 0, active: 0, stored: 0, failed: 0, aborted: 0 },
      ...{ sent: 0, confirmed: 0, total: 0, bytesPerSecond: 0 },
    },
    resumable: [],
    upload: /** @type {Connected["upload"]} */ (
      (files, settings) => {
        // At once: the list of an input is emptied when the input is.
        const list = isIterable(files) ? [...files] : files;
        return live(({ upload }) => upload(self, list, settings));
      }
    ),
    pauseAll: deed("pauseAll"),
    resumeAll: deed("resumeAll"),
    retryFailed: deed("retryFailed"),
    abortAll: deed("abortAll"),
    forget: deed("forget"),
  };
  let state = initial;
  const self = {
    key,
    options,
    initial,
    get: () => state,
    users: 0,
    /** @type {Promise<Client> | undefined} */
    opening: undefined,
    /** Each upload with what components see of it, and the methods in that.
     * @type {Map<string | undefined, [UploadSnapshot, LiveUpload, UploadMethods]>} */
    views: new Map(),
    /** Called when nobody uses it any more. */
    rest() {},
    /** @param {Partial<Connected>} change */
    set(change) {
      state = { ...state, ...change };
      changed();
    },
    /** Keeps the client open until the returned function is called. */
    use() {
      self.users += 1;
      return () => {
        self.users -= 1;
        self.rest();
      };
    },
    /** Takes the options of a component, those that it gives.
     * @param {ConnectOptions} given */
    take(given) {
      for (const [name, value] of Object.entries(given)) {
        if (value !== undefined) self.options = { ...self.options, [name]: value };
      }
    },
    /** Uses the client: makes it if there is none.
     * @param {Listener} listener
     * @returns {Listener} */
    subscribe(listener) {
      const [leave, end] = [self.use(), hear(listener)];
      if (inBrowser) live(({ open }) => open(self));
      return () => {
        end();
        leave();
      };
    },
  };
  return self;
}

/** A drop zone that is attached to no element yet. It belongs to one component. */
export function dropzone() {
  /** @type {AbortController | undefined} */
  let attached;
  /** @type {Element | null | undefined} */
  let root;
  /** @type {DropzoneState} */
  let state = { isDragging: false, rejected: [] };
  const zone = {
    /** The latest that its component gave.
     * @type {DropzoneOptions} */
    options: {},
    get: () => state,
    subscribe: hear,
    /** @param {Partial<DropzoneState>} change */
    set(change) {
      state = { ...state, ...change };
      changed();
    },
    /** Opens the browser's dialog; does nothing while there is no element.
     * @type {(folder?: unknown) => void} */
    pick() {},
    /** @param {unknown} [folder] */
    open: (folder) => zone.pick(folder),
    /** Listens at an element, or at none any more.
     * @param {Element | null} [element] */
    attach(element) {
      if (element === root) return;
      attached?.abort();
      root = element;
      if (!element) return;
      const { signal } = (attached = new AbortController());
      import("./zone.js").then(({ listen }) => listen(zone, element, signal));
    },
    /** Attributes of its element.
     * @param {DropzoneOptions} options
     * @returns {RootProps} */
    props: ({ disabled = false }) => ({ ref: zone.attach, role: "button", tabIndex: 0, "aria-disabled": disabled }),
  };
  return zone;
}

/** Attributes of its input.
 * @param {DropzoneOptions} options
 * @returns {InputProps} */
export const inputProps = ({ accept, directory, multiple = true }) => ({
  type: "file",
  hidden: true,
  accept,
  multiple,
  webkitdirectory: directory ? "" : undefined,
});
