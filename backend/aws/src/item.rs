//! Between a [`Row`] and the item that the table keeps.
//!
//! Attributes have the names of the record's JSON fields. Besides: `owner`; `clientSize`, `clientType` and
//! `clientCrc64nvme`, what the client declared; `s3UploadId`, the multipart upload; `scanEtag` and `scanVersionId`, the object that
//! `scan` is about; `withheld`, which says nothing of scans here; `openShard` (the owner's first character), `sweepAt`, `activeAt` and `counted`, which stand while the upload is
//! open; `sequencerOrder`, the form of `sequencer` that DynamoDB's
//! comparison of strings puts in the right order. `expiresAt` counts seconds, as DynamoDB's time-to-live
//! demands; the record's counts milliseconds.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use crowfly_contract::{Metadata, OwnerId, Record, UploadStatus};
use crowfly_core::ports::{OpenUpload, Place};
use crowfly_core::{Declared, Fault, FaultKind, Open, Row, Scanned};

pub(crate) type Item = HashMap<String, AttributeValue>;

pub(crate) fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

pub(crate) fn number(value: u64) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

/// Reads a status. `not_found` is an answer's word: no item has it.
fn status(text: &str) -> Option<UploadStatus> {
    let status = text.parse().ok()?;
    (status != UploadStatus::NotFound).then_some(status)
}

/// The item of a new pending upload.
pub(crate) fn pending_item(row: &Row) -> Item {
    let record = &row.record;
    let metadata = record
        .metadata
        .iter()
        .map(|(key, value)| (key.clone(), text(value)))
        .collect();
    let mut item = Item::from(
        [
            ("owner", text(row.owner.as_str())),
            ("id", text(record.id)),
            ("status", text(record.status.as_str())),
            ("bucket", text(&record.bucket)),
            ("key", text(record.key.to_string())),
            ("name", text(&record.name)),
            ("size", number(record.size)),
            ("type", text(&record.media_type)),
            ("visibility", text(record.visibility.as_str())),
            ("metadata", AttributeValue::M(metadata)),
            ("verified", AttributeValue::Bool(record.verified)),
            ("createdAt", number(record.created_at)),
        ]
        .map(|(name, value)| (name.to_owned(), value)),
    );
    let mut also = |name: &str, value: AttributeValue| item.insert(name.to_owned(), value);
    if let Some(crc) = record.crc64nvme {
        also("crc64nvme", text(crc));
    }
    if let Some(bytes) = record.part_size {
        also("partSize", number(bytes));
    }
    if let Some(id) = &row.s3_upload_id {
        also("s3UploadId", text(id));
    }
    if let Some(declared) = &row.declared {
        also("clientSize", number(declared.size));
        also("clientType", text(&declared.media_type));
        if let Some(crc) = declared.crc64nvme {
            also("clientCrc64nvme", text(crc));
        }
    }
    if let Some(open) = row.open {
        also(
            "openShard",
            text(row.owner.as_str().get(..1).unwrap_or("-")),
        );
        also("sweepAt", number(open.sweep_at));
        also("activeAt", number(open.active_at));
        if open.counted {
            also("counted", AttributeValue::Bool(true));
        }
    }
    item
}

/// The place that the upload of `item` holds, if it has ended.
pub(crate) fn held(item: &Item) -> Option<Place> {
    item.get("openShard")?;
    open_upload(item).ok()?.place_to_release()
}

/// Reads an item of the index of open uploads.
pub(crate) fn open_upload(item: &Item) -> Result<OpenUpload, Fault> {
    let text = |name: &str| item.get(name)?.as_s().ok();
    let number = |name: &str| item.get(name)?.as_n().ok()?.parse::<u64>().ok();
    let read = || {
        Some(OpenUpload {
            owner: text("owner")?.parse().ok()?,
            id: text("id")?.parse().ok()?,
            bytes: number("clientSize").unwrap_or_default(),
            key: text("key")?.parse().ok()?,
            status: status(text("status")?)?,
            s3_upload_id: text("s3UploadId").cloned(),
            created_at: number("createdAt")?,
            open: Open {
                counted: item.contains_key("counted"),
                sweep_at: number("sweepAt")?,
                active_at: number("activeAt")?,
            },
        })
    };
    read().ok_or_else(|| not_a_record(item))
}

/// Reads an item back.
pub(crate) fn row(item: &Item) -> Result<Row, Fault> {
    read(item).ok_or_else(|| not_a_record(item))
}

fn not_a_record(item: &Item) -> Fault {
    let id = item
        .get("id")
        .and_then(|id| id.as_s().ok())
        .map_or("?", String::as_str);
    let detail = format!("the item {id} is not a record");
    Fault::new("dynamodb", FaultKind::Unexpected, detail)
}

fn read(item: &Item) -> Option<Row> {
    let text = |name: &str| item.get(name).and_then(|value| value.as_s().ok());
    let number = |name: &str| item.get(name)?.as_n().ok()?.parse::<u64>().ok();
    let flag = |name: &str| item.get(name)?.as_bool().ok().copied();
    let owned = |name: &str| text(name).cloned();
    let crc = |name: &str| text(name)?.parse().ok();
    let record = Record {
        id: text("id")?.parse().ok()?,
        status: status(text("status")?)?,
        bucket: owned("bucket")?,
        key: text("key")?.parse().ok()?,
        name: owned("name")?,
        size: number("size")?,
        media_type: owned("type")?,
        visibility: text("visibility")?.parse().unwrap_or_default(),
        metadata: metadata(item.get("metadata")),
        part_size: number("partSize"),
        crc64nvme: crc("crc64nvme"),
        verified: flag("verified")?,
        etag: owned("etag"),
        version_id: owned("versionId"),
        sequencer: owned("sequencer"),
        type_mismatch: flag("typeMismatch").unwrap_or_default(),
        seen_type: owned("seenType"),
        scan: text("scan").and_then(|text| text.parse().ok()),
        withheld: text("withheld").and_then(|text| text.parse().ok()),
        url: owned("url"),
        created_at: number("createdAt")?,
        stored_at: number("storedAt"),
        expires_at: number("expiresAt").map(|seconds| seconds.saturating_mul(1_000)),
    };
    let declared = number("clientSize")
        .zip(owned("clientType"))
        .map(|(size, media_type)| Declared {
            size,
            media_type,
            crc64nvme: crc("clientCrc64nvme"),
        });
    let owner: OwnerId = text("owner")?.parse().ok()?;
    Some(Row {
        owner,
        record,
        declared,
        s3_upload_id: owned("s3UploadId"),
        scanned: owned("scanEtag").map(|etag| Scanned {
            etag,
            version_id: owned("scanVersionId"),
        }),
        open: text("openShard").map(|_| Open {
            counted: item.contains_key("counted"),
            sweep_at: number("sweepAt").unwrap_or_default(),
            active_at: number("activeAt").unwrap_or_default(),
        }),
    })
}

fn metadata(value: Option<&AttributeValue>) -> Metadata {
    value
        .and_then(|value| value.as_m().ok())
        .into_iter()
        .flatten()
        .filter_map(|(key, value)| Some((key.clone(), value.as_s().ok()?.clone())))
        .collect()
}

#[cfg(test)]
#[path = "item_tests.rs"]
mod tests;
