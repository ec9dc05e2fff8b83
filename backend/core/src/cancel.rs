//! `DELETE /uploads/{id}`: cancels an upload that has not reached storage.

use crowfly_contract::{OwnerId, UploadId, UploadStatus};

use crate::ports::{
    AbortMultipart, FindMultipart, GetRow, HeadObject, MarkAborted, Multipart, Release,
};
use crate::{Error, Fault, FaultKind, Row, parts, quota};

/// How often storage is asked to drop a multipart upload: parts on their way can outlive the first time.
const ABORTS: u32 = 5;

/// Marks the upload as aborted, drops its multipart upload until storage says that it is gone, and gives back
/// its place in the quota; doing it again changes nothing, and finishes what broke off.
///
/// Storage is asked first: an object that is there has won, even if its event has not come yet. One that
/// lands after this is the truth too: its event makes the record `stored`, or the sweep does, in whose sight
/// the upload stays as long as something can land.
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
        // The row is final now: its event or another cancel came in between, or the mark keeps a create
        // from beginning another multipart upload.
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
        // It may be gone because a completion was faster.
        if objects.head_object(multipart.key).await?.is_some() {
            return Err(parts::already_stored().into());
        }
    }
    Ok(give_back(rows, &row).await?)
}

async fn give_back(rows: &impl Release, row: &Row) -> Result<(), Fault> {
    if let Some(place) = row.place_to_release() {
        quota::release(rows, &row.owner, vec![place]).await?;
    }
    Ok(())
}

/// Drops a multipart upload until storage says that it is gone.
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
        "parts keep arriving",
    ))
}
