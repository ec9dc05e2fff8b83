// What wasm-bindgen writes as `doctor-glue.js`. For checking the scripts beside it; not in the package.
import type { ClientOptions, Finding } from "./api.js";

/** Runs the doctor's module. */
export function initSync(source: { module: WebAssembly.Module }): void;

/** Looks at API, token and storage; `page` says what does not work in the page itself, empty texts for nothing. */
export function diagnose(options: ClientOptions, page: { worker: string; journal: string }): Promise<Finding[]>;
