//! The `record` function: from what storage says happened to what the table says.
//!
//! One way, for each message: it is parsed ([`message`](crate::message)); what the row shall say is decided from what
//! storage holds (`created`, `removed`) or a scan has found (`scan_result`); one conditional update applies that.
//! Messages may come twice, late and in any order. Only a newer event passes the condition, so handling any message
//! any number of times ends in the same row. Removals are settled by what storage holds.

mod created;
mod outcome;
mod redelivery;
mod removed;
mod scan_result;

use std::collections::BTreeMap;

use crowfly_contract::{EventKind, ObjectKey, OwnerId};

use crate::address::ObjectAddress;
use crate::message::{Malformed, Message, parse_message};
use crate::ports::{
    ApplyEvent, ApplyRemoval, Change, Findings, GetRow, Head, HeadObject, PeekObject, Place,
    Release, SetScan,
};
use crate::{Fault, Sequencer, bounded, port_set, quota};

pub(crate) use created::repair;
pub use outcome::Outcome;
pub use redelivery::Redelivery;

port_set! {
    /// The table's verbs.
    pub trait Rows = ApplyEvent + ApplyRemoval + GetRow + SetScan + Release;
}
port_set! {
    /// The bucket's verbs.
    pub trait Objects = HeadObject + PeekObject;
}

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

/// Why a message must be received again, or go to the dead-letter queue.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RecordError {
    /// It cannot be read, now or later.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// A service failed; the message is received again.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// What one record of a message came to, and the place in a quota that its upload no longer needs.
struct Settled {
    outcome: Outcome,
    held: Option<(OwnerId, Place)>,
}

impl From<Outcome> for Settled {
    fn from(outcome: Outcome) -> Self {
        Self {
            outcome,
            held: None,
        }
    }
}

impl Recorder {
    /// What the row shall say when this is what storage holds.
    fn change(
        &self,
        key: ObjectKey,
        sequencer: Option<Sequencer>,
        at: u64,
        object: Option<Head>,
        findings: Findings,
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
        }
    }

    /// The key of an object that is ours to record, or why it is not.
    fn own_key(&self, bucket: &str, key: &str) -> Result<ObjectKey, Outcome> {
        if bucket != self.bucket {
            return Err(Outcome::Ignored("another bucket"));
        }
        key.parse()
            .map_err(|_| Outcome::Ignored("a key that is not ours"))
    }
}

/// Handles the body of one queue message: one result for each record in it. The message is settled when no
/// result is an error.
pub async fn record(
    rows: &impl Rows,
    objects: &impl Objects,
    recorder: &Recorder,
    body: &str,
) -> Vec<Result<Outcome, RecordError>> {
    let mut batch = record_batch(rows, objects, recorder, &[body], 1).await;
    batch.pop().unwrap_or_default()
}

/// Handles the bodies of several queue messages, `at_once` of them at a time: for each what [`record`] gives.
///
/// The places of uploads that have ended are given back together, owner by owner: an owner's quota is one
/// item, and one transaction on it does not meet itself.
pub async fn record_batch(
    rows: &impl Rows,
    objects: &impl Objects,
    recorder: &Recorder,
    bodies: &[&str],
    at_once: usize,
) -> Vec<Vec<Result<Outcome, RecordError>>> {
    let handle_all = |body| async move {
        let mut results = Vec::new();
        for message in parse_message(body) {
            results.push(handle(rows, objects, recorder, message).await);
        }
        results
    };
    let tasks = bodies.iter().copied().map(handle_all).collect();
    let handled = bounded(tasks, at_once).await;
    let mut places: BTreeMap<&OwnerId, Vec<Place>> = BTreeMap::new();
    let settled = handled.iter().flatten().flatten();
    for (owner, place) in settled.filter_map(|settled| settled.held.as_ref()) {
        places.entry(owner).or_default().push(*place);
    }
    let mut failed: BTreeMap<OwnerId, Fault> = BTreeMap::new();
    for (owner, places) in places {
        if let Err(fault) = quota::release(rows, owner, places).await {
            failed.insert(owner.clone(), fault);
        }
    }
    let finish = |result: Result<Settled, RecordError>| {
        let Settled { outcome, held } = result?;
        let fault = held.and_then(|(owner, _)| failed.get(&owner).cloned());
        fault.map_or(Ok(outcome), |fault| Err(fault.into()))
    };
    let finish_all = |results: Vec<_>| results.into_iter().map(finish).collect();
    handled.into_iter().map(finish_all).collect()
}

/// Handles one record of a message.
async fn handle(
    rows: &impl Rows,
    objects: &impl Objects,
    recorder: &Recorder,
    message: Result<Message, Malformed>,
) -> Result<Settled, RecordError> {
    Ok(match message? {
        Message::Ignored(why) => Outcome::Ignored(why).into(),
        Message::Object(event) => match recorder.own_key(&event.bucket, &event.key) {
            Err(ignored) => ignored.into(),
            Ok(key) if event.kind == EventKind::Removed => {
                removed::apply(rows, objects, recorder, &key, &event).await?
            }
            Ok(key) => created::apply(rows, objects, recorder, key, &event).await?,
        },
        Message::Scan(result) => match recorder.own_key(&result.bucket, &result.key) {
            Err(ignored) => ignored.into(),
            Ok(key) => scan_result::apply(rows, objects, &key, &result)
                .await?
                .into(),
        },
    })
}
