//! The contract's types: written as JSON text, read by one field table per type, passed to the page by serde.
//!
//! serde's derived readers with serde-wasm-bindgen would be a sixth of the published module. Tests check every type
//! against the contract's golden JSON, so that the two cannot drift apart.

pub(crate) mod body;
mod fields;
mod read;
mod reply;
mod shown;

use crowfly_contract::{Crc64Nvme, RecordOf, StorageKey, Stored};
use crowfly_engine::Progress;
use js_sys::Array;
use wasm_bindgen::JsValue;

use crate::object::ObjectBuilder;
use crate::page::{freeze, freeze_object, set, texts_to_object};
use shown::Shown;

pub(crate) use fields::Fields;
pub(crate) use reply::{Answer, Route};

/// A record as the page sees it.
pub(crate) fn record_to_page(record: &RecordOf<StorageKey>) -> JsValue {
    let mut shown = Shown::default();
    shown.text("id", &*record.id.to_text());
    shown.text("status", record.status.as_str());
    shown.text("bucket", &*record.bucket);
    shown.text("key", record.key.as_str());
    shown.text("name", &*record.name);
    shown.number("size", record.size);
    shown.text("type", &*record.media_type);
    shown.text("visibility", record.visibility.as_str());
    shown.number("partSize", record.part_size);
    shown.text("crc64nvme", checksum(record.crc64nvme).as_deref());
    shown.flag("verified", record.verified);
    shown.text("etag", record.etag.as_deref());
    shown.text("versionId", record.version_id.as_deref());
    shown.text("sequencer", record.sequencer.as_deref());
    if record.type_mismatch {
        shown.flag("typeMismatch", true);
    }
    shown.text("seenType", record.seen_type.as_deref());
    shown.text("scan", record.scan.map(|scan| scan.as_str()));
    shown.text("withheld", record.withheld.map(|why| why.as_str()));
    shown.text("url", record.url.as_deref());
    shown.number("createdAt", record.created_at);
    shown.number("storedAt", record.stored_at);
    shown.number("expiresAt", record.expires_at);
    let object = shown.to_object();
    if !record.metadata.is_empty() {
        set(&object, "metadata", &texts_to_object(&record.metadata));
    }
    freeze(&object);
    object
}

/// A page of records, if the answer is one.
fn records_to_page(body: &JsValue) -> Option<JsValue> {
    let found = read::list_response(body)?;
    let uploads: Array = found.uploads.iter().map(record_to_page).collect();
    let page = ObjectBuilder::new()
        .with("uploads", freeze_object(&uploads))
        .with("cursor", found.cursor);
    Some(page.freeze())
}

/// The address of the bytes, if the answer has one.
fn content_to_page(body: &JsValue) -> Option<JsValue> {
    let content = read::content(body)?;
    let mut shown = Shown::default();
    shown.text("url", &*content.url);
    shown.number("expiresInMs", content.expires_in_ms);
    Some(shown.to_page())
}

/// A stored object as the page sees it, and whether the engine has verified it, which the contract does not say.
pub(crate) fn stored_to_page(stored: &Stored, verified: Option<bool>) -> JsValue {
    let mut shown = Shown::default();
    shown.text("id", &*stored.id.to_text());
    shown.text("key", stored.key.as_str());
    shown.number("size", stored.size);
    shown.text("crc64nvme", checksum(stored.crc64nvme).as_deref());
    shown.text("etag", &*stored.etag);
    shown.text("versionId", stored.version_id.as_deref());
    shown.flag("verified", verified);
    shown.to_page()
}

/// An upload's progress as the page sees it.
pub(crate) fn progress_to_page(progress: &Progress) -> JsValue {
    let mut shown = Shown::default();
    shown.number("sent", progress.sent);
    shown.number("confirmed", progress.confirmed);
    shown.number("total", progress.total);
    shown.number("hashed", progress.hashed);
    shown.number("bytesPerSecond", progress.bytes_per_second);
    shown.number("etaMs", progress.eta_ms);
    shown.to_page()
}

fn checksum(crc: Option<Crc64Nvme>) -> Option<String> {
    crc.map(|crc| crc.to_text())
}

#[cfg(all(test, target_arch = "wasm32"))]
mod tests;
