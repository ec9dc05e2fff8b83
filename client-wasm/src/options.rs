//! The application's options: untrusted; each refusal names the option.

mod address;
mod client;
mod upload;

use wasm_bindgen::JsValue;

use crate::error::invalid_option;
use crate::page::{Held, given, has_function, keys, property};
use crate::text::decimal;

pub(crate) use client::{Settings, read_client};
pub(crate) use upload::{
    Callbacks, Given, Live, media_type, read_attach, read_file, read_live, read_page, read_upload,
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
        // As for a dictionary argument: <https://webidl.spec.whatwg.org/#es-dictionary>
        if object.is_undefined() || object.is_null() {
            return options;
        }
        let Some(given) = keys(object) else {
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

    /// A value, `None` if absent, null, or if its getter throws.
    fn get(&self, name: &str) -> Option<JsValue> {
        given(self.object, name)
    }

    /// Refuses a present but invalid value.
    fn check<T>(&self, name: &str, read: fn(&JsValue) -> Option<T>, what: &str) -> Option<T> {
        let read = read(&self.get(name)?);
        if read.is_none() {
            self.refuse(name, what);
        }
        read
    }

    /// A function; undefined if there is none.
    fn function(&self, name: &str) -> JsValue {
        let read = |value: &JsValue| value.is_function().then(|| value.clone());
        let given = self.check(name, read, "must be a function");
        given.unwrap_or_default()
    }

    fn text(&self, name: &str) -> Option<String> {
        self.check(name, JsValue::as_string, "must be a string")
    }

    fn flag(&self, name: &str) -> Option<bool> {
        self.check(name, JsValue::as_bool, "must be true or false")
    }

    fn integer(&self, name: &str, least: i32, most: i32, unit: &str) -> Option<i32> {
        let number = self.get(name)?.as_f64().unwrap_or(f64::NAN);
        let integer = number as i32;
        if f64::from(integer) == number && (least..=most).contains(&integer) {
            return Some(integer);
        }
        let from = decimal(least.unsigned_abs().into());
        let to = decimal(most.unsigned_abs().into());
        let sign = if least < 0 { "-" } else { "" };
        self.refuse(
            name,
            &[
                "must be an integer",
                unit,
                " from ",
                sign,
                &from,
                " to ",
                &to,
            ]
            .concat(),
        );
        None
    }

    fn milliseconds(&self, name: &str, otherwise: u32) -> u32 {
        let given = self.integer(name, 1, 3_600_000, " of milliseconds");
        given.and_then(|ms| ms.try_into().ok()).unwrap_or(otherwise)
    }

    /// Which of two words is given: true for the first.
    fn word(&self, name: &str, words: [&str; 2]) -> Option<bool> {
        let given = self.get(name)?.as_string();
        let place = words
            .iter()
            .position(|word| given.as_deref() == Some(*word));
        if place.is_none() {
            let [first, second] = words;
            self.refuse(
                name,
                &["must be \"", first, "\" or \"", second, "\""].concat(),
            );
        }
        place.map(|place| place == 0)
    }

    /// Whether the bytes are hashed, and whether verification is required, which needs a hash.
    fn proof(&self, hashes: bool, required: bool) -> (bool, bool) {
        let hashes = self
            .word("checksum", ["crc64nvme", "none"])
            .unwrap_or(hashes);
        let required = self.flag("requireVerified").unwrap_or(required);
        if required && !hashes {
            self.refuse("requireVerified", "needs checksum \"crc64nvme\"");
        }
        (hashes, required)
    }

    fn callbacks(&self) -> Callbacks {
        // By its members: that of another window is no instance of this window's class.
        let signal = |value: &JsValue| {
            let is_signal = has_function(value, "addEventListener")
                && property(value, "aborted").as_bool().is_some();
            is_signal.then(|| value.clone())
        };
        let signal = self.check("signal", signal, "must be an AbortSignal");
        Callbacks {
            on_progress: Held::new(self.function("onProgress")),
            on_state_change: Held::new(self.function("onStateChange")),
            signal: Held::new(signal.unwrap_or_default()),
        }
    }
}
