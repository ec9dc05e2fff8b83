import type { Client, ClientOptions, UploadError } from "./api.d.ts" with { "resolution-mode": "import" };

export type * from "./api.d.ts" with { "resolution-mode": "import" };

/**
 * Makes a client. This form of the package, for `require`, has the WebAssembly module and its worker inside.
 *
 * @throws UploadError with code `invalid_option`, `unsupported` (no browser) or `wasm_unavailable`, whose message names
 * the cause that was found, and its cure.
 */
export function createClient(options: ClientOptions): Promise<Client>;

/** Whether a caught value is an error of this SDK. */
export function isUploadError(value: unknown): value is UploadError;
