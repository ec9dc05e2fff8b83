//! The JavaScript side, and the functions of the published module.

use wasm_bindgen::prelude::*;

use crate::core::Core;
use crate::js;

include!(concat!(env!("OUT_DIR"), "/host.rs"));

/// Makes a client. `worker` makes a worker that runs `worker.js`.
///
/// # Errors
/// An `UploadError` with code `invalid_option` that names the option.
#[wasm_bindgen(js_name = createClient, skip_typescript)]
pub fn create_client(options: &JsValue, worker: &JsValue) -> Result<JsValue, JsValue> {
    make_client(options, worker, Core::closed())
}

/// Tells whether a caught value is an error of this SDK.
#[wasm_bindgen(js_name = isUploadError, skip_typescript)]
#[must_use]
pub fn is_upload_error(value: &JsValue) -> bool {
    value.is_instance_of::<js_sys::Error>()
        && js::get(value, "name").is_some_and(|name| name == "UploadError")
        && js::get(value, "code").is_some_and(|code| code.is_string())
}
