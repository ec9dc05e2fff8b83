import type { Client, ClientOptions, UploadError } from "./api.js";

export * from "./api.js";

/**
 * Makes a client. The WebAssembly module is part of the package's JavaScript, and started at the first call.
 *
 * @throws UploadError with code `invalid_option`, `unsupported` (no browser) or `wasm_unavailable`, whose message names
 * the cause that was found, and its cure.
 */
export function createClient(options: ClientOptions): Promise<Client>;

/** Whether a caught value is an error of this SDK. */
export function isUploadError(value: unknown): value is UploadError;
