//! Sweeps one open upload.

use crowfly_contract::UploadStatus;

use super::keep::{self, Attempt};
use super::outgoing::Outgoing;
use super::{Action, Effect, Objects, Observer, Rows, Sweeper};
use crate::cancel::drop_multipart;
use crate::ports::{Applied, Multipart, OpenUpload, PutEvents, Slot};
use crate::record::repair;
use crate::{Fault, Row, quota};

/// Longest time between two looks at a pending upload, in milliseconds: six hours.
const LONGEST_WAIT_MS: u64 = 6 * 3_600 * 1_000;
/// How long an aborted or expired upload stays readable once its object can no longer appear, in
/// milliseconds: 30 days.
const CLOSED_TTL_MS: u64 = 30 * 24 * 3_600 * 1_000;

/// Checks storage and takes the action that is due; `None` if there is none yet.
pub(super) async fn sweep(
    rows: &impl Rows,
    objects: &impl Objects,
    outgoing: &Outgoing<'_, impl PutEvents, impl Observer>,
    sweeper: &Sweeper,
    now_ms: u64,
    open: &OpenUpload,
) -> Result<Option<Action>, Fault> {
    if matches!(open.status, UploadStatus::Stored | UploadStatus::Deleted) {
        // No parts to abort: the object was completed from them.
        let Some(row) = rows.query_row(&open.owner, open.id).await? else {
            return Ok(None);
        };
        let released = finish(rows, outgoing, open, row).await?;
        return Ok(Some(action(open, Effect::Finished, 0, released)));
    }
    let stored = |verified| Effect::Repaired { verified };
    // An existing object counts even after an abort or expiry: its client may have been told that
    // it is stored.
    if let Some(done) = recorded(rows, objects, outgoing, sweeper, now_ms, open, stored).await? {
        return Ok(done.action);
    }
    if open.status != UploadStatus::Pending {
        return end(rows, objects, now_ms, open, Effect::Finished).await;
    }
    let (expires_at, live) = expiry(rows, sweeper, now_ms, open).await?;
    if now_ms < expires_at {
        let age = now_ms.saturating_sub(open.created_at);
        let longest = LONGEST_WAIT_MS.max(sweeper.repair_after_ms);
        let wait = age.clamp(sweeper.repair_after_ms, longest);
        rows.postpone(open, expires_at.min(now_ms + wait)).await?;
        return Ok(None);
    }
    // What cannot be kept for as long as any other upload may stay unused expires after all.
    let keep_until = expires_at.saturating_add(sweeper.unfinished_ms);
    if let Some(row) = live.filter(|_| sweeper.live_keep && now_ms < keep_until) {
        let attempt = keep::keep(rows, objects, &row).await?;
        let kept = |verified| Effect::Kept { verified };
        if let Some(done) = recorded(rows, objects, outgoing, sweeper, now_ms, open, kept).await? {
            return Ok(done.action);
        }
        if attempt == Attempt::Made {
            // It is still due: the next sweep looks again.
            return Ok(None);
        }
    }
    // The mark comes first, since it blocks create and sign; then the parts; the slot is last.
    let Some(row) = rows.mark_expired(open, now_ms).await? else {
        return Ok(None);
    };
    let expired = OpenUpload {
        status: row.record.status,
        s3_upload_id: row.s3_upload_id,
        open: row.open.unwrap_or(open.open),
        ..open.clone()
    };
    end(rows, objects, now_ms, &expired, Effect::Expired).await
}

/// What came of an upload whose object exists.
struct Recorded {
    /// `None` if its row was written by an event.
    action: Option<Action>,
}

