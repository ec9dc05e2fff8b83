//! The `record` function: from what storage says happened to what the table says.
//!
//! Messages may come twice, late and in any order. A row is changed by one conditional update that only a
//! newer event passes, so handling any message any number of times ends in the same row. Removals are
//! settled by what storage holds.

use std::collections::BTreeMap;

use crowfly_contract::{EventKind, ObjectKey, OwnerId, ScanStatus, UploadId, Withheld};

use crate::address::ObjectAddress;
use crate::content::{Look, look};
use crate::event::{ObjectEvent, Poison, Said, parse_message};
use crate::ports::{
    Applied, ApplyEvent, ApplyRemoval, Change, EventOutcome, GetRow, Head, HeadObject, OpenUpload,
    PeekObject, Place, Release, SetScan,
};
use crate::{Fault, bounded, quota, removal, scan};

/// The bucket whose objects are recorded.
#[derive(Clone, Debug)]
pub struct Recorder {
    /// Its name; events of other buckets are not ours.
    pub bucket: String,
    /// How addresses of its objects are formed.
    pub address: ObjectAddress,
    /// Whether objects are withheld until a scan has found them clean.
    pub scan_uploads: bool,
}

/// What became of one event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Done {
    /// The row was written.
    Written {
        /// Whose.
        owner: OwnerId,
        /// Which upload.
        id: UploadId,
        /// What happened to the object.
        kind: EventKind,
        /// Whether the stored object is what the client declared.
        verified: bool,
        /// Whether its first bytes are not what its media type says.
        type_mismatch: bool,
        /// Why it is withheld, apart from a scan.
        withheld: Option<Withheld>,
        /// When it happened, in Unix milliseconds.
        at: u64,
    },
    /// What a scan has found was noted with the row.
    Scanned {
        /// Whose.
        owner: OwnerId,
        /// Which upload.
        id: UploadId,
        /// What was found.
        found: ScanStatus,
    },
    /// A removal was told, and yet storage holds an object: an older version went, or a delete marker. The row
    /// says what storage holds.
    Stands {
        /// Whose.
        owner: OwnerId,
        /// Which upload.
        id: UploadId,
    },
    /// The row is already from this event or a newer one.
    NotNewer,
    /// The object is gone by now; the event of its removal writes the tombstone.
    Gone,
    /// Another object is there by now; its own event writes the row.
    Superseded,
    /// Not ours to record, and why.
    Ignored(&'static str),
}

