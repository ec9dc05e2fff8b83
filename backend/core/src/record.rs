//! The `record` function: turns messages about objects into rows of the table.
//!
//! Each message is parsed ([`message`](crate::message)); the new state of the row is decided from
//! what storage holds (`created`, `removed`) or from the result of a scan (`scan_result`); one
//! conditional update applies it. SQS may deliver messages twice, late and in any order
//! (<https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/standard-queues-at-least-once-delivery.html>).
//! Only a newer event passes the condition, so handling a message any number of times yields the
//! same row. For removals, storage decides. If the application is notified, a message is done
//! once the [`outbox`](crate::outbox) of its row is empty: even one that changes nothing sends what is
//! left in it.

mod created;
mod meant_key;
mod outcome;
mod redelivery;
mod removed;
mod scan_result;

use std::collections::BTreeMap;

use crowfly_contract::{EventKind, ObjectKey, OwnerId};

use crate::address::ObjectAddress;
use crate::message::{Malformed, Message, ObjectEvent, parse_message};
use crate::notify::notify;
use crate::ports::{
    ApplyEvent, ApplyRemoval, Change, ClearOutbox, EventOutcome, Findings, GetRow, Head,
    HeadObject, PeekObject, PutEvents, Release, SetScan, Slot,
};
use crate::{
    Fault, Notifications, Outbox, Row, Sequencer, bounded, outbox, plausible_ms, port_set, quota,
};

pub(crate) use created::repair;
pub use outcome::Outcome;
pub use redelivery::Redelivery;

port_set! {
    /// Ports of the table.
    pub trait Rows = ApplyEvent + ApplyRemoval + GetRow + SetScan + Release + ClearOutbox;
}
port_set! {
    /// Ports of the bucket.
    pub trait Objects = HeadObject + PeekObject;
}

/// The bucket whose objects are recorded.
#[derive(Clone, Debug)]
pub struct Recorder {
    /// Its name; events of other buckets are ignored.
    pub bucket: String,
    /// How URLs of its objects are formed.
    pub address: ObjectAddress,
    /// Whether objects are withheld until a scan finds them clean.
    pub scan_uploads: bool,
    /// Whether the application is notified of changes.
    pub outbox: Outbox,
}

/// Why a message must be received again, or moves to the dead-letter queue.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RecordError {
    /// It cannot be parsed, and a retry cannot change that.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// A service failed; the message is received again.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// The results of a batch.
#[derive(Debug)]
pub struct Batch {
    /// For each message one result per record.
    pub results: Vec<Vec<Result<Outcome, RecordError>>>,
    /// What was sent to the application.
    pub notifications: Notifications,
}

/// The outcome of one record, and what is left to do.
struct Handled {
    outcome: Outcome,
    /// The quota slot to release.
    slot: Option<(OwnerId, Slot)>,
    /// The row whose outbox has entries.
    unnotified: Option<Box<Row>>,
    /// Why it still has.
    unsent: Option<Fault>,
}

impl From<Outcome> for Handled {
    fn from(outcome: Outcome) -> Self {
        Self {
            outcome,
            slot: None,
            unnotified: None,
            unsent: None,
        }
    }
}

impl Handled {
    /// An outcome, and what is left to do for the row of `owner`.
    fn with(outcome: Outcome, owner: &OwnerId, left: EventOutcome) -> Self {
        Self {
            outcome,
            slot: left.slot.map(|slot| (owner.clone(), slot)),
            unnotified: left.unnotified,
            unsent: None,
        }
    }
}

impl Recorder {
    /// The change that writes this state of storage to the row.
    fn change(
        &self,
        key: ObjectKey,
        sequencer: Option<Sequencer>,
        at: u64,
        object: Option<Head>,
        findings: Findings,
        notify_by: Option<u64>,
    ) -> Change {
        Change {
            bucket: self.bucket.clone(),
            url: self.address.of(&key.to_string()),
            key,
            sequencer,
            at,
            awaits_scan: object.is_some() && self.scan_uploads,
            object,
            findings,
            notify_by,
        }
    }

    /// The key, if the object is recorded; otherwise the reason to ignore it.
    fn own_key(&self, bucket: &str, key: &str) -> Result<ObjectKey, Outcome> {
        if bucket != self.bucket {
            return Err(Outcome::Ignored("another bucket"));
        }
        key.parse()
            .map_err(|_| Outcome::Ignored("a key that is not ours"))
    }
}

