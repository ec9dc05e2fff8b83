//! `POST /uploads/{id}/complete`: does storage hold the object? HEAD decides.
//!
//! For a single PUT the client calls it when the outcome is unknown to it: 412, or no answer. For a
//! multipart upload it completes the upload. Both are idempotent.

mod assemble;
mod live;

use crowfly_contract::{Completing, Crc64Nvme, ErrorCode, OwnerId, Stored, UploadId, UploadStatus};

use crate::ports::{
    AbortMultipart, ClearMultipart, CompleteMultipart, DeclareChecksum, EndLive, GetRow,
    HeadObject, ListParts,
};
use crate::request::FileEnd;
use crate::{Error, Refusal, Row, parts};

/// Retry delay for the caller while storage is still completing, in milliseconds.
const RETRY_AFTER_MS: u64 = 1_000;

/// The result of a complete call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Completed {
    /// Storage holds the object.
    Stored(Stored),
    /// Storage is still completing, or its answer was lost; the caller repeats the call.
    Working(Completing),
}

/// The answer while storage is still completing.
pub fn working() -> Completed {
    Completed::Working(Completing {
        retry_after_ms: RETRY_AFTER_MS,
    })
}

/// Completes a multipart upload, and reports what storage holds.
///
/// # Errors
/// `not_found`, `not_stored`, `upload_ended`, `size_mismatch` or `checksum_mismatch`; for a
/// multipart upload also `parts_mismatch` or `multipart_gone`; `invalid_size` if a live upload has no `size` or another
/// has one, and for a live one `too_large`; or a fault.
pub async fn complete(
    rows: &(impl GetRow + DeclareChecksum + ClearMultipart + EndLive),
    objects: &(impl HeadObject + ListParts + CompleteMultipart + AbortMultipart),
    owner: &OwnerId,
    id: UploadId,
    end: FileEnd,
) -> Result<Completed, Error> {
    let row = parts::existing(rows, owner, id).await?;
    let live = live::end_of(&row, end)?;
    if row.record.status == UploadStatus::Pending
        && let Some(multipart) = row.multipart()
    {
        if let Some(live) = live {
            return live::complete(rows, objects, row.clone(), multipart, live).await;
        }
        if let Some(plan) = row.part_plan() {
            return assemble::assemble(rows, objects, &row, plan, multipart, end.crc64nvme).await;
        }
    }
    match stored_object(objects, &row, end).await? {
        Some(stored) => Ok(stored),
        None => Err(absent(&row).into()),
    }
}

/// What storage holds for the upload, if it matches the declaration; `None` if there is no object.
async fn stored_object(
    objects: &impl HeadObject,
    row: &Row,
    end: FileEnd,
) -> Result<Option<Completed>, Error> {
    let key = &row.record.key;
    let Some(head) = objects.head_object(key).await? else {
        return Ok(None);
    };
    let declared = row.declared.as_ref();
    let sizes = [end.size, declared.map(|declared| declared.size)];
    let differing = sizes.into_iter().flatten().find(|&size| size != head.size);
    if let Some(size) = differing {
        return Err(Refusal::new(
            ErrorCode::SizeMismatch,
            format!("storage holds {} bytes, {size} were declared", head.size),
        )
        .into());
    }
    let expected = [
        end.crc64nvme,
        declared.and_then(|declared| declared.crc64nvme),
    ];
    let differs = |expected: Crc64Nvme| head.crc64nvme.is_some_and(|held| held != expected);
    if expected.into_iter().flatten().any(differs) {
        return Err(checksum_mismatch().into());
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
            "storage does not hold the object; send the file again, with a new URL from a create call",
        ),
        _ => parts::ended(),
    }
}

fn checksum_mismatch() -> Refusal {
    Refusal::new(
        ErrorCode::ChecksumMismatch,
        "the checksum of the stored object differs from that of the file",
    )
}
