import type { Client, ClientOptions, UploadError } from "./api.js";

export * from "./api.js";

/**
 * Makes a client. The WebAssembly module is loaded at the first call: from beside this file, or, where a bundler or
 * server has not put it there, from the copy inside the package's JavaScript, with a warning `inlined`. The form for
 * `require` has it inside.
 *
 * @throws UploadError with code `invalid_option`, `unsupported` (no browser) or `wasm_unavailable`, whose message names
 * the cause that was found, and its cure.
 */
export function createClient(options: ClientOptions): Promise<Client>;

/** Whether a caught value is an error of this SDK. */
export function isUploadError(value: unknown): value is UploadError;
