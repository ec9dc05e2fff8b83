//! Conversion between a [`Row`] and its DynamoDB item.
//!
//! An item has the attributes of the record's JSON, and in addition: `owner`; `clientSize`,
//! `clientType` and `clientCrc64nvme`, which the client declared; `s3UploadId`, the multipart
//! upload; of a live upload `doubleEvery`, its plan beside `partSize`, `maxBytes`, its limit, `askedBytes`, that of its
//! client, `grantedParts`, `lastPart` and `lastBytes`, what was signed, and `sizeDeclared` (until then `clientSize` is
//! what was signed); `scanEtag` and `scanVersionId`, the object that `scan` refers to; while the upload is
//! open `openShard` (the first character of the owner), `sweepAt`, `activeAt` and `counted`;
//! `outbox`, a set of strings, while notifications are to be sent; `sequencerOrder`, the sequencer in a form that DynamoDB's comparison of strings orders
//! correctly. The stored `withheld` leaves scans out. `expiresAt` is in seconds, as time to live
//! requires (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html>); the
//! record has milliseconds.

use std::collections::{BTreeSet, HashMap};

use aws_sdk_dynamodb::types::AttributeValue;
use crowfly_contract::{Crc64Nvme, LivePlan, ObjectKey, OwnerId, Record, UploadId, UploadStatus};
use crowfly_core::ports::{OpenUpload, Slot};
use crowfly_core::{Declared, Fault, FaultKind, Granted, LastPart, Live, Open, Row, Scanned};
use serde::{Deserialize, Serialize};
use serde_dynamo::{from_item, to_item};

pub(crate) type Item = HashMap<String, AttributeValue>;

pub(crate) fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

pub(crate) fn number(value: u64) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

/// The attributes of a row, without the index keys and `sequencerOrder`.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct Attributes {
    owner: OwnerId,
    #[serde(flatten)]
    record: Record,
    client_size: Option<u64>,
    client_type: Option<String>,
    client_crc64nvme: Option<Crc64Nvme>,
    s3_upload_id: Option<String>,
    double_every: Option<u32>,
    max_bytes: Option<u64>,
    asked_bytes: Option<u64>,
    granted_parts: Option<u32>,
    last_part: Option<u32>,
    last_bytes: Option<u64>,
    size_declared: Option<bool>,
    scan_etag: Option<String>,
    scan_version_id: Option<String>,
    open_shard: Option<String>,
    sweep_at: Option<u64>,
    active_at: Option<u64>,
    counted: Option<bool>,
    #[serde(default, skip_serializing)]
    outbox: BTreeSet<String>,
}

/// The first character of an owner, the shard of its uploads in the index `byOpen`.
pub(crate) fn shard(owner: &OwnerId) -> String {
    owner.as_str().chars().take(1).collect()
}

/// The item of a new pending upload.
pub(crate) fn pending_item(row: &Row) -> Result<Item, Fault> {
    let declared = row.declared.as_ref();
    let live = row.live.as_ref();
    let last = live.and_then(|live| live.granted.last);
    let attributes = Attributes {
        owner: row.owner.clone(),
        record: row.record.clone(),
        client_size: declared.map(|declared| declared.size),
        client_type: declared.map(|declared| declared.media_type.clone()),
        client_crc64nvme: declared.and_then(|declared| declared.crc64nvme),
        s3_upload_id: row.s3_upload_id.clone(),
        double_every: live.and_then(|live| live.plan.double_every()),
        max_bytes: live.map(|live| live.max_bytes),
        asked_bytes: live.and_then(|live| live.asked_bytes),
        granted_parts: live.map(|live| live.granted.parts),
        last_part: last.map(|last| last.number),
        last_bytes: last.map(|last| last.size),
        size_declared: live.filter(|live| live.size_declared).map(|_| true),
        scan_etag: None,
        scan_version_id: None,
        open_shard: row.open.map(|_| shard(&row.owner)),
        sweep_at: row.open.map(|open| open.sweep_at),
        active_at: row.open.map(|open| open.active_at),
        counted: row.open.filter(|open| open.counted).map(|_| true),
        outbox: BTreeSet::new(),
    };
    let mut item: Item = to_item(attributes)
        .map_err(|error| Fault::new("dynamodb", FaultKind::Unexpected, error.to_string()))?;
    item.retain(|_, value| !value.is_null());
    // An empty map is left out of the JSON.
    item.entry("metadata".to_owned())
        .or_insert_with(|| AttributeValue::M(Item::new()));
    Ok(item)
}

