//! The fields of one JavaScript object.

use std::cell::Cell;
use std::str::FromStr;

use crowfly_contract::Metadata;
use crowfly_contract::limits::MAX_SAFE_INTEGER;
use js_sys::{Array, Object};
use wasm_bindgen::{JsCast, JsValue};

use crate::js;

/// Reads the fields of one object. A field that is missing or of a wrong type leaves a mark, and
/// [`Fields::all`] then gives nothing: one test at the end instead of a way out at every field.
pub(super) struct Fields<'a> {
    object: &'a JsValue,
    wrong: Cell<bool>,
}

impl<'a> Fields<'a> {
    pub(super) fn of(object: &'a JsValue) -> Self {
        Self {
            object,
            wrong: Cell::new(!object.is_object()),
        }
    }

    /// The value, if all its fields were right.
    pub(super) fn all<T>(&self, value: T) -> Option<T> {
        (!self.wrong.get()).then_some(value)
    }

    /// A field that may be absent or null.
    pub(super) fn get(&self, name: &str) -> Option<JsValue> {
        js::get(self.object, name).filter(|value| !value.is_null())
    }

    pub(super) fn must<T: Default>(&self, value: Option<T>) -> T {
        value.unwrap_or_else(|| {
            self.wrong.set(true);
            T::default()
        })
    }

    pub(super) fn maybe_text(&self, name: &str) -> Option<String> {
        Some(self.must(self.get(name)?.as_string()))
    }

    pub(super) fn text(&self, name: &str) -> String {
        self.must(self.maybe_text(name))
    }

    /// Every number of the contract is a non-negative integer that JavaScript can hold.
    pub(super) fn maybe_integer(&self, name: &str) -> Option<u64> {
        let number = self.get(name)?.as_f64().unwrap_or(f64::NAN);
        let integer = number as u64;
        let right = integer as f64 == number && integer <= MAX_SAFE_INTEGER;
        Some(self.must(right.then_some(integer)))
    }

    pub(super) fn integer(&self, name: &str) -> u64 {
        self.must(self.maybe_integer(name))
    }

    pub(super) fn parsed<T: FromStr>(&self, name: &str) -> Option<T> {
        self.text(name).parse().ok()
    }

    pub(super) fn maybe_parsed<T: FromStr>(&self, name: &str) -> Option<T> {
        let parsed = self.maybe_text(name)?.parse().ok();
        self.wrong.set(self.wrong.get() || parsed.is_none());
        parsed
    }

    pub(super) fn object<T>(&self, name: &str, read: fn(&JsValue) -> Option<T>) -> Option<T> {
        read(&self.get(name)?)
    }

    pub(super) fn list<T>(&self, name: &str, read: fn(&JsValue) -> Option<T>) -> Option<Vec<T>> {
        let list = self.get(name).filter(Array::is_array)?;
        let list: &Array = list.unchecked_ref();
        (0..list.length()).map(|at| read(&list.get(at))).collect()
    }

    /// An object of strings; empty if absent.
    pub(super) fn texts(&self, name: &str) -> Metadata {
        let mut texts = Metadata::new();
        let Some(object) = self.get(name) else {
            return texts;
        };
        let fields = Fields::of(&object);
        for key in Object::keys(object.unchecked_ref::<Object>()).iter() {
            let key = key.as_string().unwrap_or_default();
            let text = fields.text(&key);
            texts.insert(key, text);
        }
        self.wrong.set(self.wrong.get() || fields.wrong.get());
        texts
    }
}
