// What Rust calls of `js/`; `build.rs` puts the module itself in the place of its name.

#[wasm_bindgen(inline_js = "JS")]
extern "C" {
    /// Makes a client round a core that is still closed.
    #[wasm_bindgen(catch, js_name = makeClient)]
    pub(crate) fn make_client(
        options: &JsValue,
        worker: &JsValue,
        core: Core,
    ) -> Result<JsValue, JsValue>;

    /// A frozen object with these fields, named in one text with a space between each; those that are
    /// undefined are left out.
    #[wasm_bindgen(js_name = record)]
    pub(crate) fn record(names: &str, values: Box<[JsValue]>) -> JsValue;

    /// A frozen object of texts: key, value, key, value.
    #[wasm_bindgen(js_name = entries)]
    pub(crate) fn entries(values: Vec<JsValue>) -> JsValue;

    /// A frozen array.
    #[wasm_bindgen(js_name = list)]
    pub(crate) fn list(values: Vec<JsValue>) -> JsValue;
}
