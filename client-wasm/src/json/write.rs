use std::rc::Rc;

use crowfly_contract::{
    CompleteRequest, Content, Crc64Nvme, CreateItem, ListResponseOf, Metadata, PartToSign,
    RecordOf, ScanStatus, StorageKey, Stored, UploadId, UploadStatus, Visibility, Withheld,
};
use wasm_bindgen::JsValue;

use crate::js::{entries, list, maybe_number, maybe_text, number, record, shown, text};

fn crc(value: Option<Crc64Nvme>) -> JsValue {
    value.map_or(JsValue::UNDEFINED, |crc| shown(&crc))
}

fn visibility(value: Visibility) -> JsValue {
    text(match value {
        Visibility::Private => "private",
        Visibility::Public => "public",
    })
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

/// One item of a create call.
pub(crate) fn item_to_js(item: &CreateItem) -> JsValue {
    let public = !item.visibility.is_private();
    record(
        "id name size type crc64nvme visibility metadata",
        Box::new([
            shown(&item.id),
            text(&item.name),
            number(item.size),
            text(&item.media_type),
            crc(item.crc64nvme),
            if public {
                visibility(item.visibility)
            } else {
                JsValue::UNDEFINED
            },
            texts(&item.metadata),
        ]),
    )
}

pub(crate) fn create_request(items: &[Rc<CreateItem>]) -> JsValue {
    let items = items.iter().map(|item| item_to_js(item)).collect();
    record("uploads", Box::new([list(items)]))
}

pub(crate) fn sign_request(parts: &[PartToSign]) -> JsValue {
    let part = |part: &PartToSign| {
        record(
            "number crc64nvme",
            Box::new([number(u64::from(part.number)), crc(part.crc64nvme)]),
        )
    };
    record("parts", Box::new([list(parts.iter().map(part).collect())]))
}

pub(crate) fn complete_request(body: &CompleteRequest) -> JsValue {
    record("crc64nvme", Box::new([crc(body.crc64nvme)]))
}

pub(crate) fn status_request(ids: &[UploadId]) -> JsValue {
    let ids = ids.iter().map(|id| shown(id)).collect();
    record("ids", Box::new([list(ids)]))
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
            visibility(upload.visibility),
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
