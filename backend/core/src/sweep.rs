//! The `sweep` function: repairs what lost events left open, ends what never came, and drops what storage
//! keeps for no upload.
//!
//! Every step has a condition, and the steps of one upload come in an order in which each may be the last: an
//! upload stays in the sweep's sight until its place in the quota is given back and no object can land any more.

mod look;
mod orphans;

use crowfly_contract::{OwnerId, UploadId};

use crate::ports::{
    AbortMultipart, ApplyEvent, Close, FindMultipart, HeadObject, ListMultiparts, ListOpen,
    MarkExpired, PeekObject, Postpone, QueryRow, Release,
};
use crate::record::Recorder;
use crate::{Fault, bounded, port_set};

/// The first characters that an owner can have.
const SHARDS: &str = "abcdefghijklmnopqrstuvwxyz234567";
/// Shards that are walked at the same time, and uploads of each.
const SHARDS_AT_ONCE: usize = 4;
const UPLOADS_AT_ONCE: usize = 5;

port_set! {
    /// The table's verbs.
    pub trait Rows = ListOpen + QueryRow + MarkExpired + Postpone + ApplyEvent + Release + Close;
}
port_set! {
    /// The bucket's verbs.
    pub trait Objects = HeadObject + PeekObject + FindMultipart + AbortMultipart + ListMultiparts;
}

/// What a deployment lets the sweep do.
#[derive(Clone, Debug)]
pub struct Sweeper {
    /// How objects are recorded.
    pub recorder: Recorder,
    /// How long an upload may stay unused before it expires, in milliseconds.
    pub unfinished_ms: u64,
    /// Shortest time between two looks at a pending upload, in milliseconds.
    pub repair_after_ms: u64,
}

/// Observes a sweep: it receives what was done, and says when time is up.
pub trait Watch {
    /// Whether there is time for more of this part. It is asked only where something is left to look at, so
    /// that a no means a sweep that was cut short.
    fn go_on(&self, part: Part) -> bool;
    /// Something was done.
    fn did(&self, action: &Action);
    /// Something could not be done; the next sweep tries again.
    fn failed(&self, fault: &Fault);
}

/// The parts of a sweep. The first must leave time for the second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The open uploads of the table.
    Uploads,
    /// The multipart uploads of storage.
    Orphans,
}

/// What was done about one upload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    /// Whose it is.
    pub owner: OwnerId,
    /// Which.
    pub id: UploadId,
    /// What was done.
    pub did: Did,
    /// Multipart uploads that were dropped.
    pub dropped: usize,
    /// Places that were given back to the quota.
    pub released: usize,
}

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Did {
    /// Its object was there, and no event had said so: it is stored now, even if it had been aborted or had
    /// expired.
    Repaired {
        /// Whether the object is what the client declared.
        verified: bool,
    },
    /// It was not used for too long.
    Expired,
    /// It had ended, and what it still held is free now.
    Finished,
    /// It was aborted or had expired, and nothing has landed since: its record goes away in time.
    Closed,
    /// Storage kept parts for it that it did not name.
    Cleared,
}

/// Walks once over all open uploads that are due, then over the multipart uploads of storage.
pub async fn sweep(
    rows: &impl Rows,
    objects: &impl Objects,
    sweeper: &Sweeper,
    now_ms: u64,
    watch: &impl Watch,
) {
    let first = first_shard(now_ms);
    let shards = SHARDS.chars().cycle().skip(first).take(SHARDS.len());
    let tasks = shards
        .map(|shard| walk(rows, objects, sweeper, now_ms, watch, shard))
        .collect();
    bounded(tasks, SHARDS_AT_ONCE).await;
    let shard = SHARDS.chars().nth(first);
    if let Err(fault) = orphans::clear(rows, objects, shard, now_ms, watch).await {
        watch.failed(&fault);
    }
}

/// The shard that this sweep starts with: by the minute, as if by chance, so that none always comes last,
/// whatever the schedule.
fn first_shard(now_ms: u64) -> usize {
    let mixed = (now_ms / 60_000).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    usize::try_from(mixed >> 59).unwrap_or_default()
}

async fn walk(
    rows: &impl Rows,
    objects: &impl Objects,
    sweeper: &Sweeper,
    now_ms: u64,
    watch: &impl Watch,
    shard: char,
) {
    let mut after = None;
    while watch.go_on(Part::Uploads) {
        let page = match rows.list_open(shard, now_ms, after.as_ref()).await {
            Ok(page) => page,
            Err(fault) => return watch.failed(&fault),
        };
        let tasks = page
            .uploads
            .into_iter()
            .map(|open| async move {
                if !watch.go_on(Part::Uploads) {
                    return;
                }
                let done = match open {
                    Ok(open) => look::at(rows, objects, sweeper, now_ms, &open).await,
                    Err(fault) => Err(fault),
                };
                match done {
                    Ok(Some(action)) => watch.did(&action),
                    Ok(None) => {}
                    Err(fault) => watch.failed(&fault),
                }
            })
            .collect();
        bounded(tasks, UPLOADS_AT_ONCE).await;
        after = page.next;
        if after.is_none() {
            return;
        }
    }
}
