// A connection with its client: makes the client, follows its snapshot, starts uploads, and closes it in the end.
import { watching } from "./adapter.js";
import { createClient } from "./index.js";

/** @import { Client, ClientOptions, FileHandle, Resumable, Upload, UploadOptions } from "./api.d.ts" */
/** @import { PickedFile, Uploadable, UploadMethods } from "./adapters.d.ts" */
/** @import { Connection } from "./adapter.js" */

/** How long a client that nobody uses is kept: a route that comes back finds it, and so does a hot update. */
const GRACE_MS = 5_000;

/** The client of a connection, which is made if there is none.
 * @param {Connection} self
 * @returns {Promise<Client>} */
export function open(self) {
  return (self.opening ??= make(self).catch((error) => {
    // The next component or upload tries again.
    self.opening = undefined;
    throw error;
  }));
}

/** Starts the upload of one file, or of all in a list.
 * @param {Connection} self
 * @param {Uploadable | Uploadable[]} files
 * @param {UploadOptions | null} [settings] */
export async function upload(self, files, settings) {
  const { upload } = await open(self);
  /** @param {Uploadable} item */
  const start = (item) => {
    const { file, path } = opened(item);
    const folder = path?.replace(/\/?[^/]*$/, "") || undefined;
    return held(self, upload(file, { ...settings, path: settings?.path ?? folder }));
  };
  const started = Array.isArray(files) ? files.map(start) : start(files);
  if (self.get().error) self.set({ error: undefined });
  return started;
}

/** What is uploaded of an item, and its path if it has one. It may be nothing at all, which the client refuses.
 * @param {Uploadable} item
 * @returns {{ file: Blob | FileHandle, path?: string | undefined }} */
function opened(item) {
  const { file, handle, path, webkitRelativePath } = /** @type {Partial<PickedFile & File>} */ (Object(item));
  return file ? { file: handle ?? file, path } : { file: /** @type {Blob} */ (item), path: webkitRelativePath };
}

/** @param {Connection} self */
async function make(self) {
  const { createClient: how = createClient, processed, token, ...given } = self.options;
  // The callbacks of the latest component count.
  /** @type {Pick<ClientOptions, "token" | "onWarning" | "onEvent">} */
  const callbacks = {
    token: token && ((request) => (self.options.token ?? token)(request)),
    onWarning(warning) {
      if (self.options.onWarning) self.options.onWarning(warning);
      else console.warn(`crowfly: ${warning.message}`);
    },
    onEvent: (event) => self.options.onEvent?.(event),
  };
  const client = await how(/** @type {ClientOptions} */ ({ ...given, ...callbacks }));
  const changed = () => {
    follow(self, client);
    self.rest();
  };
  const leave = client.subscribe(changed);
  /** @type {ReturnType<typeof setTimeout>} */
  let timer;
  self.rest = () => {
    clearTimeout(timer);
    if (self.users || watching) return;
    timer = setTimeout(() => {
      if (self.users || watching || client.snapshot().totals.active) return;
      leave();
      client.close();
      self.opening = undefined;
      self.views = new Map();
      self.rest = () => {};
      self.set(self.initial);
    }, GRACE_MS);
  };
  self.set({ client, error: undefined });
  changed();
  refresh(self, client);
  return client;
}

/** Shows what has changed. What has not stays the same object, and so do the methods of each upload.
 * @param {Connection} self
 * @param {Client} client */
function follow(self, { find, forget, snapshot }) {
  const { uploads, totals } = snapshot();
  const before = self.views;
  self.views = new Map(
    uploads.map((upload) => {
      const { id } = upload;
      const [seen, view, known] = before.get(id) ?? [];
      if (view && known && seen === upload) return [id, [upload, view, known]];
      const methods = known ?? methodsOf(self, /** @type {Upload} */ (find(id)), () => forget(id));
      return [id, [upload, { ...upload, ...methods }, methods]];
    }),
  );
  self.set({ uploads: [...self.views.values()].map(([, view]) => view), totals });
}

/** @param {Connection} self
 * @param {Upload} upload
 * @param {() => boolean} forget
 * @returns {UploadMethods} */
function methodsOf(self, { pause, resume, abort, retry, processed }, forget) {
  return { pause, resume, abort, retry, forget, processed: hold(self, processed) };
}

/** The handle of an upload whose client is not closed while its record is waited for.
 * @param {Connection} self
 * @param {Upload} upload
 * @returns {Upload} */
function held(self, upload) {
  const processed = hold(self, upload.processed);
  if (self.options.processed) processed();
  return Object.create(upload, { processed: { value: processed } });
}

/** Lists again what earlier pages left.
 * @param {Connection} self
 * @param {Client} client */
async function refresh(self, client) {
  const left = await client.resumable().catch(() => /** @type {Resumable[]} */ ([]));
  if (self.get().client !== client) return;
  /** Does something to one of them.
   * @template {unknown[]} A
   * @template R
   * @param {(...given: A) => Promise<R>} deed */
  const change = (deed) =>
    hold(self, async (/** @type {A} */ ...given) => {
      try {
        const result = await deed(...given);
        if (self.get().error) self.set({ error: undefined });
        return result;
      } catch (error) {
        self.set({ error });
        throw error;
      } finally {
        await refresh(self, client);
      }
    });
  self.set({
    resumable: left.map(({ id, name, path, size, type, metadata, savedAt, needs, attach, discard }) => ({
      ...{ id, name, size, type, savedAt, needs, ...(path && { path }), ...(metadata && { metadata }) },
      attach: change(async (...given) => held(self, await attach(...given))),
      discard: change(discard),
    })),
  });
}

/** As `deed`; the client stays open until it has settled. As with the SDK's own promises, nobody has to handle a
 * rejection.
 * @template {unknown[]} A
 * @template R
 * @param {Connection} self
 * @param {(...given: A) => Promise<R>} deed
 * @returns {(...given: A) => Promise<R>} */
function hold(self, deed) {
  return (...given) => {
    const done = deed(...given).finally(self.use());
    done.catch(() => {});
    return done;
  };
}
