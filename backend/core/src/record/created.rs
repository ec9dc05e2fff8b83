use crowfly_contract::{EventKind, ObjectKey};

use super::{Handled, Outcome, Recorder, removed};
use crate::content::{Inspection, inspect};
use crate::message::ObjectEvent;
use crate::ports::{
    Applied, ApplyEvent, ApplyRemoval, EventOutcome, Findings, GetRow, Head, HeadObject,
    OpenUpload, PeekObject,
};
use crate::{Fault, Outbox};

/// The object under a key.
enum Lookup {
    /// An object, and the result of its inspection.
    Object(Head, Findings),
    /// There is none.
    Gone,
    /// Another object than the expected one.
    Superseded,
}

/// Looks up the object under `key` if it `is_expected`.
async fn look_up(
    objects: &(impl HeadObject + PeekObject),
    key: &ObjectKey,
    is_expected: impl Fn(&Head) -> bool,
) -> Result<Lookup, Fault> {
    let head = match objects.head_object(key).await? {
        None => return Ok(Lookup::Gone),
        Some(head) if !is_expected(&head) => return Ok(Lookup::Superseded),
        Some(head) => head,
    };
    Ok(match inspect(objects, key, &head).await? {
        Inspection::Done(findings) => Lookup::Object(head, findings),
        Inspection::Gone => Lookup::Gone,
        Inspection::Replaced => Lookup::Superseded,
    })
}

/// Writes the state of storage after an object was created, unless the row is from a newer event.
/// If sequencers cannot tell, storage does, as after a removal.
///
/// # Errors
/// A fault of the table or of storage.
pub(super) async fn apply(
    rows: &(impl ApplyEvent + ApplyRemoval + GetRow),
    objects: &(impl HeadObject + PeekObject),
    recorder: &Recorder,
    key: ObjectKey,
    event: &ObjectEvent,
    now_ms: u64,
) -> Result<Handled, Fault> {
    let (head, findings) = match look_up(objects, &key, |head| is_object_of(head, event)).await? {
        Lookup::Object(head, findings) => (head, findings),
        Lookup::Gone => return unchanged(rows, recorder, &key, Outcome::Gone).await,
        Lookup::Superseded => return unchanged(rows, recorder, &key, Outcome::Superseded).await,
    };
    let sequencer = Some(event.sequencer.clone());
    let notify_by = recorder.outbox.notify_by(now_ms);
    let change = recorder.change(key, sequencer, event.at, Some(head), findings, notify_by);
    let left = rows.apply_event(&change).await?;
    let owner = change.key.owner();
    let outcome = match left.applied {
        Applied::Written { verified } => Outcome::Written {
            owner: owner.clone(),
            id: change.key.id(),
            kind: EventKind::Created,
            verified,
            type_mismatch: change.findings.seen_type.is_some(),
            withheld: change.findings.withheld,
            at: event.at,
        },
        Applied::NotNewer => Outcome::NotNewer,
        Applied::Unordered => {
            return removed::apply(rows, objects, recorder, &change.key, event, now_ms).await;
        }
        Applied::OtherKey => Outcome::other_key(&change.key),
    };
    Ok(Handled::with(outcome, owner, left))
}

/// The outcome of an event that changes nothing. Its first delivery may have ended before the
/// application was notified.
async fn unchanged(
    rows: &impl GetRow,
    recorder: &Recorder,
    key: &ObjectKey,
    outcome: Outcome,
) -> Result<Handled, Fault> {
    if recorder.outbox == Outbox::Off {
        return Ok(outcome.into());
    }
    let row = rows.get_row(key.owner(), key.id()).await?;
    let row = row.filter(|row| row.record.key == *key && !row.outbox.is_empty());
    let left = EventOutcome::of(Applied::NotNewer, row.as_ref());
    Ok(Handled::with(outcome, key.owner(), left))
}

/// Writes the state of storage for an open upload that has had no event; `None` if there is no
/// object. Any event that arrives later is newer.
///
/// # Errors
/// A fault of the table or of storage.
pub(crate) async fn repair(
    rows: &impl ApplyEvent,
    objects: &(impl HeadObject + PeekObject),
    recorder: &Recorder,
    open: &OpenUpload,
    now_ms: u64,
) -> Result<Option<EventOutcome>, Fault> {
    let (head, findings) = match look_up(objects, &open.key, |_| true).await? {
        Lookup::Object(head, findings) => (head, findings),
        Lookup::Gone => return Ok(None),
        Lookup::Superseded => {
            return Ok(Some(EventOutcome::of(Applied::NotNewer, None)));
        }
    };
    // `Last-Modified` of a multipart upload is the time at which it started.
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html
    let stored_at = head.last_modified.filter(|_| open.s3_upload_id.is_none());
    let at = stored_at.unwrap_or(now_ms);
    let notify_by = recorder.outbox.notify_by(now_ms);
    let key = open.key.clone();
    let change = recorder.change(key, None, at, Some(head), findings, notify_by);
    rows.apply_event(&change).await.map(Some)
}

/// Whether the object in storage is the one of the event.
fn is_object_of(head: &Head, event: &ObjectEvent) -> bool {
    let same_etag = event.etag.as_ref().is_none_or(|etag| *etag == head.etag);
    same_etag && event.size.is_none_or(|size| size == head.size)
}
