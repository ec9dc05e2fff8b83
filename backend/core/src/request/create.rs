use std::collections::HashSet;

use crowfly_contract::limits::{MAX_BATCH, MAX_SAFE_INTEGER};
use crowfly_contract::{
    Crc64Nvme, ErrorCode, Metadata, UploadId, Visibility, is_media_type, standard_type,
};
use serde_json::{Map, Value};

use super::{json, metadata};
use crate::name::FileName;
use crate::{Declared, Refusal};

const FIELDS: &[&str] = &[
    "id",
    "name",
    "size",
    "type",
    "crc64nvme",
    "visibility",
    "metadata",
];

/// One upload that a client wishes to create, well formed but not yet allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    /// Made by the client.
    pub id: UploadId,
    /// The file's name.
    pub name: FileName,
    /// What will be sent.
    pub declared: Declared,
    /// Who may read it.
    pub visibility: Visibility,
    /// The application's text.
    pub metadata: Metadata,
}

/// One item of a create call: its id, and the wish or why it is refused.
pub type Item = (UploadId, Result<Wish, Refusal>);

/// Reads the body of `POST /uploads`: for each item its id, and the wish or why it is refused.
///
/// # Errors
/// When the body as a whole cannot be answered item by item: it is not JSON, it has an unknown field
/// outside the items, no item or more than 100, an item without a valid id, or an id twice.
pub fn parse_create(body: &[u8]) -> Result<Vec<Item>, Refusal> {
    let request = json::object(body)?;
    json::only(&request, &["uploads"], "the request")?;
    let items = match request.get("uploads") {
        Some(Value::Array(items)) => items,
        _ => return Err(json::invalid_json("`uploads` must be a list of uploads")),
    };
    check_count(items.len(), "uploads")?;
    let items = items
        .iter()
        .map(|item| {
            let item = item
                .as_object()
                .ok_or_else(|| json::invalid_json("each item of `uploads` must be an object"))?;
            let id = json::id(item.get("id"))?;
            Ok((id, wish(id, item)))
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
                format!("the id {id} stands in the list twice"),
            ));
        }
    }
    Ok(())
}

fn wish(id: UploadId, item: &Map<String, Value>) -> Result<Wish, Refusal> {
    json::only(item, FIELDS, "an upload")?;
    let name = item
        .get("name")
        .and_then(Value::as_str)
        .ok_or_else(|| Refusal::new(ErrorCode::InvalidName, "`name` must be the file's name"))?;
    let name = FileName::parse(name)
        .map_err(|error| Refusal::new(ErrorCode::InvalidName, error.to_string()))?;
    Ok(Wish {
        id,
        name,
        declared: Declared {
            size: size(item.get("size"))?,
            media_type: media_type(item.get("type"))?,
            crc64nvme: checksum(json::field(item, "crc64nvme"))?,
        },
        visibility: visibility(json::field(item, "visibility"))?,
        metadata: metadata::parse(json::field(item, "metadata"))?,
    })
}

fn size(value: Option<&Value>) -> Result<u64, Refusal> {
    value
        .and_then(Value::as_u64)
        .filter(|&size| size <= MAX_SAFE_INTEGER)
        .ok_or_else(|| {
            Refusal::new(
                ErrorCode::InvalidSize,
                "`size` must be the file's size in bytes: an integer from 0 to 2^53 - 1",
            )
        })
}

fn media_type(value: Option<&Value>) -> Result<String, Refusal> {
    value
        .and_then(Value::as_str)
        .filter(|text| is_media_type(text))
        .map(|text| standard_type(text).to_owned())
        .ok_or_else(|| {
            Refusal::new(
                ErrorCode::InvalidType,
                "`type` must be a media type in lower case without parameters, such as video/webm",
            )
        })
}

pub(super) fn checksum(value: Option<&Value>) -> Result<Option<Crc64Nvme>, Refusal> {
    let Some(value) = value else { return Ok(None) };
    value
        .as_str()
        .and_then(|text| text.parse().ok())
        .map(Some)
        .ok_or_else(|| {
            Refusal::new(
                ErrorCode::InvalidChecksum,
                "`crc64nvme` must be base64 of 8 big-endian bytes, 12 characters long",
            )
        })
}

fn visibility(value: Option<&Value>) -> Result<Visibility, Refusal> {
    match value.map(Value::as_str) {
        None | Some(Some("private")) => Ok(Visibility::Private),
        Some(Some("public")) => Ok(Visibility::Public),
        Some(_) => Err(Refusal::new(
            ErrorCode::InvalidVisibility,
            "`visibility` must be `private` or `public`",
        )),
    }
}

#[cfg(test)]
#[path = "create_tests.rs"]
mod tests;
