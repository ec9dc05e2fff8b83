//! `DELETE /uploads/{id}/content`: deletes the stored object of an upload.
//!
//! | status | result |
//! | --- | --- |
//! | stored, also if withheld, infected, not scanned yet or public | deleted |
//! | deleted | nothing to do |
//! | pending, also if only the event of the object is missing | `not_stored`; `DELETE /uploads/{id}` cancels |
//! | aborted, expired | `upload_ended`: there is no object, though one in flight may still be recorded |
//!
//! The object goes first, then the row. After a crash in between, the row is still `stored`: a
//! repeated call deletes what is gone already and marks the row, and so does the event that S3
//! sends for the removal. The other order could leave an object that no event and no sweep looks
//! at.

use crowfly_contract::{ErrorCode, OwnerId, UploadId, UploadStatus};

use crate::ports::{ApplyRemoval, Change, DeleteObject, Findings, GetRow, Release};
use crate::{Error, Fault, FaultKind, Outbox, Refusal, Row, quota};

/// Attempts while the row keeps changing.
const ATTEMPTS: u32 = 5;

/// Deletes the object, then marks the row as deleted and releases its quota slot if it still holds
/// one. Idempotent.
///
/// The tombstone keeps the sequencer of the object, so a late event of that object is not newer,
/// while the removal's own event and that of a later object are. It is written only if the row is
/// still as it was read: otherwise an event came first, and all of it is repeated. The notification
/// is left in the outbox, which that event's message or the sweep empties.
///
/// # Errors
/// `not_found`, `not_stored` or `upload_ended`; or a fault.
pub async fn remove(
    rows: &(impl GetRow + ApplyRemoval + Release),
    objects: &impl DeleteObject,
    outbox: Outbox,
    owner: &OwnerId,
    id: UploadId,
    now_ms: u64,
) -> Result<(), Error> {
    for _ in 0..ATTEMPTS {
        let row = rows.get_row(owner, id).await?;
        let row = row
            .filter(|row| !row.is_expired(now_ms))
            .ok_or_else(Refusal::not_found)?;
        match row.record.status {
            UploadStatus::Stored => {}
            // The call or event that marked it may have ended before it released the slot.
            UploadStatus::Deleted => return Ok(quota::release_slot(rows, &row).await?),
            UploadStatus::Pending => return Err(not_stored().into()),
            _ => return Err(ended().into()),
        }
        objects.delete_object(&row.record.key).await?;
        let removal = removal_of(&row, outbox, now_ms);
        if let Some(outcome) = rows.apply_removal(&removal, Some(&row)).await? {
            if let Some(slot) = outcome.slot {
                quota::release(rows, owner, vec![slot]).await?;
            }
            return Ok(());
        }
    }
    let detail = "the row kept changing";
    Err(Fault::new("dynamodb.UpdateItem", FaultKind::Unavailable, detail).into())
}

/// The change that makes the row a tombstone.
fn removal_of(row: &Row, outbox: Outbox, now_ms: u64) -> Change {
    let record = &row.record;
    Change {
        key: record.key.clone(),
        bucket: record.bucket.clone(),
        url: record.url.clone().unwrap_or_default(),
        sequencer: row.sequencer(),
        at: now_ms,
        object: None,
        findings: Findings::default(),
        awaits_scan: false,
        notify_by: outbox.notify_by(now_ms),
    }
}

fn not_stored() -> Refusal {
    Refusal::new(
        ErrorCode::NotStored,
        "the upload is not stored yet, or its event is not processed yet; DELETE /uploads/{id} cancels it",
    )
}

fn ended() -> Refusal {
    Refusal::new(
        ErrorCode::UploadEnded,
        "this upload was cancelled or has expired, so it has no content to delete",
    )
}
