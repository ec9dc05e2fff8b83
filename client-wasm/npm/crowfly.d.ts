// What `start.js` uses of the glue, most of which wasm-bindgen writes. For checking the scripts beside it; not in the package.
import type { Client, ClientOptions } from "./api.js";

/** What the module needs of a worker. */
export interface HashWorker extends EventTarget {
  postMessage(message: unknown): void;
  terminate(): void;
}

/** Starts the module; `build/instantiate.js` has it. */
export function instantiate(module: WebAssembly.Module): Promise<void>;

/** As in `raw.d.ts`. */
export function createClient(options: ClientOptions, worker?: (() => HashWorker) | undefined): Client;
