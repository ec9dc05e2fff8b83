//! An upload of three parts.

use crowfly_contract::limits::MIB;
use crowfly_contract::{ErrorCode, Plan, UploadStatus};
use crowfly_core::create::ItemResult;
use crowfly_core::{Error, Row};
use crowfly_testing::Memory;
use serde_json::{Value, json};

use super::creating::create_with;
use super::{LIMITS, NOW, id, owner};

pub(crate) const PART: u64 = 8 * MIB;
/// Three parts of the plan: two of [`PART`] bytes and five bytes more.
pub(crate) const SIZE: u64 = 2 * PART + 5;
/// The checksums of the parts, and the stand-in that the store in memory computes from them.
pub(crate) const CRCS: [u64; 3] = [1, 2, 4];
pub(crate) const WHOLE_CRC: u64 = 7;

pub(crate) fn item(size: u64) -> Value {
    json!({"id": id(1).to_string(), "name": "ä.webm", "size": size, "type": "video/webm"})
}

pub(crate) async fn create_all(memory: &Memory, items: Value) -> Vec<ItemResult> {
    create_with(memory, LIMITS, 'a', items, NOW).await
}

/// Creates the upload of `item`; returns its plan and whether it existed.
pub(crate) async fn create_one(memory: &Memory, item: Value) -> Result<(Plan, bool), ErrorCode> {
    let mut results = create_all(memory, json!([item])).await;
    let granted = results.remove(0).1.map_err(|e| e.to_refusal().code)?;
    Ok((granted.created.plan, granted.repeated))
}

/// Creates the multipart upload; returns its row.
pub(crate) async fn begun(memory: &Memory) -> Row {
    create_one(memory, item(SIZE)).await.unwrap();
    row(memory)
}

pub(crate) fn row(memory: &Memory) -> Row {
    memory.row(&owner('a'), id(1)).unwrap()
}

/// Stores all parts.
pub(crate) fn send_all(memory: &Memory, row: &Row) {
    let s3_upload_id = row.s3_upload_id.as_deref().unwrap();
    for (number, crc) in (1..).zip(CRCS) {
        let size = if number == 3 { 5 } else { PART };
        memory.put_part(s3_upload_id, number, size, Some(crc));
    }
}

pub(crate) fn set_status(memory: &Memory, status: UploadStatus) {
    let mut row = row(memory);
    row.record.status = status;
    memory.set_row(row);
}

pub(crate) fn code<T: std::fmt::Debug>(result: Result<T, Error>) -> ErrorCode {
    result.unwrap_err().to_refusal().code
}
