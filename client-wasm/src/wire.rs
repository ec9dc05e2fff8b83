//! The contract's types: written as JSON text, read by one field table per type, passed to the page by serde.
//!
//! serde's derived readers with serde-wasm-bindgen would be a sixth of the published module. Tests check every type
//! against the contract's golden JSON, so that the two cannot drift apart.

pub(crate) mod body;
mod fields;
mod read;
mod reply;

use crowfly_contract::{RecordOf, StorageKey};
use js_sys::{Array, Object};
use wasm_bindgen::JsValue;

use crate::page::{freeze, freeze_object, set, texts_to_object, to_object, to_page};

pub(crate) use fields::Fields;
pub(crate) use reply::{Answer, Route, failure};

/// A record as the page sees it.
pub(crate) fn record_to_page(record: &RecordOf<StorageKey>) -> JsValue {
    let object = to_object(record);
    if !record.metadata.is_empty() {
        set(&object, "metadata", &texts_to_object(&record.metadata));
    }
    freeze(&object);
    object
}

/// A page of records, if the answer is one.
pub(crate) fn records_to_page(body: &JsValue) -> Option<JsValue> {
    let found = read::list_response(body)?;
    let uploads: Array = found.uploads.iter().map(record_to_page).collect();
    let page = Object::new();
    set(&page, "uploads", &freeze_object(&uploads));
    if let Some(cursor) = found.cursor {
        set(&page, "cursor", &cursor.into());
    }
    Some(freeze_object(&page))
}

/// The address of the bytes, if the answer has one.
pub(crate) fn content_to_page(body: &JsValue) -> Option<JsValue> {
    read::content(body).map(|content| to_page(&content))
}

#[cfg(all(test, target_arch = "wasm32"))]
mod tests;
