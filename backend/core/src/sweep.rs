//! The `sweep` function: repairs uploads whose events were lost, expires unused ones, sends
//! notifications that were not sent, and aborts multipart uploads that belong to no upload.
//!
//! Every step is conditional, and the steps of an upload are ordered so that each may be the last:
//! an upload stays in the index `byOpen` until its quota slot is released, its outbox empty and its
//! object can no longer appear.

mod keep;
mod orphans;
mod outgoing;
mod upload;

use crowfly_contract::limits::MAX_URL_LIFETIME_MS;
use crowfly_contract::{OwnerId, UploadId};

use self::outgoing::Outgoing;
use crate::parts::TOUCH_LIVE_AFTER_MS;
use crate::ports::{
    AbortMultipart, ApplyEvent, ClearOutbox, Close, CompleteMultipart, EndLive, FindMultipart,
    HeadObject, ListMultiparts, ListOpen, ListParts, MarkExpired, PeekObject, Postpone, PutEvents,
    QueryRow, Release,
};
use crate::record::Recorder;
use crate::{Fault, Notifications, bounded, port_set};

/// The possible first characters of an owner.
const SHARDS: &str = "abcdefghijklmnopqrstuvwxyz234567";
/// Shards that are swept concurrently, and uploads of each.
const SHARDS_AT_ONCE: usize = 4;
const UPLOADS_AT_ONCE: usize = 5;

port_set! {
    /// Ports of the table.
    pub trait Rows = ListOpen + QueryRow + MarkExpired + Postpone + ApplyEvent + Release + Close + ClearOutbox
        + EndLive;
}
port_set! {
    /// Ports of the bucket.
    pub trait Objects = HeadObject + PeekObject + FindMultipart + AbortMultipart + ListMultiparts
        + ListParts + CompleteMultipart;
}

/// The settings of the sweep.
#[derive(Clone, Debug)]
pub struct Sweeper {
    /// How objects are recorded.
    pub recorder: Recorder,
    /// How long an upload may stay unused before it expires, in milliseconds.
    pub unfinished_ms: u64,
    /// Shortest time between two looks at a pending upload, in milliseconds.
    pub repair_after_ms: u64,
    /// How long a live upload may stay unused after its last URL has expired, in milliseconds.
    pub live_grace_ms: u64,
    /// Whether what was sent of a live upload is kept then; otherwise it expires.
    pub live_keep: bool,
}

impl Sweeper {
    /// When a live upload that was last used at `active_at` counts as left alone, in Unix milliseconds. Its last use is
    /// not always written, and a URL that was signed then is valid for a while.
    fn left_alone_at(&self, active_at: u64) -> u64 {
        active_at
            .saturating_add(MAX_URL_LIFETIME_MS + TOUCH_LIVE_AFTER_MS)
            .saturating_add(self.live_grace_ms)
    }
}

/// Observes a sweep and limits its time.
pub trait Observer {
    /// Whether there is time for more of this part. Called only if work is left, so false means
    /// that the sweep is cut short.
    fn has_time(&self, part: Part) -> bool;
    /// An action was taken.
    fn did(&self, action: &Action);
    /// An action failed; the next sweep retries it.
    fn failed(&self, fault: &Fault);
    /// Notifications were sent, or could not be.
    fn notified(&self, notifications: Notifications);
}

/// The parts of a sweep. The first leaves time for the second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The open uploads in the table.
    Uploads,
    /// The multipart uploads in storage.
    Orphans,
}

/// An action on one upload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    /// The owner.
    pub owner: OwnerId,
    /// The upload.
    pub id: UploadId,
    /// What was done.
    pub effect: Effect,
    /// Number of aborted multipart uploads.
    pub dropped: usize,
    /// Number of released quota slots.
    pub released: usize,
}

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Its object exists, but no event was received: it is stored now, even if it was aborted or
    /// expired before.
    Repaired {
        /// Whether the object is what the client declared.
        verified: bool,
    },
    /// It is live and was left alone: what had been sent of it is stored now.
    Kept {
        /// Whether the object is what the client declared: its complete call had said all, and only storage had not
        /// answered.
        verified: bool,
    },
    /// It was unused for too long.
    Expired,
    /// It had ended; what it still held is released.
    Finished,
    /// It was aborted or expired and no object has appeared since: its time to live is set.
    Closed,
    /// Storage had a multipart upload for it that its row does not name.
    Cleared,
}

/// Sweeps all open uploads that are due, then the multipart uploads in storage.
pub async fn sweep(
    rows: &impl Rows,
    objects: &impl Objects,
    bus: &impl PutEvents,
    sweeper: &Sweeper,
    now_ms: u64,
    observer: &impl Observer,
) {
    let outgoing = Outgoing::new(bus, sweeper.recorder.outbox, observer);
    let first = first_shard(now_ms);
    let shards = SHARDS.chars().cycle().skip(first).take(SHARDS.len());
    let tasks = shards
        .map(|shard| sweep_shard(rows, objects, &outgoing, sweeper, now_ms, shard))
        .collect();
    bounded(tasks, SHARDS_AT_ONCE).await;
    let shard = SHARDS.chars().nth(first);
    if let Err(fault) = orphans::clear(rows, objects, shard, now_ms, observer).await {
        observer.failed(&fault);
    }
}

/// The shard to start with: a hash of the minute, so that no shard is always last, whatever the
/// schedule.
fn first_shard(now_ms: u64) -> usize {
    let hash = (now_ms / 60_000).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    usize::try_from(hash >> 59).unwrap_or_default()
}

async fn sweep_shard(
    rows: &impl Rows,
    objects: &impl Objects,
    outgoing: &Outgoing<'_, impl PutEvents, impl Observer>,
    sweeper: &Sweeper,
    now_ms: u64,
    shard: char,
) {
    let observer = outgoing.observer;
    let mut after = None;
    while observer.has_time(Part::Uploads) {
        let page = match rows.list_open(shard, now_ms, after.as_ref()).await {
            Ok(page) => page,
            Err(fault) => return observer.failed(&fault),
        };
        let tasks = page
            .uploads
            .into_iter()
            .map(|open| async move {
                if !observer.has_time(Part::Uploads) {
                    return;
                }
                let done = match open {
                    Ok(open) => {
                        upload::sweep(rows, objects, outgoing, sweeper, now_ms, &open).await
                    }
                    Err(fault) => Err(fault),
                };
                match done {
                    Ok(Some(action)) => observer.did(&action),
                    Ok(None) => {}
                    Err(fault) => observer.failed(&fault),
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
