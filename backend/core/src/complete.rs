//! `POST /uploads/{id}/complete`: does storage hold the object? A HEAD settles it.
//!
//! Of a single PUT the client asks when it cannot know: its PUT was answered with 412, or with nothing. Of an
//! upload in parts this makes the object. Both may be asked again at any time.

mod assemble;

use crowfly_contract::{Completing, Crc64Nvme, ErrorCode, OwnerId, Stored, UploadId, UploadStatus};

use crate::ports::{
    AbortMultipart, CompleteMultipart, DeclareChecksum, GetRow, HeadObject, ListParts,
};
use crate::{Error, Refusal, Row, parts};

/// Retry delay that a caller gets while storage still works, in milliseconds.
const RETRY_AFTER_MS: u64 = 1_000;

/// What a complete call found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Completed {
    /// Storage holds the object.
    Stored(Stored),
    /// Storage still works, or its answer was lost: asking again settles it.
    Working(Completing),
}

/// The answer while storage still works.
pub fn working() -> Completed {
    Completed::Working(Completing {
        retry_after_ms: RETRY_AFTER_MS,
    })
}

/// Makes the object of an upload in parts, and says what storage holds.
///
/// # Errors
/// `not_found`, `not_stored`, `upload_ended`, `size_mismatch` or `checksum_mismatch`; for an upload in parts
/// also `parts_mismatch` or `multipart_gone`; or a fault.
pub async fn complete(
    rows: &(impl GetRow + DeclareChecksum),
    objects: &(impl HeadObject + ListParts + CompleteMultipart + AbortMultipart),
    owner: &OwnerId,
    id: UploadId,
    crc64nvme: Option<Crc64Nvme>,
) -> Result<Completed, Error> {
    let row = parts::existing(rows, owner, id).await?;
    if row.record.status == UploadStatus::Pending
        && let Some((plan, multipart)) = row.part_plan().zip(row.multipart())
    {
        return assemble::assemble(rows, objects, &row, plan, multipart, crc64nvme).await;
    }
    match settle(objects, &row, crc64nvme).await? {
        Some(stored) => Ok(stored),
        None => Err(absent(&row).into()),
    }
}

/// What storage holds for the upload, if it is what was declared; `None` when it holds nothing.
async fn settle(
    objects: &impl HeadObject,
    row: &Row,
    crc64nvme: Option<Crc64Nvme>,
) -> Result<Option<Completed>, Error> {
    let key = &row.record.key;
    let Some(head) = objects.head_object(key).await? else {
        return Ok(None);
    };
    let declared = row.declared.as_ref();
    if let Some(size) = declared
        .map(|declared| declared.size)
        .filter(|&size| size != head.size)
    {
        return Err(Refusal::new(
            ErrorCode::SizeMismatch,
            format!("storage holds {} bytes, {size} were declared", head.size),
        )
        .into());
    }
    let expected = [crc64nvme, declared.and_then(|declared| declared.crc64nvme)];
    let differs = |expected: Crc64Nvme| head.crc64nvme.is_some_and(|held| held != expected);
    if expected.into_iter().flatten().any(differs) {
        return Err(other_bytes().into());
    }
    Ok(Some(Completed::Stored(Stored {
        id: row.record.id,
        key: key.clone().into(),
        size: head.size,
        crc64nvme: head.crc64nvme,
        etag: head.etag,
        version_id: head.version_id,
    })))
}

fn absent(row: &Row) -> Refusal {
    match row.record.status {
        UploadStatus::Pending if row.record.part_size.is_some() => parts::multipart_gone(),
        UploadStatus::Pending | UploadStatus::Stored => Refusal::new(
            ErrorCode::NotStored,
            "storage does not hold the object; send its bytes, create signs again",
        ),
        _ => parts::ended(),
    }
}

fn other_bytes() -> Refusal {
    Refusal::new(
        ErrorCode::ChecksumMismatch,
        "storage holds other bytes than were hashed",
    )
}
