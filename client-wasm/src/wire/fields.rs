//! The fields of one JavaScript object.

use std::cell::Cell;
use std::str::FromStr;

use crowfly_contract::Metadata;
use crowfly_contract::limits::MAX_SAFE_INTEGER;
use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};

use crate::page;

/// Reads the fields of one object. A missing or mistyped field sets a flag, and [`Fields::all`] then returns
/// nothing: one check at the end instead of an exit at every field.
pub(crate) struct Fields<'a> {
    object: &'a JsValue,
    wrong: Cell<bool>,
}

impl<'a> Fields<'a> {
    pub(crate) fn of(object: &'a JsValue) -> Self {
        Self {
            object,
            wrong: Cell::new(!object.is_object()),
        }
    }

    /// The value, if all its fields were valid.
    pub(crate) fn all<T>(&self, value: T) -> Option<T> {
        (!self.wrong.get()).then_some(value)
    }

    /// A field that may be absent or null.
    pub(crate) fn get(&self, name: &str) -> Option<JsValue> {
        page::given(self.object, name)
    }

    /// Marks the object as invalid unless this holds.
    pub(crate) fn require(&self, right: bool) {
        self.wrong.set(self.wrong.get() || !right);
    }

    pub(crate) fn must<T: Default>(&self, value: Option<T>) -> T {
        value.unwrap_or_else(|| {
            self.wrong.set(true);
            T::default()
        })
    }

    pub(crate) fn maybe_text(&self, name: &str) -> Option<String> {
        Some(self.must(self.get(name)?.as_string()))
    }

    pub(crate) fn text(&self, name: &str) -> String {
        self.must(self.maybe_text(name))
    }

    /// Every number of the contract is a non-negative integer that JavaScript represents exactly.
    pub(crate) fn maybe_integer(&self, name: &str) -> Option<u64> {
        let number = self.get(name)?.as_f64().unwrap_or(f64::NAN);
        let integer = number as u64;
        let right = integer as f64 == number && integer <= MAX_SAFE_INTEGER;
        Some(self.must(right.then_some(integer)))
    }

    pub(crate) fn integer(&self, name: &str) -> u64 {
        self.must(self.maybe_integer(name))
    }

    pub(crate) fn parsed<T: FromStr>(&self, name: &str) -> Option<T> {
        self.text(name).parse().ok()
    }

    pub(crate) fn maybe_parsed<T: FromStr>(&self, name: &str) -> Option<T> {
        let parsed = self.maybe_text(name)?.parse().ok();
        self.require(parsed.is_some());
        parsed
    }

    pub(crate) fn object<T>(&self, name: &str, read: fn(&JsValue) -> Option<T>) -> Option<T> {
        read(&self.get(name)?)
    }

    /// Every item of a list.
    pub(crate) fn list<T>(&self, name: &str, read: fn(&JsValue) -> Option<T>) -> Option<Vec<T>> {
        let mut list = Vec::new();
        let whole = self.each(name, &mut |item| {
            read(&item).map(|item| list.push(item)).is_some()
        });
        whole.then_some(list)
    }

    /// Whether there is a list and all its items are accepted.
    fn each(&self, name: &str, take: &mut dyn FnMut(JsValue) -> bool) -> bool {
        let Some(list) = self.get(name).filter(Array::is_array) else {
            return false;
        };
        let list: &Array = list.unchecked_ref();
        list.iter().all(take)
    }

    /// An object of strings; empty if absent.
    pub(crate) fn texts(&self, name: &str) -> Metadata {
        let mut texts = Metadata::new();
        let Some(object) = self.get(name) else {
            return texts;
        };
        let fields = Fields::of(&object);
        let Some(keys) = page::keys(&object) else {
            self.require(false);
            return texts;
        };
        for key in keys.iter() {
            let key = key.as_string().unwrap_or_default();
            let text = fields.text(&key);
            texts.insert(key, text);
        }
        self.require(!fields.wrong.get());
        texts
    }
}
