// What `start.js` uses of the glue that wasm-bindgen writes. For checking the scripts beside it; not in the package.
import type { Client, ClientOptions } from "./api.d.ts";

/** What the module needs of a worker. */
export interface HashWorker extends EventTarget {
  postMessage(message: unknown): void;
  terminate(): void;
}

/** Starts the module. */
export default function start(given: { module_or_path: WebAssembly.Module }): Promise<unknown>;

/** As in `raw.d.ts`. */
export function createClient(options: ClientOptions, worker?: (() => HashWorker) | undefined): Client;
