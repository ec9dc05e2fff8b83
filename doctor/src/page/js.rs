//! Access to JavaScript values. A page may have replaced anything, so nothing is trusted to be there.

use js_sys::{Array, Function, Object, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_name = fetch)]
    fn page_fetch(url: &str, init: &JsValue) -> Result<JsValue, JsValue>;
}

/// A property; undefined if there is none.
pub(super) fn get(value: &JsValue, name: &str) -> JsValue {
    if value.is_undefined() || value.is_null() {
        return JsValue::UNDEFINED;
    }
    Reflect::get(value, &name.into()).unwrap_or_default()
}

/// A property that is text; empty if it is not.
pub(super) fn text(value: &JsValue, name: &str) -> String {
    get(value, name).as_string().unwrap_or_default()
}

pub(super) fn global() -> JsValue {
    js_sys::global().into()
}

pub(super) fn object(entries: &[(&str, JsValue)]) -> JsValue {
    let object = Object::new();
    for (name, value) in entries {
        let _ = Reflect::set(&object, &(*name).into(), value);
    }
    object.into()
}

/// Calls a method.
pub(super) fn call(value: &JsValue, name: &str, arguments: &[JsValue]) -> Result<JsValue, JsValue> {
    let method: Function = get(value, name).dyn_into()?;
    Reflect::apply(&method, value, &arguments.iter().collect::<Array>())
}

pub(super) async fn wait(value: JsValue) -> Result<JsValue, JsValue> {
    JsFuture::from(super::promise(&value)).await
}

/// A request without cookies; the answer, if the page may have it.
pub(super) async fn fetch(url: &str, entries: &[(&str, JsValue)]) -> Option<JsValue> {
    let mut all = vec![("credentials", "omit".into()), ("cache", "no-store".into())];
    all.extend(entries.iter().cloned());
    wait(page_fetch(url, &object(&all)).ok()?).await.ok()
}

/// The body of an answer.
pub(super) async fn body(answer: &JsValue) -> String {
    let Ok(read) = call(answer, "text", &[]) else {
        return String::new();
    };
    wait(read)
        .await
        .ok()
        .and_then(|text| text.as_string())
        .unwrap_or_default()
}

/// Whether any server answers there, although the page may not read what it says.
/// <https://fetch.spec.whatwg.org/#concept-filtered-response-opaque>
pub(super) async fn answers(url: &str) -> bool {
    fetch(url, &[("mode", "no-cors".into())]).await.is_some()
}