/// Reads an item back.
pub(crate) fn row(item: &Item) -> Result<Row, Fault> {
    let read: Attributes = from_item(item.clone()).map_err(|_| malformed_item(item))?;
    let mut record = read.record;
    check_status(record.status, item)?;
    check_key(&record.key, &read.owner, record.id, item)?;
    record.expires_at = record
        .expires_at
        .map(|seconds| seconds.saturating_mul(1_000));
    let declared = read.client_size.zip(read.client_type);
    let live = match read.max_bytes.filter(|_| record.live) {
        Some(max_bytes) => {
            let part_size = record.part_size.unwrap_or_default();
            let plan = LivePlan::new(part_size, read.double_every);
            let last = read.last_part.zip(read.last_bytes);
            Some(Live {
                plan: plan.map_err(|_| malformed_item(item))?,
                max_bytes,
                asked_bytes: read.asked_bytes,
                granted: Granted {
                    parts: read.granted_parts.unwrap_or_default(),
                    last: last.map(|(number, size)| LastPart { number, size }),
                },
                size_declared: read.size_declared.unwrap_or_default(),
            })
        }
        None => None,
    };
    Ok(Row {
        owner: read.owner,
        record,
        declared: declared.map(|(size, media_type)| Declared {
            size,
            media_type,
            crc64nvme: read.client_crc64nvme,
        }),
        s3_upload_id: read.s3_upload_id,
        live,
        scanned: read.scan_etag.map(|etag| Scanned {
            etag,
            version_id: read.scan_version_id,
        }),
        open: read.open_shard.map(|_| Open {
            counted: read.counted.unwrap_or_default(),
            sweep_at: read.sweep_at.unwrap_or_default(),
            active_at: read.active_at.unwrap_or_default(),
        }),
        outbox: read.outbox,
    })
}

/// The attributes that the index `byOpen` projects.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OpenAttributes {
    owner: OwnerId,
    id: UploadId,
    #[serde(default)]
    client_size: u64,
    key: ObjectKey,
    status: UploadStatus,
    s3_upload_id: Option<String>,
    created_at: u64,
    #[serde(default)]
    counted: bool,
    sweep_at: u64,
    active_at: u64,
}

/// Reads an item of the index of open uploads.
pub(crate) fn open_upload(item: &Item) -> Result<OpenUpload, Fault> {
    let read: OpenAttributes = from_item(item.clone()).map_err(|_| malformed_item(item))?;
    check_status(read.status, item)?;
    check_key(&read.key, &read.owner, read.id, item)?;
    Ok(OpenUpload {
        owner: read.owner,
        id: read.id,
        bytes: read.client_size,
        key: read.key,
        status: read.status,
        s3_upload_id: read.s3_upload_id,
        created_at: read.created_at,
        open: Open {
            counted: read.counted,
            sweep_at: read.sweep_at,
            active_at: read.active_at,
        },
    })
}

/// The quota slot that the upload of `item` still holds after it has ended.
pub(crate) fn slot_to_release(item: &Item) -> Option<Slot> {
    item.get("openShard")?;
    let open = open_upload(item).ok()?;
    let unnotified = item.contains_key("outbox");
    open.open.slot(open.id, open.status, open.bytes, unnotified)
}

/// Refuses `not_found`, which only an answer of the API may have.
fn check_status(status: UploadStatus, item: &Item) -> Result<(), Fault> {
    match status {
        UploadStatus::NotFound => Err(malformed_item(item)),
        _ => Ok(()),
    }
}

/// Refuses an item that names an object of another upload: such a row is none of ours, and its object
/// must be neither served nor recorded.
fn check_key(key: &ObjectKey, owner: &OwnerId, id: UploadId, item: &Item) -> Result<(), Fault> {
    if key.owner() == owner && key.id() == id {
        Ok(())
    } else {
        Err(malformed_item(item))
    }
}

/// The fault of an item that cannot be read. Its content is not logged.
fn malformed_item(item: &Item) -> Fault {
    let id = item.get("id").and_then(|id| id.as_s().ok());
    let detail = format!(
        "the item {} cannot be read as a record",
        id.map_or("?", String::as_str)
    );
    Fault::new("dynamodb", FaultKind::Unexpected, detail)
}

#[cfg(test)]
#[path = "item_tests.rs"]
mod tests;
