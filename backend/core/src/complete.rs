//! `POST /uploads/{id}/complete`: does storage hold the object? A HEAD settles it.
//!
//! The client asks when it cannot know: its PUT was answered with 412, or with nothing.

use crowfly_contract::{Crc64Nvme, ErrorCode, OwnerId, Stored, UploadId, UploadStatus};

use crate::ports::{GetRow, HeadObject};
use crate::{Error, Refusal};

/// Says what storage holds for the upload.
///
/// # Errors
/// `not_found`, `not_stored`, `upload_ended`, `size_mismatch` or `checksum_mismatch`; or a fault.
pub async fn complete(
    rows: &impl GetRow,
    objects: &impl HeadObject,
    owner: &OwnerId,
    id: UploadId,
    crc64nvme: Option<Crc64Nvme>,
) -> Result<Stored, Error> {
    let row = rows
        .get_row(owner, id)
        .await?
        .ok_or_else(Refusal::not_found)?;
    let key = row.record.key;
    let Some(head) = objects.head_object(&key).await? else {
        return Err(absent(row.record.status).into());
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
        return Err(Refusal::new(
            ErrorCode::ChecksumMismatch,
            "storage holds other bytes than were hashed",
        )
        .into());
    }
    Ok(Stored {
        id,
        key,
        size: head.size,
        crc64nvme: head.crc64nvme,
        etag: head.etag,
        version_id: head.version_id,
    })
}

fn absent(status: UploadStatus) -> Refusal {
    match status {
        UploadStatus::Pending | UploadStatus::Stored => Refusal::new(
            ErrorCode::NotStored,
            "storage does not hold the object; send its bytes, create signs again",
        ),
        _ => Refusal::new(
            ErrorCode::UploadEnded,
            "this upload was cancelled, has expired or was deleted; a new upload needs a new id",
        ),
    }
}
