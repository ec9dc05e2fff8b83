//! The little that this side asks of JavaScript values.

use std::fmt::Display;

use js_sys::{JsString, Reflect};
use wasm_bindgen::JsValue;

pub(crate) use crate::host::{entries, list, record};

/// A property, `None` when it is absent, undefined, or its getter throws.
pub(crate) fn get(object: &JsValue, name: &str) -> Option<JsValue> {
    Reflect::get(object, &JsString::from(name))
        .ok()
        .filter(|value| !value.is_undefined())
}

pub(crate) fn text(value: &str) -> JsValue {
    JsValue::from_str(value)
}

pub(crate) fn maybe_text(value: Option<&String>) -> JsValue {
    value.map_or(JsValue::UNDEFINED, |value| text(value))
}

pub(crate) fn shown(value: &dyn Display) -> JsValue {
    text(&value.to_string())
}

pub(crate) fn number(value: u64) -> JsValue {
    JsValue::from_f64(value as f64)
}

pub(crate) fn maybe_number(value: Option<u64>) -> JsValue {
    value.map_or(JsValue::UNDEFINED, number)
}
