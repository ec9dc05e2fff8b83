//! How much one owner may have open at a time.
//!
//! A pending row and its place in the quota are written by one transaction, and taken away by another, each
//! under the condition that it changes what it says: so the count equals the rows whatever comes twice, at
//! once, or breaks off.

use std::collections::BTreeSet;

use crowfly_contract::OwnerId;

use crate::ports::{OpenUploads, Opening, Place, Put, PutPending, Release};
use crate::{Fault, FaultKind, Refusal, Row, bounded};

pub use crate::limits::Limits;

/// Uploads of one transaction. DynamoDB takes 100 writes; fewer meet fewer others.
const AT_ONCE: usize = 50;
/// Single writes at the same time where nothing is counted.
const PUTS_AT_ONCE: usize = 25;

/// What became of one new upload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Opened {
    /// It was written.
    Created,
    /// Nothing was written: this is the row that exists.
    Exists(Box<Row>),
    /// The owner has too much open.
    Refused(Refusal),
}

struct Slot<'a> {
    row: &'a Row,
    outcome: Option<Result<Opened, Fault>>,
}

/// Writes the new pending uploads of one owner, as many of them, in their order, as the limits allow.
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

/// One transaction of what is not settled yet; each settles one upload at least.
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

/// Gives back the places of uploads that have ended, and says how many of them were still counted. Doing it
/// again gives nothing back twice.
///
/// # Errors
/// A fault of the table; what was not given back is still counted and can be given back later.
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
