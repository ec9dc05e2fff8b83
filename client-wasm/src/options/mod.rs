//! Reads the options that JavaScript gives: nothing is trusted, and each refusal names the option.

mod client;
mod upload;

pub(crate) use client::{ClientSettings, read_client, read_worker};
pub(crate) use upload::{read_file, read_id, read_page, read_upload};

use crowfly_engine::ChecksumMode;
use js_sys::{Function, Object};
use wasm_bindgen::{JsCast, JsValue};

use crate::error::invalid_option;
use crate::js;

/// An object of options.
struct Options {
    object: JsValue,
    owner: &'static str,
}

impl Options {
    /// Takes `undefined` as no options; refuses anything but an object, and options that do not exist.
    fn open(value: &JsValue, owner: &'static str, known: &[&str]) -> Result<Self, JsValue> {
        let this = Self {
            object: value.clone(),
            owner,
        };
        if value.is_undefined() {
            return Ok(this);
        }
        if !value.is_object() || value.is_function() {
            return Err(this.refuse("the options", "must be an object"));
        }
        for key in Object::keys(value.unchecked_ref::<Object>()).iter() {
            let key = key.as_string().unwrap_or_default();
            if !known.contains(&key.as_str()) {
                let mut text = String::from("is not an option; there are ");
                text.push_str(&known.join(", "));
                return Err(this.refuse(&key, &text));
            }
        }
        Ok(this)
    }

    /// The error for option `name`.
    fn refuse(&self, name: &str, what: &str) -> JsValue {
        invalid_option(&[self.owner, ": ", name, " ", what].concat())
    }

    fn get(&self, name: &str) -> Option<JsValue> {
        if self.object.is_undefined() {
            return None;
        }
        js::get(&self.object, name)
    }

    fn function(&self, name: &str) -> Result<Option<Function>, JsValue> {
        self.get(name)
            .map(|value| {
                value
                    .dyn_into()
                    .map_err(|_| self.refuse(name, "must be a function"))
            })
            .transpose()
    }

    fn text(&self, name: &str) -> Result<Option<String>, JsValue> {
        self.get(name)
            .map(|value| {
                value
                    .as_string()
                    .ok_or_else(|| self.refuse(name, "must be a string"))
            })
            .transpose()
    }

    fn integer(&self, name: &str, least: i32, most: i32) -> Result<Option<i32>, JsValue> {
        let Some(value) = self.get(name) else {
            return Ok(None);
        };
        let range = f64::from(least)..=f64::from(most);
        match value.as_f64() {
            Some(number) if number.trunc() == number && range.contains(&number) => {
                Ok(Some(number as i32))
            }
            _ => {
                let (least, most) = (least.to_string(), most.to_string());
                let what = ["must be an integer from ", &least, " to ", &most].concat();
                Err(self.refuse(name, &what))
            }
        }
    }

    fn checksum(&self) -> Result<Option<ChecksumMode>, JsValue> {
        match self.text("checksum")?.as_deref() {
            None => Ok(None),
            Some("crc64nvme") => Ok(Some(ChecksumMode::Crc64Nvme)),
            Some("none") => Ok(Some(ChecksumMode::None)),
            Some(_) => Err(self.refuse("checksum", "must be \"crc64nvme\" or \"none\"")),
        }
    }
}
