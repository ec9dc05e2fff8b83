
// Appended to the glue by `cargo xtask package`. `start.js` fetches and compiles the module itself, so what the glue
// has for that is not called, and is left out of the package.

/** Starts a compiled module. */
export async function instantiate(module) {
  __wbg_finalize_init(await WebAssembly.instantiate(module, __wbg_get_imports()), module);
}
