//! `DELETE /uploads/{id}`: cancels an upload that has not reached storage.

use crowfly_contract::{OwnerId, UploadId, UploadStatus};

use crate::ports::{
    AbortMultipart, FindMultipart, GetRow, HeadObject, MarkAborted, Multipart, Release,
};
use crate::{Error, Fault, FaultKind, parts, quota};

/// Attempts to abort a multipart upload: a part in flight may be stored after an abort.
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_AbortMultipartUpload.html>
const ABORTS: u32 = 5;

/// Marks the upload as aborted, aborts its multipart upload until storage no longer lists it, and
/// releases its quota slot. Idempotent: a repeated call completes an interrupted one.
///
/// HEAD comes first: an object that exists wins, even if its event has not arrived. If the object
/// is stored after this call, its event or the sweep makes the record `stored`; the sweep watches
/// the upload for as long as that can happen.
///
/// # Errors
/// `not_found` or `already_stored`; or a fault.
pub async fn cancel(
    rows: &(impl GetRow + MarkAborted + Release),
    objects: &(impl HeadObject + AbortMultipart + FindMultipart),
    owner: &OwnerId,
    id: UploadId,
    now_ms: u64,
) -> Result<(), Error> {
    let mut row = parts::existing(rows, owner, id).await?;
    if row.record.status == UploadStatus::Pending {
        if objects.head_object(&row.record.key).await?.is_some() {
            return Err(parts::already_stored().into());
        }
        let marked = rows.mark_aborted(owner, id, now_ms).await?;
        // The status is final now: an event or another cancel came first, or the mark keeps a
        // create call from starting another multipart upload.
        if marked && row.record.part_size.is_none() {
            row.record.status = UploadStatus::Aborted;
            if let Some(open) = &mut row.open {
                open.active_at = now_ms;
            }
        } else {
            row = parts::existing(rows, owner, id).await?;
        }
    }
    if row.record.status == UploadStatus::Stored {
        return Err(parts::already_stored().into());
    }
    if let Some(multipart) = row.multipart() {
        drop_multipart(objects, multipart).await?;
        // It may be gone because a completion came first.
        if objects.head_object(multipart.key).await?.is_some() {
            return Err(parts::already_stored().into());
        }
    }
    Ok(quota::release_slot(rows, &row).await?)
}

/// Aborts a multipart upload until storage no longer lists it.
pub(crate) async fn drop_multipart(
    objects: &(impl AbortMultipart + FindMultipart),
    multipart: Multipart<'_>,
) -> Result<(), Fault> {
    for _ in 0..ABORTS {
        objects.abort_multipart(multipart).await?;
        if !objects.find_multipart(multipart).await? {
            return Ok(());
        }
    }
    Err(Fault::new(
        "s3.AbortMultipartUpload",
        FaultKind::Unavailable,
        "parts are still being stored",
    ))
}
