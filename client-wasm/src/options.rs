//! The application's options: untrusted; each refusal names the option.

mod address;
mod client;
mod upload;

use wasm_bindgen::{JsCast, JsValue};
use web_sys::AbortSignal;

use crate::error::invalid_option;
use crate::page::{Held, get, keys};

pub(crate) use client::{Settings, read_client};
pub(crate) use upload::{
    Callbacks, Given, media_type, read_attach, read_file, read_page, read_upload,
};

/// An object of options, read one by one; the first error is kept.
///
/// After an error, reading continues with a default, and [`Options::end`] then refuses: a single exit instead of one
/// per option.
struct Options<'a> {
    object: &'a JsValue,
    /// The name of the function that takes the options.
    owner: &'static str,
    error: Held,
}

impl<'a> Options<'a> {
    /// `known` are the allowed names, separated by single spaces.
    fn of(object: &'a JsValue, owner: &'static str, known: &str) -> Self {
        let options = Self {
            object,
            owner,
            error: Held::default(),
        };
        if object.is_undefined() {
            return options;
        }
        let Some(given) = keys(object).filter(|_| object.is_object()) else {
            options.refuse("the options", "must be an object");
            return options;
        };
        for key in given.iter().filter_map(|key| key.as_string()) {
            if !known.split_ascii_whitespace().any(|name| name == key) {
                options.refuse(&key, &["is not an option; there are ", known].concat());
            }
        }
        options
    }

    /// The result, or the first refusal.
    fn end<T>(self, value: T) -> Result<T, JsValue> {
        if self.error.is_set() {
            Err(self.error.get())
        } else {
            Ok(value)
        }
    }

    fn refuse(&self, name: &str, what: &str) {
        if !self.error.is_set() {
            let message = [self.owner, ": ", name, " ", what].concat();
            self.error.set(invalid_option(&message));
        }
    }

    /// A value, `None` if absent or if its getter throws.
    fn get(&self, name: &str) -> Option<JsValue> {
        get(self.object, name)
    }

    /// Refuses a present but invalid value.
    fn check<T>(
        &self,
        name: &str,
        read: impl FnOnce(&JsValue) -> Option<T>,
        what: &str,
    ) -> Option<T> {
        let read = read(&self.get(name)?);
        if read.is_none() {
            self.refuse(name, &["must be ", what].concat());
        }
        read
    }

    /// A function; undefined if there is none.
    fn function(&self, name: &str) -> JsValue {
        let read = |value: &JsValue| value.is_function().then(|| value.clone());
        self.check(name, read, "a function").unwrap_or_default()
    }

    fn text(&self, name: &str) -> Option<String> {
        self.check(name, JsValue::as_string, "a string")
    }

    fn flag(&self, name: &str) -> Option<bool> {
        self.check(name, JsValue::as_bool, "true or false")
    }

    fn integer(&self, name: &str, least: i32, most: i32, unit: &str) -> Option<i32> {
        let read = |value: &JsValue| {
            let number = value.as_f64()?;
            let integer = number as i32;
            let right = f64::from(integer) == number && (least..=most).contains(&integer);
            right.then_some(integer)
        };
        let [from, to] = [least, most].map(|bound| bound.to_string());
        self.check(
            name,
            read,
            &["an integer", unit, " from ", &from, " to ", &to].concat(),
        )
    }

    fn milliseconds(&self, name: &str, otherwise: u32) -> u32 {
        let given = self.integer(name, 1, 3_600_000, " of milliseconds");
        given.and_then(|ms| ms.try_into().ok()).unwrap_or(otherwise)
    }

    /// Which of two words is given: true for the first.
    fn word(&self, name: &str, words: [&str; 2]) -> Option<bool> {
        let [first, second] = words;
        let read = |value: &JsValue| {
            let word = value.as_string()?;
            (word == first || word == second).then_some(word == first)
        };
        self.check(
            name,
            read,
            &["\"", first, "\" or \"", second, "\""].concat(),
        )
    }

    /// Whether the bytes are hashed, and whether verification is required, which needs a hash.
    fn proof(&self, hashes: bool, required: bool) -> (bool, bool) {
        let hashes = self
            .word("checksum", ["crc64nvme", "none"])
            .unwrap_or(hashes);
        let required = self.flag("requireVerified").unwrap_or(required);
        if required && !hashes {
            self.refuse(
                "requireVerified",
                "needs checksum \"crc64nvme\": without a checksum nothing is verified",
            );
        }
        (hashes, required)
    }

    fn callbacks(&self) -> Callbacks {
        let signal = |value: &JsValue| value.is_instance_of::<AbortSignal>().then(|| value.clone());
        let signal = self.check("signal", signal, "an AbortSignal");
        Callbacks {
            on_progress: Held::new(self.function("onProgress")),
            on_state_change: Held::new(self.function("onStateChange")),
            signal: Held::new(signal.unwrap_or_default()),
        }
    }
}
