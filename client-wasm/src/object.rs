//! Objects made for the page, property by property.

use js_sys::Object;
use wasm_bindgen::JsValue;

use crate::page::{freeze_object, set};

/// An object being made.
///
/// It takes each value as it is, so that a call is all that a property costs the published module: a list of
/// properties would be written to memory and dropped again by every caller.
pub(crate) struct ObjectBuilder(JsValue);

impl ObjectBuilder {
    pub(crate) fn new() -> Self {
        Self::of(Object::new().into())
    }

    /// Extends an object of this crate.
    pub(crate) fn of(object: JsValue) -> Self {
        Self(object)
    }

    /// Adds a property, unless the value is undefined.
    pub(crate) fn with(self, name: &str, value: impl Into<JsValue>) -> Self {
        self.with_value(name, value.into())
    }

    // Never inlined: it has many callers, and a call is smaller than the body.
    #[inline(never)]
    fn with_value(self, name: &str, value: JsValue) -> Self {
        if !value.is_undefined() {
            set(&self.0, name, &value);
        }
        self
    }

    pub(crate) fn build(self) -> JsValue {
        self.0
    }

    /// The object, shallowly frozen.
    pub(crate) fn freeze(self) -> JsValue {
        freeze_object(&self.0)
    }
}
