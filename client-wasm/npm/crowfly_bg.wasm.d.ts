/** The address of the WebAssembly module, where the bundler takes `.wasm` files as assets (webpack: `asset/resource`, esbuild:
 * the loader `file`, Vite: with `?url`): give it to `crowfly/slim` as `wasm`. */
declare const address: string;
export default address;