/// Handles the body of one queue message at `now_ms` (Unix milliseconds): one result per record. The
/// message is done if no result is an error.
pub async fn record(
    rows: &impl Rows,
    objects: &impl Objects,
    bus: &impl PutEvents,
    recorder: &Recorder,
    body: &str,
    now_ms: u64,
) -> Vec<Result<Outcome, RecordError>> {
    let batch = record_batch(rows, objects, bus, recorder, &[body], 1, now_ms).await;
    batch.results.into_iter().next().unwrap_or_default()
}

/// Handles several queue messages, `at_once` of them concurrently: for each the results of
/// [`record`].
///
/// Notifications are sent together, ten in a call. Then the slots of ended uploads are released
/// together, owner by owner: the quota of an owner is one item, so separate transactions on it would
/// conflict.
pub async fn record_batch(
    rows: &impl Rows,
    objects: &impl Objects,
    bus: &impl PutEvents,
    recorder: &Recorder,
    bodies: &[&str],
    at_once: usize,
    now_ms: u64,
) -> Batch {
    let handle_all = |body| async move {
        let mut results = Vec::new();
        for message in parse_message(body) {
            results.push(handle(rows, objects, recorder, message, now_ms).await);
        }
        results
    };
    let tasks = bodies.iter().copied().map(handle_all).collect();
    let mut handled = bounded(tasks, at_once).await;
    let notifications = match recorder.outbox {
        Outbox::Off => Notifications::default(),
        Outbox::On => send(rows, bus, &mut handled).await,
    };
    let mut slots: BTreeMap<&OwnerId, Vec<Slot>> = BTreeMap::new();
    let successes = handled.iter().flatten().flatten();
    for (owner, slot) in successes.filter_map(|handled| handled.slot.as_ref()) {
        slots.entry(owner).or_default().push(*slot);
    }
    let mut failed: BTreeMap<OwnerId, Fault> = BTreeMap::new();
    for (owner, slots) in slots {
        if let Err(fault) = quota::release(rows, owner, slots).await {
            failed.insert(owner.clone(), fault);
        }
    }
    let finish = |result: Result<Handled, RecordError>| {
        let handled = result?;
        let unreleased = handled
            .slot
            .and_then(|(owner, _)| failed.get(&owner).cloned());
        let fault = handled.unsent.or(unreleased);
        fault.map_or(Ok(handled.outcome), |fault| Err(fault.into()))
    };
    let finish_all = |results: Vec<_>| results.into_iter().map(finish).collect();
    Batch {
        results: handled.into_iter().map(finish_all).collect(),
        notifications,
    }
}

/// Sends what the outboxes of these rows hold. The slot of a row whose outbox is empty then is one
/// that leaves the index.
async fn send(
    rows: &impl ClearOutbox,
    bus: &impl PutEvents,
    handled: &mut [Vec<Result<Handled, RecordError>>],
) -> Notifications {
    let successes = handled.iter().flatten().flatten();
    let unnotified: Vec<&Row> = successes
        .filter_map(|handled| handled.unnotified.as_deref())
        .collect();
    let notified = notify(rows, bus, &unnotified).await;
    for handled in handled.iter_mut().flatten().flatten() {
        let Some(row) = handled.unnotified.as_mut() else {
            continue;
        };
        match notified.fault(row) {
            Some(fault) => handled.unsent = Some(fault.clone()),
            None => {
                row.outbox = outbox::unreadable(row);
                let slot = row.slot_to_release();
                handled.slot = slot.map(|slot| (row.owner.clone(), slot));
            }
        }
    }
    notified.counts
}

/// Handles one record of a message.
async fn handle(
    rows: &impl Rows,
    objects: &impl Objects,
    recorder: &Recorder,
    message: Result<Message, Malformed>,
    now_ms: u64,
) -> Result<Handled, RecordError> {
    Ok(match message? {
        Message::Ignored(why) => Outcome::Ignored(why).into(),
        Message::Object(event) => {
            let event = ObjectEvent {
                at: plausible_ms(event.at, now_ms),
                ..event
            };
            let key = match recorder.own_key(&event.bucket, &event.key) {
                Err(ignored) => return Ok(ignored.into()),
                Ok(key) => meant_key::find(rows, objects, key, &event).await?,
            };
            match event.kind {
                EventKind::Removed => {
                    removed::apply(rows, objects, recorder, &key, &event, now_ms).await?
                }
                EventKind::Created => {
                    created::apply(rows, objects, recorder, key, &event, now_ms).await?
                }
            }
        }
        Message::Scan(result) => match recorder.own_key(&result.bucket, &result.key) {
            Err(ignored) => ignored.into(),
            Ok(key) => scan_result::apply(rows, objects, recorder, &key, &result, now_ms).await?,
        },
    })
}
