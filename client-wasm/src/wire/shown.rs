//! Objects as the page sees them.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use wasm_bindgen::JsValue;

use crate::page::freeze_object;

/// The present fields of one object of the page.
///
/// One `Serialize` serves every type. Derived ones would be a copy of serde-wasm-bindgen's code each, and keep the
/// names of their fields in a hash table, which is a kilobyte of the published module.
#[derive(Default)]
pub(crate) struct Shown(Vec<(&'static str, Value)>);

enum Value {
    Text(String),
    Number(f64),
    Flag(bool),
}

impl Shown {
    pub(crate) fn text<'a>(&mut self, name: &'static str, text: impl Into<Option<&'a str>>) {
        let text: Option<&str> = text.into();
        self.push(name, text.map(|text| Value::Text(text.to_owned())));
    }

    /// The contract's numbers and the engine's are integers that JavaScript represents exactly.
    pub(crate) fn number(&mut self, name: &'static str, number: impl Into<Option<u64>>) {
        let number: Option<u64> = number.into();
        self.push(name, number.map(|number| Value::Number(number as f64)));
    }

    pub(crate) fn flag(&mut self, name: &'static str, flag: impl Into<Option<bool>>) {
        let flag: Option<bool> = flag.into();
        self.push(name, flag.map(Value::Flag));
    }

    fn push(&mut self, name: &'static str, value: Option<Value>) {
        self.0.extend(value.map(|value| (name, value)));
    }

    /// A plain object of them.
    pub(crate) fn to_object(&self) -> JsValue {
        let object = self.serialize(&serde_wasm_bindgen::Serializer::json_compatible());
        object.unwrap_or_default()
    }

    /// A frozen object of them.
    pub(crate) fn to_page(&self) -> JsValue {
        freeze_object(&self.to_object())
    }
}

impl Serialize for Shown {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::Number(number) => serializer.serialize_f64(*number),
            Self::Flag(flag) => serializer.serialize_bool(*flag),
        }
    }
}
