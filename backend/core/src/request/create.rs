use std::collections::HashSet;

use crowfly_contract::limits::MAX_BATCH;
use crowfly_contract::{ByteSize, CreateItem, CreateRequest, ErrorCode, MediaType, UploadId};
use serde_json::Value;

use super::json::{self, Fields};
use crate::Refusal;
use crate::name::ComposedName;
use crate::path::ComposedPath;

const ITEM: &Fields = &[
    ("id", ErrorCode::InvalidId),
    ("name", ErrorCode::InvalidName),
    ("path", ErrorCode::InvalidPath),
    ("size", ErrorCode::InvalidSize),
    ("live", ErrorCode::InvalidSize),
    ("maxBytes", ErrorCode::InvalidSize),
    ("type", ErrorCode::InvalidType),
    ("crc64nvme", ErrorCode::InvalidChecksum),
    ("visibility", ErrorCode::InvalidVisibility),
    ("metadata", ErrorCode::InvalidMetadata),
    ("partSize", ErrorCode::InvalidPart),
    ("parts", ErrorCode::InvalidPart),
];

/// A well-formed item, not yet checked against the policy.
pub type ValidItem = CreateItem<ComposedName, ByteSize, MediaType, ComposedPath>;

/// One item of a create call: its id, and the item or its refusal.
pub type Item = (UploadId, Result<ValidItem, Refusal>);

/// Parses the body of `POST /uploads`: for each item its id, and the item or its refusal.
///
/// Items are deserialised one by one: serde stops at the first error, and one wrong item must not
/// refuse the others.
///
/// # Errors
/// If the body cannot be answered item by item: it is not JSON, has an unknown field outside the
/// items, has no item or more than 100, an item without a valid id, or a duplicate id.
pub fn parse_create(body: &[u8]) -> Result<Vec<Item>, Refusal> {
    let CreateRequest::<Value> { uploads } =
        json::body(body, &[("uploads", ErrorCode::InvalidJson)])?;
    check_count(uploads.len(), "uploads")?;
    let items = uploads
        .into_iter()
        .enumerate()
        .map(|(index, item)| {
            let path = format!("uploads[{index}]");
            let item = json::object(item, &path)?;
            let id = json::value(item.get("id"), &format!("{path}.id"), ErrorCode::InvalidId)?;
            let item = json::read(item, &path, ITEM);
            Ok((id, item.and_then(|item| check_live(item, &path))))
        })
        .collect::<Result<Vec<_>, Refusal>>()?;
    check_distinct(items.iter().map(|(id, _)| *id))?;
    Ok(items)
}

/// Checks what only a live upload has, and what it has not.
fn check_live(item: ValidItem, path: &str) -> Result<ValidItem, Refusal> {
    let wrong = |code, field: &str, rule: &str| {
        let message = format!("`{path}.{field}`: {rule}");
        Err(Refusal::new(code, message))
    };
    if !item.live {
        return match (item.size, item.max_bytes) {
            (None, _) => wrong(
                ErrorCode::InvalidSize,
                "size",
                "a size in bytes is needed, unless `live` is true",
            ),
            (_, Some(_)) => wrong(
                ErrorCode::InvalidSize,
                "maxBytes",
                "only a live upload has it",
            ),
            (Some(_), None) => Ok(item),
        };
    }
    let none = "a live upload has none";
    if item.size.is_some() {
        wrong(ErrorCode::InvalidSize, "size", none)
    } else if item.max_bytes.is_some_and(|bytes| bytes.get() == 0) {
        wrong(ErrorCode::InvalidSize, "maxBytes", "it must be at least 1")
    } else if item.crc64nvme.is_some() {
        wrong(ErrorCode::InvalidChecksum, "crc64nvme", none)
    } else if item.part_size.is_some() {
        wrong(ErrorCode::InvalidPart, "partSize", none)
    } else if !item.parts.is_empty() {
        wrong(ErrorCode::InvalidPart, "parts", none)
    } else {
        Ok(item)
    }
}

pub(super) fn check_count(count: usize, list: &str) -> Result<(), Refusal> {
    if (1..=MAX_BATCH).contains(&count) {
        Ok(())
    } else {
        Err(Refusal::new(
            ErrorCode::InvalidBatch,
            format!("`{list}` must have 1 to {MAX_BATCH} items; it has {count}"),
        ))
    }
}

pub(super) fn check_distinct(ids: impl Iterator<Item = UploadId>) -> Result<(), Refusal> {
    let mut seen = HashSet::new();
    for id in ids {
        if !seen.insert(id) {
            return Err(Refusal::new(
                ErrorCode::InvalidBatch,
                format!("the id {id} is in the list twice"),
            ));
        }
    }
    Ok(())
}
