//! `DELETE /uploads/{id}`: cancels an upload that has not reached storage.

use crowfly_contract::{ErrorCode, OwnerId, UploadId, UploadStatus};

use crate::ports::{GetRow, HeadObject, MarkAborted};
use crate::{Error, Refusal};

/// How long an aborted upload can still be seen, in milliseconds: 30 days.
const ABORTED_STAYS_MS: u64 = 30 * 24 * 3_600 * 1_000;

/// Marks the upload as aborted; doing it again changes nothing.
///
/// Storage is asked first: an object that is there has won, even if its event has not come yet. One that
/// lands after this is the truth too, and its event makes the record `stored`.
///
/// # Errors
/// `not_found` or `already_stored`; or a fault.
pub async fn cancel(
    rows: &(impl GetRow + MarkAborted),
    objects: &impl HeadObject,
    owner: &OwnerId,
    id: UploadId,
    now_ms: u64,
) -> Result<(), Error> {
    let row = rows
        .get_row(owner, id)
        .await?
        .ok_or_else(Refusal::not_found)?;
    if row.record.status == UploadStatus::Pending {
        if objects.head_object(&row.record.key).await?.is_some() {
            return Err(already_stored().into());
        }
        if rows
            .mark_aborted(owner, id, now_ms + ABORTED_STAYS_MS)
            .await?
        {
            return Ok(());
        }
        // Its event, or another cancel, came in between: look again at where it stands now.
        let row = rows
            .get_row(owner, id)
            .await?
            .ok_or_else(Refusal::not_found)?;
        return settled(row.record.status);
    }
    settled(row.record.status)
}

fn settled(status: UploadStatus) -> Result<(), Error> {
    match status {
        UploadStatus::Stored => Err(already_stored().into()),
        _ => Ok(()),
    }
}

fn already_stored() -> Refusal {
    Refusal::new(
        ErrorCode::AlreadyStored,
        "the object is stored already and can no longer be cancelled",
    )
}