/// Why a message must come again, or go to the dead-letter queue.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RecordError {
    /// It cannot be read, now or later.
    #[error(transparent)]
    Poison(#[from] Poison),
    /// A service failed; the message comes again.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// What one event came to, and the place in a quota that its upload no longer needs.
type Told = (Result<Done, RecordError>, Option<(OwnerId, Place)>);

/// Handles the body of one queue message: one result for each record in it. The message is settled when no
/// result is an error.
pub async fn record(
    rows: &(impl ApplyEvent + ApplyRemoval + GetRow + SetScan + Release),
    objects: &(impl HeadObject + PeekObject),
    recorder: &Recorder,
    body: &str,
) -> Vec<Result<Done, RecordError>> {
    let mut batch = record_batch(rows, objects, recorder, &[body], 1).await;
    batch.pop().unwrap_or_default()
}

/// Handles the bodies of several queue messages, `at_once` of them at a time: for each what [`record`] gives.
///
/// The places of uploads that have ended are given back together, owner by owner: an owner's quota is one
/// item, and one transaction on it does not meet itself.
pub async fn record_batch(
    rows: &(impl ApplyEvent + ApplyRemoval + GetRow + SetScan + Release),
    objects: &(impl HeadObject + PeekObject),
    recorder: &Recorder,
    bodies: &[&str],
    at_once: usize,
) -> Vec<Vec<Result<Done, RecordError>>> {
    let tasks = bodies
        .iter()
        .map(|body| tell(rows, objects, recorder, body))
        .collect();
    let told = bounded(tasks, at_once).await;
    let mut places: BTreeMap<&OwnerId, Vec<Place>> = BTreeMap::new();
    for (owner, place) in told.iter().flatten().filter_map(|(_, held)| held.as_ref()) {
        places.entry(owner).or_default().push(*place);
    }
    let mut failed: BTreeMap<OwnerId, Fault> = BTreeMap::new();
    for (owner, places) in places {
        if let Err(fault) = quota::release(rows, owner, places).await {
            failed.insert(owner.clone(), fault);
        }
    }
    let settle = |(result, held): Told| {
        let fault = held.and_then(|(owner, _)| failed.get(&owner).cloned());
        fault.map_or(result, |fault| Err(fault.into()))
    };
    told.into_iter()
        .map(|told| told.into_iter().map(settle).collect())
        .collect()
}

async fn tell(
    rows: &(impl ApplyEvent + ApplyRemoval + GetRow + SetScan),
    objects: &(impl HeadObject + PeekObject),
    recorder: &Recorder,
    body: &str,
) -> Vec<Told> {
    let mut told = Vec::new();
    for said in parse_message(body) {
        told.push(match said {
            Ok(Said::Object(event)) => match apply(rows, objects, recorder, event).await {
                Ok((done, held)) => (Ok(done), held),
                Err(fault) => (Err(fault.into()), None),
            },
            Ok(Said::Scan(result)) => {
                let done = scan::apply(rows, objects, &recorder.bucket, result).await;
                (done.map_err(Into::into), None)
            }
            Ok(Said::Nothing(why)) => (Ok(Done::Ignored(why)), None),
            Err(poison) => (Err(poison.into()), None),
        });
    }
    told
}

async fn apply(
    rows: &(impl ApplyEvent + ApplyRemoval + GetRow),
    objects: &(impl HeadObject + PeekObject),
    recorder: &Recorder,
    event: ObjectEvent,
) -> Result<(Done, Option<(OwnerId, Place)>), Fault> {
    if event.bucket != recorder.bucket {
        return Ok((Done::Ignored("another bucket"), None));
    }
    let Ok(key) = event.key.parse::<ObjectKey>() else {
        return Ok((Done::Ignored("a key that is not ours"), None));
    };
    if event.kind == EventKind::Removed {
        return removal::apply(rows, objects, recorder, &key, &event).await;
    }
    let head = match objects.head_object(&key).await? {
        None => return Ok((Done::Gone, None)),
        Some(head) if !is_of(&head, &event) => return Ok((Done::Superseded, None)),
        Some(head) => head,
    };
    let findings = match look(objects, &key, &head).await? {
        Look::Seen(findings) => findings,
        Look::Gone => return Ok((Done::Gone, None)),
        Look::Replaced => return Ok((Done::Superseded, None)),
    };
    let (owner, id, kind, at) = (key.owner().clone(), key.id(), event.kind, event.at);
    let change = Change {
        url: recorder.address.of(&event.key),
        key,
        bucket: event.bucket,
        sequencer: Some(event.sequencer),
        at: event.at,
        awaits_scan: recorder.scan_uploads,
        object: Some(head),
        findings,
    };
    let outcome = rows.apply_event(&change).await?;
    let held = outcome.held.map(|place| (owner.clone(), place));
    let done = match outcome.applied {
        Applied::Written { verified } => Done::Written {
            owner,
            id,
            kind,
            verified,
            type_mismatch: change.findings.seen_type.is_some(),
            withheld: change.findings.withheld,
            at,
        },
        Applied::NotNewer => Done::NotNewer,
    };
    Ok((done, held))
}

/// Writes what storage holds for an open upload that no event has reached, as its event would have done;
/// `None` when storage holds nothing. Any event that comes after all is newer.
pub(crate) async fn repair(
    rows: &impl ApplyEvent,
    objects: &(impl HeadObject + PeekObject),
    recorder: &Recorder,
    open: &OpenUpload,
    now_ms: u64,
) -> Result<Option<EventOutcome>, Fault> {
    let key = &open.key;
    // Of an object that was made of parts, storage does not say when that was.
    let stored_at = |head: &Head| head.last_modified.filter(|_| open.s3_upload_id.is_none());
    let Some(head) = objects.head_object(key).await? else {
        return Ok(None);
    };
    let findings = match look(objects, key, &head).await? {
        Look::Seen(findings) => findings,
        Look::Gone => return Ok(None),
        Look::Replaced => {
            return Ok(Some(EventOutcome {
                applied: Applied::NotNewer,
                held: None,
            }));
        }
    };
    let change = Change {
        key: key.clone(),
        bucket: recorder.bucket.clone(),
        url: recorder.address.of(&key.to_string()),
        sequencer: None,
        at: stored_at(&head).unwrap_or(now_ms),
        object: Some(head),
        findings,
        awaits_scan: recorder.scan_uploads,
    };
    rows.apply_event(&change).await.map(Some)
}

/// Whether what storage holds now is the object that the event speaks of.
fn is_of(head: &Head, event: &ObjectEvent) -> bool {
    let same_etag = event.etag.as_ref().is_none_or(|etag| *etag == head.etag);
    same_etag && event.size.is_none_or(|size| size == head.size)
}
