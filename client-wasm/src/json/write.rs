use crowfly_contract::{
    Content, Crc64Nvme, ListResponseOf, Metadata, RecordOf, ScanStatus, StorageKey, Stored,
    UploadStatus, Withheld,
};
use wasm_bindgen::JsValue;

use crate::js::{entries, list, maybe_number, maybe_text, number, record, shown, text};

fn crc(value: Option<Crc64Nvme>) -> JsValue {
    value.map_or(JsValue::UNDEFINED, |crc| shown(&crc))
}

fn texts(texts: &Metadata) -> JsValue {
    if texts.is_empty() {
        return JsValue::UNDEFINED;
    }
    entries(
        texts
            .iter()
            .flat_map(|(name, value)| [text(name), text(value)])
            .collect(),
    )
}

/// A text, or nothing for an empty one.
pub(crate) fn unless_empty(value: &str) -> JsValue {
    if value.is_empty() {
        JsValue::UNDEFINED
    } else {
        text(value)
    }
}

/// `verified` is not of the contract: it is what this page makes of it.
pub(crate) fn stored_to_js(stored: &Stored, verified: JsValue) -> JsValue {
    record(
        "id key size crc64nvme etag versionId verified",
        Box::new([
            shown(&stored.id),
            shown(&stored.key),
            number(stored.size),
            crc(stored.crc64nvme),
            unless_empty(&stored.etag),
            maybe_text(stored.version_id.as_ref()),
            verified,
        ]),
    )
}

pub(crate) fn record_to_js(upload: &RecordOf<StorageKey>) -> JsValue {
    let status = match upload.status {
        UploadStatus::Stored => "stored",
        UploadStatus::Aborted => "aborted",
        UploadStatus::Deleted => "deleted",
        UploadStatus::Expired => "expired",
        // A record has no other.
        _ => "pending",
    };
    record(
        "id status bucket key name size type visibility metadata partSize crc64nvme verified etag \
         versionId sequencer typeMismatch seenType scan withheld url createdAt storedAt expiresAt",
        Box::new([
            shown(&upload.id),
            text(status),
            text(&upload.bucket),
            shown(&upload.key),
            text(&upload.name),
            number(upload.size),
            text(&upload.media_type),
            text(upload.visibility.as_str()),
            texts(&upload.metadata),
            maybe_number(upload.part_size),
            crc(upload.crc64nvme),
            upload.verified.into(),
            maybe_text(upload.etag.as_ref()),
            maybe_text(upload.version_id.as_ref()),
            maybe_text(upload.sequencer.as_ref()),
            if upload.type_mismatch {
                JsValue::TRUE
            } else {
                JsValue::UNDEFINED
            },
            maybe_text(upload.seen_type.as_ref()),
            unless_empty(upload.scan.map_or("", ScanStatus::as_str)),
            unless_empty(upload.withheld.map_or("", Withheld::as_str)),
            maybe_text(upload.url.as_ref()),
            number(upload.created_at),
            maybe_number(upload.stored_at),
            maybe_number(upload.expires_at),
        ]),
    )
}

pub(crate) fn list_to_js(page: &ListResponseOf<StorageKey>) -> JsValue {
    let uploads = list(page.uploads.iter().map(record_to_js).collect());
    record(
        "uploads cursor",
        Box::new([uploads, maybe_text(page.cursor.as_ref())]),
    )
}

pub(crate) fn content_to_js(content: &Content) -> JsValue {
    record(
        "url expiresInMs",
        Box::new([text(&content.url), maybe_number(content.expires_in_ms)]),
    )
}
