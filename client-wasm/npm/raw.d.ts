
/** What a page may lend to the raw module; without a worker, checksums are computed in the page. */
export interface Host {
  /** The compiled module, for the worker. */
  module?: WebAssembly.Module | undefined;
  /** Makes a worker that runs `worker.js`. */
  worker?: (() => Worker) | undefined;
}

/** Makes a client; the module must have been initialised. Throws an `UploadError`. */
export function createClient(options: ClientOptions, host?: Host): Client;

/** Tells whether a caught value is an error of this SDK. */
export function isUploadError(value: unknown): value is UploadError;
