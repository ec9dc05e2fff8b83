//! Reads the options that JavaScript gives: nothing is trusted, and each refusal names the option.

mod client;
mod upload;

pub(crate) use client::{ClientSettings, read_client, read_worker};
pub(crate) use upload::{read_file, read_id, read_page, read_upload};

use std::cell::Cell;
use std::ops::RangeInclusive;

use crowfly_engine::ChecksumMode;
use js_sys::{Function, Object};
use wasm_bindgen::{JsCast, JsValue};

use crate::error::invalid_option;
use crate::js;

/// An object of options. The first that is wrong is kept, and [`Options::end`] refuses all with it: one test
/// at the end instead of a way out at every option.
struct Options {
    object: JsValue,
    owner: &'static str,
    error: Cell<JsValue>,
}

impl Options {
    /// Takes `undefined` as no options; refuses anything but an object, and options that are not among
    /// `known`, parted by single spaces.
    fn open(value: &JsValue, owner: &'static str, known: &str) -> Self {
        let this = Self {
            object: value.clone(),
            owner,
            error: Cell::default(),
        };
        if value.is_undefined() {
            return this;
        }
        if !value.is_object() {
            this.refuse("the options", "must be an object");
            return this;
        }
        for key in Object::keys(value.unchecked_ref::<Object>()).iter() {
            let key = key.as_string().unwrap_or_default();
            let mut names = known;
            while !names.is_empty() {
                let (name, others) = js::cut(names, b' ');
                if name == key {
                    break;
                }
                names = others;
            }
            if names.is_empty() {
                let what = js::join(&["is not an option; there are ", known]);
                this.refuse(&key, &what);
            }
        }
        this
    }

    /// The value, if no option was wrong.
    fn end<T>(&self, value: T) -> Result<T, JsValue> {
        let error = self.error.take();
        if error.is_undefined() {
            Ok(value)
        } else {
            Err(error)
        }
    }

    /// Notes that option `name` is wrong.
    fn refuse(&self, name: &str, what: &str) {
        let first = self.error.take();
        self.error.set(if first.is_undefined() {
            invalid_option(&js::join(&[self.owner, ": ", name, " ", what]))
        } else {
            first
        });
    }

    fn get(&self, name: &str) -> Option<JsValue> {
        js::get(&self.object, name)
    }

    fn function(&self, name: &str) -> Option<Function> {
        let value = self.get(name)?;
        if value.is_function() {
            return Some(value.unchecked_into());
        }
        self.refuse(name, "must be a function");
        None
    }

    fn text(&self, name: &str) -> Option<String> {
        let text = self.get(name)?.as_string();
        if text.is_none() {
            self.refuse(name, "must be a string");
        }
        text
    }

    fn integer(&self, name: &str, range: RangeInclusive<i32>, what: &str) -> Option<i32> {
        let number = self.get(name)?.as_f64().unwrap_or(f64::NAN);
        let integer = number as i32;
        if f64::from(integer) == number && range.contains(&integer) {
            return Some(integer);
        }
        self.refuse(name, what);
        None
    }

    /// One of two words; the first by default.
    fn second(&self, name: &str, words: [&str; 2], what: &str) -> Option<bool> {
        let text = self.text(name)?;
        if !words.contains(&text.as_str()) {
            self.refuse(name, what);
        }
        Some(text == words[1])
    }

    fn checksum(&self) -> Option<ChecksumMode> {
        let what = "must be \"crc64nvme\" or \"none\"";
        let none = self.second("checksum", ["crc64nvme", "none"], what)?;
        Some(if none {
            ChecksumMode::None
        } else {
            ChecksumMode::Crc64Nvme
        })
    }
}
