use std::fmt::Display;
use std::rc::Rc;

use crowfly_contract::{
    CompleteRequest, Content, Crc64Nvme, CreateItem, ListResponse, Metadata, Record, Stored,
    UploadId, UploadStatus, Visibility,
};
use wasm_bindgen::JsValue;

use crate::js::{self, frozen, frozen_array};

fn text(value: &str) -> JsValue {
    JsValue::from_str(value)
}

fn maybe_text(value: Option<&String>) -> JsValue {
    value.map_or(JsValue::UNDEFINED, |value| text(value))
}

fn shown(value: &dyn Display) -> JsValue {
    text(&value.to_string())
}

fn number(value: u64) -> JsValue {
    JsValue::from_f64(value as f64)
}

fn maybe_number(value: Option<u64>) -> JsValue {
    value.map_or(JsValue::UNDEFINED, number)
}

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
    let object = js_sys::Object::new();
    for (name, value) in texts {
        js::set(&object, name, &text(value));
    }
    object.into()
}

pub(crate) fn create_request(items: &[Rc<CreateItem>]) -> JsValue {
    let items = items.iter().map(|item| {
        let private = item.visibility.is_private();
        frozen(&[
            ("id", shown(&item.id)),
            ("name", text(&item.name)),
            ("size", number(item.size)),
            ("type", text(&item.media_type)),
            ("crc64nvme", crc(item.crc64nvme)),
            (
                "visibility",
                if private {
                    JsValue::UNDEFINED
                } else {
                    visibility(item.visibility)
                },
            ),
            ("metadata", texts(&item.metadata)),
        ])
    });
    frozen(&[("uploads", frozen_array(items))])
}

pub(crate) fn complete_request(body: &CompleteRequest) -> JsValue {
    frozen(&[("crc64nvme", crc(body.crc64nvme))])
}

pub(crate) fn status_request(ids: &[UploadId]) -> JsValue {
    frozen(&[("ids", frozen_array(ids.iter().map(|id| shown(id))))])
}

pub(crate) fn stored_to_js(stored: &Stored) -> JsValue {
    frozen(&[
        ("id", shown(&stored.id)),
        ("key", shown(&stored.key)),
        ("size", number(stored.size)),
        ("crc64nvme", crc(stored.crc64nvme)),
        (
            "etag",
            maybe_text(Some(&stored.etag).filter(|etag| !etag.is_empty())),
        ),
        ("versionId", maybe_text(stored.version_id.as_ref())),
    ])
}

pub(crate) fn record_to_js(record: &Record) -> JsValue {
    let status = match record.status {
        UploadStatus::Stored => "stored",
        UploadStatus::Aborted => "aborted",
        UploadStatus::Deleted => "deleted",
        UploadStatus::Expired => "expired",
        // A record has no other.
        _ => "pending",
    };
    frozen(&[
        ("id", shown(&record.id)),
        ("status", text(status)),
        ("bucket", text(&record.bucket)),
        ("key", shown(&record.key)),
        ("name", text(&record.name)),
        ("size", number(record.size)),
        ("type", text(&record.media_type)),
        ("visibility", visibility(record.visibility)),
        ("metadata", texts(&record.metadata)),
        ("partSize", maybe_number(record.part_size)),
        ("crc64nvme", crc(record.crc64nvme)),
        ("verified", record.verified.into()),
        ("etag", maybe_text(record.etag.as_ref())),
        ("versionId", maybe_text(record.version_id.as_ref())),
        ("sequencer", maybe_text(record.sequencer.as_ref())),
        ("url", maybe_text(record.url.as_ref())),
        ("createdAt", number(record.created_at)),
        ("storedAt", maybe_number(record.stored_at)),
        ("expiresAt", maybe_number(record.expires_at)),
    ])
}

pub(crate) fn list_to_js(page: &ListResponse) -> JsValue {
    let uploads = frozen_array(page.uploads.iter().map(record_to_js));
    frozen(&[
        ("uploads", uploads),
        ("cursor", maybe_text(page.cursor.as_ref())),
    ])
}

pub(crate) fn content_to_js(content: &Content) -> JsValue {
    frozen(&[
        ("url", text(&content.url)),
        ("expiresInMs", maybe_number(content.expires_in_ms)),
    ])
}
