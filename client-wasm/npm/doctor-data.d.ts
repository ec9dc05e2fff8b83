// What the build writes as `doctor-data.js`. For checking the scripts beside it; not in the package.

/** The doctor's module in base64. */
export const wasm: string;
