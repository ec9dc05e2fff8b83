
/**
 * Makes a client; the module must have been initialised. `worker` makes a worker that runs `worker.js`;
 * without it checksums are computed in the page. Throws an `UploadError`.
 */
export function createClient(options: ClientOptions, worker?: () => Worker): Client;

/** Whether a caught value is an error of this SDK. */
export function isUploadError(value: unknown): value is UploadError;
