//! Request bodies as JSON text.
//!
//! Not by `JSON.stringify`, which calls any `toJSON` that a library has put on a prototype (Prototype.js 1.6 does), so
//! that the API would refuse every body. <https://tc39.es/ecma262/#sec-serializejsonproperty>

#![expect(
    clippy::single_char_add_str,
    reason = "appending characters needs their encoding, which nothing else in the module does"
)]

use crowfly_contract::{CompleteRequest, Crc64Nvme, PartToSign, UploadId, Visibility};
use crowfly_engine::ItemToCreate;

use crate::LIVE;
use crate::text::{append_with, decimal, hex};

/// One item of a create call.
fn item(one: &ItemToCreate, state: Option<String>) -> String {
    let item = &*one.item;
    let mut object = Object::default();
    object.text("id", &item.id.to_text());
    object.text("name", &item.name);
    if let Some(path) = &item.path {
        object.text("path", path);
    }
    object.maybe("size", item.size);
    if LIVE && item.live {
        object.raw("live", "true");
    }
    object.maybe("maxBytes", item.max_bytes.filter(|_| LIVE));
    object.text("type", &item.media_type);
    object.crc(item.crc64nvme);
    if item.visibility == Visibility::Public {
        object.text("visibility", item.visibility.as_str());
    }
    if !item.metadata.is_empty() {
        let mut metadata = Object::default();
        for (key, value) in &item.metadata {
            metadata.text(key, value);
        }
        object.raw("metadata", &metadata.end());
    }
    object.state(state);
    if !one.parts.is_empty() {
        object.number("partSize", one.part_size);
        object.parts(&one.parts);
    }
    object.end()
}

/// `state_of` gives what the server has had kept of an upload.
pub(crate) fn create_request(
    items: &[ItemToCreate],
    state_of: &dyn Fn(UploadId) -> Option<String>,
) -> String {
    let mut object = Object::default();
    let write = |one: &ItemToCreate| item(one, state_of(one.item.id));
    object.raw("uploads", &list(items, write));
    object.end()
}

pub(crate) fn sign_request(parts: &[PartToSign], state: Option<String>) -> String {
    let mut object = Object::default();
    object.parts(parts);
    object.state(state);
    object.end()
}

pub(crate) fn complete_request(body: &CompleteRequest, state: Option<String>) -> String {
    let mut object = Object::default();
    object.maybe("size", body.size.filter(|_| LIVE));
    object.crc(body.crc64nvme);
    object.maybe("durationMs", body.duration_ms.filter(|_| LIVE));
    object.state(state);
    object.end()
}

pub(crate) fn status_request(ids: &[UploadId]) -> String {
    let mut object = Object::default();
    object.raw("ids", &list(ids, |id| quoted(&id.to_text())));
    object.end()
}

/// An object, field by field.
#[derive(Default)]
struct Object(String);

impl Object {
    /// A field whose value is already JSON.
    fn raw(&mut self, name: &str, json: &str) {
        self.0.push_str(if self.0.is_empty() { "{" } else { "," });
        quote(&mut self.0, name);
        self.0.push_str(":");
        self.0.push_str(json);
    }

    fn text(&mut self, name: &str, text: &str) {
        self.raw(name, &quoted(text));
    }

    fn maybe(&mut self, name: &str, number: Option<u64>) {
        if let Some(number) = number {
            self.number(name, number);
        }
    }

    fn number(&mut self, name: &str, number: u64) {
        self.raw(name, &decimal(number));
    }

    fn crc(&mut self, crc: Option<Crc64Nvme>) {
        if let Some(crc) = crc {
            self.text("crc64nvme", &crc.to_text());
        }
    }

    fn parts(&mut self, parts: &[PartToSign]) {
        let part = |part: &PartToSign| {
            let mut object = Object::default();
            object.number("number", part.number.into());
            object.maybe("size", part.size.filter(|_| LIVE));
            object.crc(part.crc64nvme);
            object.end()
        };
        self.raw("parts", &list(parts, part));
    }

    fn state(&mut self, state: Option<String>) {
        if let Some(state) = state {
            self.text("state", &state);
        }
    }

    fn end(mut self) -> String {
        self.0.push_str(if self.0.is_empty() { "{}" } else { "}" });
        self.0
    }
}

fn list<T>(values: &[T], write: impl Fn(&T) -> String) -> String {
    let mut json = String::from("[");
    for value in values {
        if json.len() > 1 {
            json.push_str(",");
        }
        json.push_str(&write(value));
    }
    json.push_str("]");
    json
}

pub(super) fn quoted(text: &str) -> String {
    let mut json = String::with_capacity(text.len() + 2);
    quote(&mut json, text);
    json
}

/// A JSON string: quotation mark, backslash and controls below U+0020 must be escaped, nothing else.
/// <https://www.rfc-editor.org/rfc/rfc8259#section-7>
fn quote(json: &mut String, text: &str) {
    json.push_str("\"");
    append_with(json, text, &|byte| match byte {
        b'"' => Some("\\\"".to_owned()),
        b'\\' => Some("\\\\".to_owned()),
        0..=0x1f => Some(["\\u00", &hex(byte.into(), 2)].concat()),
        _ => None,
    });
    json.push_str("\"");
}
