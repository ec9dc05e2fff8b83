//! Counts what an owner has open.
//!
//! A pending row and its quota entry are written by one transaction and released by another, each
//! conditional on the state it changes. So the count equals the rows after any retry, interleaving
//! or crash.

use std::collections::BTreeSet;

use crowfly_contract::OwnerId;

use crate::ports::{OpenUploads, Opening, Place, Put, PutPending, Release};
use crate::{Fault, FaultKind, Refusal, Row, bounded};

pub use crate::limits::Limits;

/// Uploads per transaction. DynamoDB allows 100 writes
/// (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html>);
/// smaller ones conflict less.
const AT_ONCE: usize = 50;
/// Concurrent single writes if nothing is counted.
const PUTS_AT_ONCE: usize = 25;

/// The result of one new upload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Opened {
    /// It was written.
    Created,
    /// Nothing was written; this row exists.
    Exists(Box<Row>),
    /// The owner is over a limit.
    Refused(Refusal),
}

struct Slot<'a> {
    row: &'a Row,
    outcome: Option<Result<Opened, Fault>>,
}

/// Writes the new pending uploads of an owner, in order, as far as the limits allow.
pub(crate) async fn open(
    rows: &(impl PutPending + OpenUploads),
    owner: &OwnerId,
    new: &[&Row],
    limits: Limits,
) -> Vec<Result<Opened, Fault>> {
    if !limits.any() {
        let puts = new.iter().map(|row| put(rows, row)).collect();
        return bounded(puts, PUTS_AT_ONCE).await;
    }
    let mut outcomes = Vec::with_capacity(new.len());
    for chunk in new.chunks(AT_ONCE) {
        let mut slots: Vec<Slot<'_>> = chunk
            .iter()
            .map(|row| Slot { row, outcome: None })
            .collect();
        while slots.iter().any(|slot| slot.outcome.is_none()) {
            open_the_rest(rows, owner, &mut slots, limits).await;
        }
        outcomes.extend(slots.into_iter().filter_map(|slot| slot.outcome));
    }
    outcomes
}

async fn put(rows: &impl PutPending, row: &Row) -> Result<Opened, Fault> {
    Ok(match rows.put_pending(row).await? {
        Put::Created => Opened::Created,
        Put::Exists(existing) => Opened::Exists(existing),
    })
}

/// One transaction over the remaining entries; it decides at least one of them.
async fn open_the_rest(
    rows: &impl OpenUploads,
    owner: &OwnerId,
    slots: &mut [Slot<'_>],
    limits: Limits,
) {
    let mut rest: Vec<&mut Slot<'_>> = slots
        .iter_mut()
        .filter(|slot| slot.outcome.is_none())
        .collect();
    let batch: Vec<&Row> = rest.iter().map(|slot| slot.row).collect();
    let (existing, full) = match rows.open_uploads(owner, &batch, limits).await {
        Ok(Opening::Done) => return settle(rest, &Ok(Opened::Created)),
        Err(fault) => return settle(rest, &Err(fault)),
        Ok(Opening::Refused { existing, full }) => (existing, full),
    };
    for (place, row) in existing {
        if let Some(slot) = rest.get_mut(place) {
            slot.outcome = Some(Ok(Opened::Exists(Box::new(row))));
        }
    }
    if let Some(mut usage) = full {
        for slot in rest.iter_mut().filter(|slot| slot.outcome.is_none()) {
            let record = &slot.row.record;
            let added = limits.add(&mut usage, record.size, record.id);
            slot.outcome = added.err().map(|refusal| Ok(Opened::Refused(refusal)));
        }
    }
    if rest.iter().all(|slot| slot.outcome.is_none()) {
        let detail = "a transaction was refused without a reason";
        let fault = Fault::new(
            "dynamodb.TransactWriteItems",
            FaultKind::Unavailable,
            detail,
        );
        settle(rest, &Err(fault));
    }
}

fn settle(slots: Vec<&mut Slot<'_>>, outcome: &Result<Opened, Fault>) {
    for slot in slots {
        slot.outcome = Some(outcome.clone());
    }
}

/// Releases the quota slots of uploads that have ended, and returns how many of them were counted.
/// Idempotent.
///
/// # Errors
/// A fault of the table; slots that were not released stay counted and can be released later.
pub async fn release(
    rows: &impl Release,
    owner: &OwnerId,
    places: Vec<Place>,
) -> Result<usize, Fault> {
    let mut seen = BTreeSet::new();
    let places: Vec<Place> = places
        .into_iter()
        .filter(|place| seen.insert(place.id))
        .collect();
    let mut released = 0;
    for chunk in places.chunks(AT_ONCE) {
        let mut rest = chunk.to_vec();
        while !rest.is_empty() {
            let stale = rows.release(owner, &rest).await?;
            if stale.is_empty() {
                released += rest.iter().filter(|place| place.counted.is_some()).count();
                break;
            }
            rest.retain(|place| !stale.contains(&place.id));
        }
    }
    Ok(released)
}