/// Records the object of an upload, if there is one, and finishes the upload.
async fn recorded(
    rows: &impl Rows,
    objects: &impl Objects,
    outgoing: &Outgoing<'_, impl PutEvents, impl Observer>,
    sweeper: &Sweeper,
    now_ms: u64,
    open: &OpenUpload,
    effect: impl Fn(bool) -> Effect,
) -> Result<Option<Recorded>, Fault> {
    let Some(outcome) = repair(rows, objects, &sweeper.recorder, open, now_ms).await? else {
        return Ok(None);
    };
    let released = match outcome.unnotified {
        Some(row) => finish(rows, outgoing, open, *row).await?,
        None => release_slot(rows, open, outcome.slot).await?,
    };
    let action = match outcome.applied {
        Applied::Written { verified } => Some(action(open, effect(verified), 0, released)),
        Applied::NotNewer | Applied::Unordered | Applied::OtherKey => None,
    };
    Ok(Some(Recorded { action }))
}

/// When a pending upload expires, in Unix milliseconds, and its row if it is live and that may be now.
///
/// The index does not show which uploads are live. A single PUT is none; the row of another is read when it can matter.
async fn expiry(
    rows: &impl Rows,
    sweeper: &Sweeper,
    now_ms: u64,
    open: &OpenUpload,
) -> Result<(u64, Option<Row>), Fault> {
    let active_at = open.open.active_at;
    let unused_at = active_at.saturating_add(sweeper.unfinished_ms);
    if open.s3_upload_id.is_none() {
        return Ok((unused_at, None));
    }
    let first = unused_at.min(sweeper.left_alone_at(active_at));
    if now_ms < first {
        return Ok((first, None));
    }
    let row = rows.query_row(&open.owner, open.id).await?;
    let live = row.filter(|row| row.live.is_some());
    Ok(match live.as_ref().and_then(|row| row.open) {
        Some(open) => (sweeper.left_alone_at(open.active_at), live),
        None => (unused_at, None),
    })
}

/// Empties the outbox of a stored or deleted upload and releases its slot, also if its outbox cannot
/// be emptied.
async fn finish(
    rows: &impl Rows,
    outgoing: &Outgoing<'_, impl PutEvents, impl Observer>,
    open: &OpenUpload,
    mut row: Row,
) -> Result<usize, Fault> {
    if let Err(fault) = outgoing.empty(rows, &mut row).await {
        outgoing.observer.failed(&fault);
    }
    release_slot(rows, open, row.slot_to_release()).await
}

/// Ends an aborted or expired upload without an object: aborts its multipart upload, releases its
/// slot, and closes it once its object can no longer appear.
async fn end(
    rows: &impl Rows,
    objects: &impl Objects,
    now_ms: u64,
    open: &OpenUpload,
    effect: Effect,
) -> Result<Option<Action>, Fault> {
    let dropped = drop_parts(objects, open).await?;
    let slot = open.slot_to_release();
    let released = release_slot(rows, open, slot).await?;
    let watched_until = open.open.watched_until();
    let closed = now_ms >= watched_until && rows.close(open, now_ms + CLOSED_TTL_MS).await?;
    // Releasing a slot schedules the next look itself.
    if now_ms < watched_until && slot.is_none() {
        rows.postpone(open, watched_until).await?;
    }
    let effect = if closed { Effect::Closed } else { effect };
    let nothing = effect == Effect::Finished && dropped == 0 && released == 0;
    Ok((!nothing).then(|| action(open, effect, dropped, released)))
}

fn action(open: &OpenUpload, effect: Effect, dropped: usize, released: usize) -> Action {
    Action {
        owner: open.owner.clone(),
        id: open.id,
        effect,
        dropped,
        released,
    }
}

async fn drop_parts(objects: &impl Objects, open: &OpenUpload) -> Result<usize, Fault> {
    let Some(s3_upload_id) = &open.s3_upload_id else {
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

async fn release_slot(
    rows: &impl Rows,
    open: &OpenUpload,
    slot: Option<Slot>,
) -> Result<usize, Fault> {
    match slot {
        Some(slot) => quota::release(rows, &open.owner, vec![slot]).await,
        None => Ok(0),
    }
}
