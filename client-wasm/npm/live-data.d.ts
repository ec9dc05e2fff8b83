// What the build writes as `live-data.js`. For checking the scripts beside it; not in the package.

/** `live-crowfly_bg.wasm` in base64. */
export const wasm: string;

/** The text of `worker.js`. */
export const worker: string;
