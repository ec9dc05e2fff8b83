//! `DELETE /uploads/{id}`: cancels an upload that has not reached storage.

use crowfly_contract::{OwnerId, UploadId, UploadStatus};

use crate::ports::{AbortMultipart, FindMultipart, GetRow, HeadObject, MarkAborted, Multipart};
use crate::{Error, Fault, FaultKind, Refusal, parts};

/// How long an aborted upload can still be seen, in milliseconds: 30 days.
const ABORTED_STAYS_MS: u64 = 30 * 24 * 3_600 * 1_000;
/// How often storage is asked to drop a multipart upload: parts on their way can outlive the first time.
const ABORTS: u32 = 5;

/// Marks the upload as aborted, and drops its multipart upload until storage says that it is gone; doing it
/// again changes nothing, and finishes what broke off.
///
/// Storage is asked first: an object that is there has won, even if its event has not come yet. One that
/// lands after this is the truth too, and its event makes the record `stored`.
///
/// # Errors
/// `not_found` or `already_stored`; or a fault.
pub async fn cancel(
    rows: &(impl GetRow + MarkAborted),
    objects: &(impl HeadObject + AbortMultipart + FindMultipart),
    owner: &OwnerId,
    id: UploadId,
    now_ms: u64,
) -> Result<(), Error> {
    let mut row = rows
        .get_row(owner, id)
        .await?
        .ok_or_else(Refusal::not_found)?;
    if row.record.status == UploadStatus::Pending {
        if objects.head_object(&row.record.key).await?.is_some() {
            return Err(parts::already_stored().into());
        }
        let marked = rows
            .mark_aborted(owner, id, now_ms + ABORTED_STAYS_MS)
            .await?;
        // What stands now is final: its event or another cancel came in between, or the mark keeps a create
        // from beginning another multipart upload.
        if !marked || row.record.part_size.is_some() {
            row = rows
                .get_row(owner, id)
                .await?
                .ok_or_else(Refusal::not_found)?;
        }
    }
    if row.record.status == UploadStatus::Stored {
        return Err(parts::already_stored().into());
    }
    let Some(multipart) = row.multipart() else {
        return Ok(());
    };
    drop_multipart(objects, multipart).await?;
    // It may be gone because a completion was faster.
    match objects.head_object(multipart.key).await? {
        Some(_) => Err(parts::already_stored().into()),
        None => Ok(()),
    }
}

async fn drop_multipart(
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
