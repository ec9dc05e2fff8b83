//! Records and what else the page alone reads: each field is checked and copied, as the engine has no use for them.

use crowfly_contract::{
    Crc64Nvme, ScanStatus, StorageKey, UploadId, UploadStatus, Visibility, Withheld,
};
use wasm_bindgen::JsValue;

use super::fields::{CRC, Fields, HTTP, ID, KEY, WORD, is_http};
use crate::object::ObjectBuilder;
use crate::page::{freeze, freeze_object, texts_to_object};

/// How a field is checked.
#[derive(Clone, Copy)]
enum Kind {
    Text,
    Integer,
    Flag,
    /// A map of strings; left out if empty.
    Texts,
    Id,
    Key,
    Crc,
    Status,
    Visibility,
    /// An unknown status counts as one without an address.
    Scan,
    /// An unknown reason withholds the address all the same.
    Withheld,
    /// No other scheme than that of the web: a page may make a link of it, and `javascript:` would run in the page.
    Address,
}

/// The fields of an object.
struct Table {
    /// So many of the first fields must be there.
    required: usize,
    /// Each with a space after it: an address and a length of each would be more than the names themselves.
    names: &'static str,
    kinds: &'static [Kind],
}

macro_rules! table {
    ($required:literal: $($name:ident $kind:ident,)*) => {
        Table {
            required: $required,
            names: concat!($(stringify!($name), " ",)*),
            kinds: &[$(Kind::$kind,)*],
        }
    };
}

const RECORD: Table = table! { 10:
    id Id,
    status Status,
    bucket Text,
    key Key,
    name Text,
    size Integer,
    type Text,
    visibility Visibility,
    verified Flag,
    createdAt Integer,
    path Text,
    metadata Texts,
    partSize Integer,
    live Flag,
    durationMs Integer,
    truncated Flag,
    crc64nvme Crc,
    etag Text,
    versionId Text,
    sequencer Text,
    typeMismatch Flag,
    seenType Text,
    scan Scan,
    withheld Withheld,
    url Address,
    storedAt Integer,
    expiresAt Integer,
};

const CONTENT: Table = table! { 1: url Address, expiresInMs Integer, };

/// A record as the page sees it.
pub(crate) fn record(body: &JsValue) -> Option<JsValue> {
    copy(body, RECORD)
}

/// The address of the bytes, as the page sees it.
pub(super) fn content(body: &JsValue) -> Option<JsValue> {
    copy(body, CONTENT)
}

/// A page of records.
pub(super) fn list(body: &JsValue) -> Option<JsValue> {
    let fields = Fields::of(body);
    let uploads: js_sys::Array = fields.list("uploads", record)?.into_iter().collect();
    let page = ObjectBuilder::new()
        .with("uploads", freeze_object(&uploads))
        .with("cursor", fields.maybe_text("cursor"));
    fields.all(page.freeze())
}

fn copy(body: &JsValue, table: Table) -> Option<JsValue> {
    let fields = Fields::of(body);
    let mut object = ObjectBuilder::new();
    let names = table.names.split_ascii_whitespace();
    for (place, (name, kind)) in names.zip(table.kinds).enumerate() {
        let value = value(&fields, name, *kind);
        if place < table.required && value.is_undefined() {
            fields.must(name, "a value", None::<()>);
        }
        object = object.with(name, value);
    }
    let object = object.build();
    freeze(&object);
    fields.all(object)
}

/// The value of a field; undefined if it is absent. What is wrong with it is noted.
fn value(fields: &Fields, name: &str, kind: Kind) -> JsValue {
    match kind {
        Kind::Integer => fields
            .maybe_integer(name)
            .map(|number| number as f64)
            .into(),
        Kind::Flag => fields.flag(name).into(),
        Kind::Texts => {
            let texts = fields.texts(name);
            match texts.is_empty() {
                true => JsValue::UNDEFINED,
                false => texts_to_object(&texts),
            }
        }
        _ => {
            let text = fields.maybe_text(name);
            let given = text.as_deref().unwrap_or_default();
            let (right, expected) = match kind {
                Kind::Id => (is::<UploadId>(given), ID),
                Kind::Key => (is::<StorageKey>(given), KEY),
                Kind::Crc => (is::<Crc64Nvme>(given), CRC),
                Kind::Status => (is::<UploadStatus>(given), WORD),
                Kind::Visibility => (is::<Visibility>(given), WORD),
                Kind::Address => (is_http(given), HTTP),
                Kind::Scan if text.is_some() => {
                    let scan = given.parse().unwrap_or(ScanStatus::Unscannable);
                    return scan.as_str().into();
                }
                Kind::Withheld if text.is_some() => {
                    let why = given.parse().unwrap_or(Withheld::ActiveContent);
                    return why.as_str().into();
                }
                _ => (true, ""),
            };
            if text.is_some() {
                fields.must(name, expected, right.then_some(()));
            }
            text.into()
        }
    }
}

fn is<T: std::str::FromStr>(text: &str) -> bool {
    text.parse::<T>().is_ok()
}
