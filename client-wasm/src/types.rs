//! The TypeScript declarations of the raw module; the npm package ships the same files.

use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen(typescript_custom_section)]
const API: &str = include_str!("../npm/api.d.ts");

#[wasm_bindgen(typescript_custom_section)]
const SIGNER: &str = include_str!("../npm/signer.d.ts");

#[wasm_bindgen(typescript_custom_section)]
const RAW: &str = include_str!("../npm/raw.d.ts");
