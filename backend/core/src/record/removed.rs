//! Handles removals by asking what storage holds now.
//!
//! In a versioned bucket a removal may be that of an older version or of a delete marker, so an
//! object may still exist
//! (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/DeleteMarker.html>). And S3 Lifecycle
//! sends removals with the sequencer of the removed object, so they are not newer than its row.
//! Therefore sequencers do not order removals: the row is read, then storage, and the state of
//! storage is written if the row is still as it was read. If it has changed, all of this is
//! repeated. This also settles a created event for a tombstone that has no sequencer.

use crowfly_contract::{EventKind, ObjectKey, Record, UploadStatus, Withheld};

use super::{Handled, Outcome, Recorder};
use crate::content::{Inspection, inspect};
use crate::message::ObjectEvent;
use crate::ports::{
    Applied, ApplyRemoval, Change, EventOutcome, Findings, GetRow, Head, HeadObject, PeekObject,
};
use crate::{Fault, FaultKind, Row};

/// Attempts while the row or the object keeps changing.
const ATTEMPTS: u32 = 5;

/// Writes the state of storage after a removal, and returns the quota slot that the upload still
/// holds.
///
/// # Errors
/// A fault of the table or of storage, or that they kept changing.
pub(super) async fn apply(
    rows: &(impl GetRow + ApplyRemoval),
    objects: &(impl HeadObject + PeekObject),
    recorder: &Recorder,
    key: &ObjectKey,
    event: &ObjectEvent,
    now_ms: u64,
) -> Result<Handled, Fault> {
    let owner = key.owner();
    for _ in 0..ATTEMPTS {
        let seen = rows.get_row(owner, key.id()).await?;
        if seen.as_ref().is_some_and(|row| row.record.key != *key) {
            return Ok(Outcome::other_key(key).into());
        }
        let object = objects.head_object(key).await?;
        let last = seen.as_ref().and_then(Row::sequencer);
        let newer = last.filter(|last| event.sequencer.order() <= last.order());
        let same_state = has_state(seen.as_ref(), object.as_ref());
        if newer.is_some() && same_state {
            let left = EventOutcome::of(Applied::NotNewer, seen.as_ref());
            return Ok(Handled::with(Outcome::NotNewer, owner, left));
        }
        let known = object.as_ref().and_then(|head| known(seen.as_ref(), head));
        let findings = match (&object, known) {
            (None, _) => Findings::default(),
            (_, Some(record)) => Findings {
                seen_type: record.seen_type.clone(),
                withheld: record.withheld,
            },
            (Some(head), None) => match inspect(objects, key, head).await? {
                Inspection::Done(findings) => findings,
                Inspection::Gone | Inspection::Replaced => continue,
            },
        };
        let sequencer = newer.unwrap_or_else(|| event.sequencer.clone());
        let at = stored_at(known, object.as_ref()).unwrap_or(event.at);
        // The event of what the owner deleted changes the sequencer alone.
        let notify_by = recorder.outbox.notify_by(now_ms).filter(|_| !same_state);
        let sequencer = Some(sequencer);
        let change = recorder.change(key.clone(), sequencer, at, object, findings, notify_by);
        if let Some(left) = rows.apply_removal(&change, seen.as_ref()).await? {
            let outcome = outcome(&change, left.applied, event);
            return Ok(Handled::with(outcome, owner, left));
        }
    }
    let detail = "the row kept changing";
    let service = "dynamodb.UpdateItem";
    Err(Fault::new(service, FaultKind::Unavailable, detail))
}

/// Whether the row already has this state of storage.
fn has_state(row: Option<&Row>, object: Option<&Head>) -> bool {
    let status = row.map(|row| row.record.status);
    match object {
        None => status == Some(UploadStatus::Deleted),
        Some(head) => status == Some(UploadStatus::Stored) && known(row, head).is_some(),
    }
}

/// The record, if it is of the object that `head` describes.
fn known<'a>(row: Option<&'a Row>, head: &Head) -> Option<&'a Record> {
    row.map(|row| &row.record).filter(|record| {
        record.etag.as_ref() == Some(&head.etag)
            && record.version_id == head.version_id
            && record.size == head.size
            && record.media_type == head.media_type
            && (record.withheld == Some(Withheld::ContentEncoding))
                == head.content_encoding.is_some()
    })
}

/// When the remaining object was stored, which is not the time of the removal.
fn stored_at(known: Option<&Record>, object: Option<&Head>) -> Option<u64> {
    let recorded = known.and_then(|record| record.stored_at);
    recorded.or_else(|| object?.last_modified)
}

fn outcome(change: &Change, applied: Applied, event: &ObjectEvent) -> Outcome {
    let (owner, id) = (change.key.owner().clone(), change.key.id());
    match applied {
        Applied::NotNewer | Applied::Unordered => Outcome::NotNewer,
        Applied::OtherKey => Outcome::other_key(&change.key),
        Applied::Written { .. } if change.object.is_some() => Outcome::StillStored { owner, id },
        Applied::Written { verified } => Outcome::Written {
            owner,
            id,
            kind: EventKind::Removed,
            verified,
            type_mismatch: false,
            withheld: None,
            at: event.at,
        },
    }
}
