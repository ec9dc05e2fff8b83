import type { Client, ClientOptions, UploadError } from "./api.js";

export * from "./api.js";

/** What this entry needs: the client's options, and the module. */
export type SlimOptions = ClientOptions & {
  /** `crowfly_bg.wasm`: its address, an answer that brings it, its bytes, or the compiled module. */
  wasm:
    | string
    | URL
    | Response
    | BufferSource
    | WebAssembly.Module
    | Promise<Response | BufferSource | WebAssembly.Module>;
  /** Makes a worker that runs `crowfly/worker.js`; without it checksums are computed in the page. */
  worker?: (() => Worker) | undefined;
};

/** Makes a client from the caller's module. The first call's module serves all later ones. */
export function createClient(options: SlimOptions): Promise<Client>;

/** Whether a caught value is an error of this SDK. */
export function isUploadError(value: unknown): value is UploadError;
