//! The contract's types: written as JSON text, read by one field table per type, passed to the page by serde.
//!
//! serde's derived readers with serde-wasm-bindgen would be a sixth of the published module. Tests check every type
//! against the contract's golden JSON, so that the two cannot drift apart.

pub(crate) mod body;
mod fields;
mod read;
mod record;
mod reply;
mod shown;

use crowfly_contract::{Crc64Nvme, Stored};
use crowfly_engine::Progress;
use wasm_bindgen::JsValue;

use crate::LIVE;
use shown::Shown;

pub(crate) use fields::Fields;
pub(crate) use reply::{Answer, Content, Route};

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
///
/// `recorded` are the bytes that the source of a live upload has given; the total is not known before its end.
pub(crate) fn progress_to_page(progress: &Progress, recorded: Option<u64>) -> JsValue {
    let mut shown = Shown::default();
    shown.number("sent", progress.sent);
    shown.number("confirmed", progress.confirmed);
    if LIVE {
        shown.number("recorded", recorded);
    }
    shown.number(
        "total",
        (!LIVE || !progress.growing).then_some(progress.total),
    );
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
