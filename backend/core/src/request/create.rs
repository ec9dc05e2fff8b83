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
            Ok((id, json::read(item, &path, ITEM)))
        })
        .collect::<Result<Vec<_>, Refusal>>()?;
    check_distinct(items.iter().map(|(id, _)| *id))?;
    Ok(items)
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
