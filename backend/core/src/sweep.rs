//! The `sweep` function: repairs what lost events left open, ends what never came, and drops what storage
//! keeps for nobody.
//!
//! Every step has a condition, and the steps of one upload come in an order in which each may be the last: an
//! upload stays in the sweep's sight until its place in the quota is given back.

mod orphans;

use crowfly_contract::{OwnerId, UploadId, UploadStatus};

use crate::cancel::drop_multipart;
use crate::ports::{
    AbortMultipart, Applied, ApplyEvent, FindMultipart, HeadObject, ListMultiparts, ListOpen,
    MarkExpired, Multipart, OpenUpload, PeekObject, Place, Postpone, QueryRow, Release,
};
use crate::record::{Recorder, repair};
use crate::{Fault, bounded, quota};

/// The first characters that an owner can have.
const SHARDS: &str = "abcdefghijklmnopqrstuvwxyz234567";
/// Shards that are walked at the same time, and uploads of each.
const SHARDS_AT_ONCE: usize = 4;
const UPLOADS_AT_ONCE: usize = 5;
/// Longest time between two looks at a pending upload, in milliseconds: six hours.
const LONGEST_WAIT_MS: u64 = 6 * 3_600 * 1_000;
/// How long an expired upload can still be seen, in milliseconds: 30 days.
const EXPIRED_STAYS_MS: u64 = 30 * 24 * 3_600 * 1_000;

/// The table's verbs.
pub trait Rows: ListOpen + QueryRow + MarkExpired + Postpone + ApplyEvent + Release {}
impl<T: ListOpen + QueryRow + MarkExpired + Postpone + ApplyEvent + Release> Rows for T {}

/// The bucket's verbs.
pub trait Objects:
    HeadObject + PeekObject + FindMultipart + AbortMultipart + ListMultiparts
{
}
impl<T: HeadObject + PeekObject + FindMultipart + AbortMultipart + ListMultiparts> Objects for T {}

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

/// Who watches a sweep: it is told what was done, and says when time is up.
pub trait Watch: Sync {
    /// Whether there is time for more.
    fn go_on(&self) -> bool;
    /// Something was done.
    fn did(&self, action: &Action);
    /// Something could not be done; the next sweep tries again.
    fn failed(&self, fault: &Fault);
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
    /// Its object was there, and no event had said so: it is stored now.
    Repaired {
        /// Whether the object is what the client declared.
        verified: bool,
    },
    /// It was not used for too long.
    Expired,
    /// It had ended, and what was left to do is done now.
    Finished,
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
    // Each minute's sweep starts with another shard, so that none always comes last.
    let first = usize::try_from(now_ms / 60_000 % 32).unwrap_or_default();
    let shards = SHARDS.chars().cycle().skip(first).take(SHARDS.len());
    let tasks = shards
        .map(|shard| walk(rows, objects, sweeper, now_ms, watch, shard))
        .collect();
    bounded(tasks, SHARDS_AT_ONCE).await;
    if let Err(fault) = orphans::clear(rows, objects, now_ms, watch).await {
        watch.failed(&fault);
    }
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
    while watch.go_on() {
        let page = match rows.list_open(shard, now_ms, after.as_ref()).await {
            Ok(page) => page,
            Err(fault) => return watch.failed(&fault),
        };
        let tasks = page
            .uploads
            .into_iter()
            .map(|open| async move {
                if !watch.go_on() {
                    return;
                }
                let done = match open {
                    Ok(open) => look_at(rows, objects, sweeper, now_ms, &open).await,
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

async fn look_at(
    rows: &impl Rows,
    objects: &impl Objects,
    sweeper: &Sweeper,
    now_ms: u64,
    open: &OpenUpload,
) -> Result<Option<Action>, Fault> {
    let action = |did, dropped, released| {
        Ok(Some(Action {
            owner: open.owner.clone(),
            id: open.place.id,
            did,
            dropped,
            released,
        }))
    };
    if open.status != UploadStatus::Pending {
        // The object of a stored upload was made of its parts.
        let dropped = match open.status {
            UploadStatus::Stored => 0,
            _ => drop_parts(objects, open, open.s3_upload_id.as_deref()).await?,
        };
        let released = give_back(rows, open, Some(open.place)).await?;
        return action(Did::Finished, dropped, released);
    }
    let recorder = &sweeper.recorder;
    if let Some(outcome) = repair(rows, objects, recorder, &open.key, now_ms).await? {
        let released = give_back(rows, open, outcome.held).await?;
        return match outcome.applied {
            Applied::Written { verified } => action(Did::Repaired { verified }, 0, released),
            Applied::NotNewer => Ok(None),
        };
    }
    let expires_at = open.active_at.saturating_add(sweeper.unfinished_ms);
    if now_ms < expires_at {
        let age = now_ms.saturating_sub(open.created_at);
        let longest = LONGEST_WAIT_MS.max(sweeper.repair_after_ms);
        let wait = age.clamp(sweeper.repair_after_ms, longest);
        rows.postpone(open, expires_at.min(now_ms + wait)).await?;
        return Ok(None);
    }
    // First the mark, which no create and no part comes past; then the parts; last the place.
    let Some(row) = rows.mark_expired(open, now_ms + EXPIRED_STAYS_MS).await? else {
        return Ok(None);
    };
    let dropped = drop_parts(objects, open, row.s3_upload_id.as_deref()).await?;
    let released = give_back(rows, open, row.place_to_release()).await?;
    action(Did::Expired, dropped, released)
}

async fn drop_parts(
    objects: &impl Objects,
    open: &OpenUpload,
    s3_upload_id: Option<&str>,
) -> Result<usize, Fault> {
    let Some(s3_upload_id) = s3_upload_id else {
        return Ok(0);
    };
    let multipart = Multipart {
        key: &open.key,
        s3_upload_id,
    };
    if !objects.find_multipart(multipart).await? {
        return Ok(0);
    }
    drop_multipart(objects, multipart).await?;
    Ok(1)
}

async fn give_back(
    rows: &impl Rows,
    open: &OpenUpload,
    place: Option<Place>,
) -> Result<usize, Fault> {
    match place {
        Some(place) => quota::release(rows, &open.owner, vec![place]).await,
        None => Ok(0),
    }
}
