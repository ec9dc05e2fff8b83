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
    let mut items = items.iter().map(|item| {
        let private = item.visibility.is_private();
        frozen(
            "id name size type crc64nvme visibility metadata",
            &[
                shown(&item.id),
                text(&item.name),
                number(item.size),
                text(&item.media_type),
                crc(item.crc64nvme),
                if private {
                    JsValue::UNDEFINED
                } else {
                    visibility(item.visibility)
                },
                texts(&item.metadata),
            ],
        )
    });
    frozen("uploads", &[frozen_array(&mut items)])
}

pub(crate) fn complete_request(body: &CompleteRequest) -> JsValue {
    frozen("crc64nvme", &[crc(body.crc64nvme)])
}

pub(crate) fn status_request(ids: &[UploadId]) -> JsValue {
    frozen("ids", &[frozen_array(&mut ids.iter().map(|id| shown(id)))])
}

pub(crate) fn stored_to_js(stored: &Stored) -> JsValue {
    frozen(
        "id key size crc64nvme etag versionId",
        &[
            shown(&stored.id),
            shown(&stored.key),
            number(stored.size),
            crc(stored.crc64nvme),
            maybe_text(Some(&stored.etag).filter(|etag| !etag.is_empty())),
            maybe_text(stored.version_id.as_ref()),
        ],
    )
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
    frozen(
        "id status bucket key name size type visibility metadata partSize crc64nvme verified etag versionId sequencer url createdAt storedAt expiresAt",
        &[
            shown(&record.id),
            text(status),
            text(&record.bucket),
            shown(&record.key),
            text(&record.name),
            number(record.size),
            text(&record.media_type),
            visibility(record.visibility),
            texts(&record.metadata),
            maybe_number(record.part_size),
            crc(record.crc64nvme),
            record.verified.into(),
            maybe_text(record.etag.as_ref()),
            maybe_text(record.version_id.as_ref()),
            maybe_text(record.sequencer.as_ref()),
            maybe_text(record.url.as_ref()),
            number(record.created_at),
            maybe_number(record.stored_at),
            maybe_number(record.expires_at),
        ],
    )
}

pub(crate) fn list_to_js(page: &ListResponse) -> JsValue {
    let uploads = frozen_array(&mut page.uploads.iter().map(record_to_js));
    frozen(
        "uploads cursor",
        &[uploads, maybe_text(page.cursor.as_ref())],
    )
}

pub(crate) fn content_to_js(content: &Content) -> JsValue {
    frozen(
        "url expiresInMs",
        &[text(&content.url), maybe_number(content.expires_in_ms)],
    )
}
