//! Counts what an owner has open.
//!
//! A pending row and its quota entry are written by one transaction and released by another, each
//! conditional on the state it changes. So the count equals the rows after any retry, interleaving
//! or crash.

use std::collections::BTreeSet;

use crowfly_contract::OwnerId;

use crate::ports::{OpenUploads, Opening, Put, PutPending, Release, Slot};
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

struct Entry<'a> {
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
        let mut entries: Vec<Entry<'_>> = chunk
            .iter()
            .map(|row| Entry { row, outcome: None })
            .collect();
        while entries.iter().any(|entry| entry.outcome.is_none()) {
            open_remaining(rows, owner, &mut entries, limits).await;
        }
        outcomes.extend(entries.into_iter().filter_map(|entry| entry.outcome));
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
async fn open_remaining(
    rows: &impl OpenUploads,
    owner: &OwnerId,
    entries: &mut [Entry<'_>],
    limits: Limits,
) {
    let mut rest: Vec<&mut Entry<'_>> = entries
        .iter_mut()
        .filter(|entry| entry.outcome.is_none())
        .collect();
    let batch: Vec<&Row> = rest.iter().map(|entry| entry.row).collect();
    let (existing, full) = match rows.open_uploads(owner, &batch, limits).await {
        Ok(Opening::Done) => return set_all(rest, &Ok(Opened::Created)),
        Err(fault) => return set_all(rest, &Err(fault)),
        Ok(Opening::Refused { existing, full }) => (existing, full),
    };
    for (index, row) in existing {
        if let Some(entry) = rest.get_mut(index) {
            entry.outcome = Some(Ok(Opened::Exists(Box::new(row))));
        }
    }
    if let Some(mut usage) = full {
        for entry in rest.iter_mut().filter(|entry| entry.outcome.is_none()) {
            let record = &entry.row.record;
            let added = limits.add(&mut usage, record.size, record.id);
            entry.outcome = added.err().map(|refusal| Ok(Opened::Refused(refusal)));
        }
    }
    if rest.iter().all(|entry| entry.outcome.is_none()) {
        let detail = "a transaction was cancelled without a reason";
        let fault = Fault::new(
            "dynamodb.TransactWriteItems",
            FaultKind::Unavailable,
            detail,
        );
        set_all(rest, &Err(fault));
    }
}

fn set_all(entries: Vec<&mut Entry<'_>>, outcome: &Result<Opened, Fault>) {
    for entry in entries {
        entry.outcome = Some(outcome.clone());
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
    slots: Vec<Slot>,
) -> Result<usize, Fault> {
    let mut seen = BTreeSet::new();
    let slots: Vec<Slot> = slots
        .into_iter()
        .filter(|slot| seen.insert(slot.id))
        .collect();
    let mut released = 0;
    for chunk in slots.chunks(AT_ONCE) {
        let mut rest = chunk.to_vec();
        while !rest.is_empty() {
            let stale = rows.release(owner, &rest).await?;
            if stale.is_empty() {
                released += rest.iter().filter(|slot| slot.counted.is_some()).count();
                break;
            }
            rest.retain(|slot| !stale.contains(&slot.id));
        }
    }
    Ok(released)
}

/// Releases the quota slot that an ended upload still holds, if any.
///
/// # Errors
/// A fault of the table.
pub(crate) async fn release_slot(rows: &impl Release, row: &Row) -> Result<(), Fault> {
    if let Some(slot) = row.slot_to_release() {
        release(rows, &row.owner, vec![slot]).await?;
    }
    Ok(())
}
