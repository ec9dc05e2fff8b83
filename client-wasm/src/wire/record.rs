//! Records and what else the page alone reads: each field is checked and copied, as the engine has no use for them.

use crowfly_contract::{
    Crc64Nvme, ScanStatus, StorageKey, UploadId, UploadStatus, Visibility, Withheld,
};
use wasm_bindgen::JsValue;

use super::fields::Fields;
use super::read::{CRC, ID, KEY, WORD};
use crate::object::ObjectBuilder;
use crate::page::{first_match, freeze, freeze_object, texts_to_object};

/// How a field is checked.
#[derive(Clone, Copy)]
enum Kind {
    Text,
    Integer,
    Flag,
    /// A map of strings; left out if empty.
    Texts,
    /// A text of this form.
    Form(fn(&str) -> bool, &'static str),
    /// A word; one that this version does not know is replaced.
    Word(fn(&str) -> &'static str),
}

/// The name of a field, whether it must be there, and how it is checked.
type Field = (&'static str, bool, Kind);

const RECORD: &[Field] = &[
    ("id", true, Kind::Form(is::<UploadId>, ID)),
    ("status", true, Kind::Form(is::<UploadStatus>, WORD)),
    ("bucket", true, Kind::Text),
    ("key", true, Kind::Form(is::<StorageKey>, KEY)),
    ("name", true, Kind::Text),
    ("size", true, Kind::Integer),
    ("type", true, Kind::Text),
    ("visibility", true, Kind::Form(is::<Visibility>, WORD)),
    ("metadata", false, Kind::Texts),
    ("partSize", false, Kind::Integer),
    ("crc64nvme", false, Kind::Form(is::<Crc64Nvme>, CRC)),
    ("verified", true, Kind::Flag),
    ("etag", false, Kind::Text),
    ("versionId", false, Kind::Text),
    ("sequencer", false, Kind::Text),
    ("typeMismatch", false, Kind::Flag),
    ("seenType", false, Kind::Text),
    ("scan", false, Kind::Word(scan)),
    ("withheld", false, Kind::Word(withheld)),
    ("url", false, Kind::Form(is_http, HTTP)),
    ("createdAt", true, Kind::Integer),
    ("storedAt", false, Kind::Integer),
    ("expiresAt", false, Kind::Integer),
];

const CONTENT: &[Field] = &[
    ("url", true, Kind::Form(is_http, HTTP)),
    ("expiresInMs", false, Kind::Integer),
];

pub(super) const HTTP: &str = "an https or http address";

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

fn copy(body: &JsValue, table: &[Field]) -> Option<JsValue> {
    let fields = Fields::of(body);
    let mut object = ObjectBuilder::new();
    for (name, required, kind) in table {
        let value = value(&fields, name, *kind);
        if *required && value.is_undefined() {
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
        Kind::Text => fields.maybe_text(name).into(),
        Kind::Integer => fields
            .maybe_integer(name)
            .map(|number| number as f64)
            .into(),
        Kind::Flag => {
            let flag = fields.get(name);
            flag.map(|flag| fields.must(name, "true or false", flag.as_bool()))
                .into()
        }
        Kind::Texts => {
            let texts = fields.texts(name);
            match texts.is_empty() {
                true => JsValue::UNDEFINED,
                false => texts_to_object(&texts),
            }
        }
        Kind::Form(is, expected) => {
            let text = fields.maybe_text(name);
            if let Some(text) = &text {
                fields.must(name, expected, is(text).then_some(()));
            }
            text.into()
        }
        Kind::Word(known) => fields.maybe_text(name).map(|text| known(&text)).into(),
    }
}

fn is<T: std::str::FromStr>(text: &str) -> bool {
    text.parse::<T>().is_ok()
}

/// No other scheme: a page may make a link of it, and `javascript:` would run in the page.
pub(super) fn is_http(text: &str) -> bool {
    first_match("^(https?)://", "i", text).is_some()
}

/// An unknown status counts as one without an address.
fn scan(text: &str) -> &'static str {
    text.parse().unwrap_or(ScanStatus::Unscannable).as_str()
}

/// An unknown reason withholds the address all the same.
fn withheld(text: &str) -> &'static str {
    text.parse().unwrap_or(Withheld::ActiveContent).as_str()
}
