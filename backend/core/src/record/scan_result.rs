use crowfly_contract::{ObjectKey, ScanStatus};

use super::{Handled, Outcome, Recorder};
use crate::message::ScanResult;
use crate::outbox::of_scan;
use crate::ports::{Applied, EventOutcome, GetRow, HeadObject, ScanNotices, SetScan};
use crate::scan::strength;
use crate::{Fault, FaultKind, Outbox, Row, Scanned};

/// Writes the result of a scan to the row of its object.
///
/// A result may arrive before the object's own event: a pending row keeps it. If there is no row
/// yet, or the row is of an older object, the message is received again.
///
/// # Errors
/// A fault of the table or of storage, or a result that precedes its row.
pub(super) async fn apply(
    rows: &(impl GetRow + SetScan),
    objects: &impl HeadObject,
    recorder: &Recorder,
    key: &ObjectKey,
    result: &ScanResult,
    now_ms: u64,
) -> Result<Handled, Fault> {
    let (owner, id) = (key.owner(), key.id());
    let row = rows.get_row(owner, id).await?;
    if row.as_ref().is_some_and(|row| row.record.key != *key) {
        return Ok(Outcome::other_key(key).into());
    }
    let Some(row) = row.filter(|row| awaits(row, &result.object)) else {
        let head = objects.head_object(key).await?;
        let exists = head.is_some_and(|head| {
            let version = head.version_id.as_deref();
            result.object.is(Some(&head.etag), version)
        });
        if exists {
            return Err(too_early("its object is not recorded yet"));
        }
        return Ok(Outcome::Ignored("a scan of an object that is gone").into());
    };
    let known = row.scan().unwrap_or(ScanStatus::Pending);
    if strength(known) >= strength(result.found) {
        // Its first delivery may have ended before the outbox was empty, or the row out of the index.
        let row = Some(row).filter(|_| recorder.outbox == Outbox::On);
        let left = EventOutcome::of(Applied::NotNewer, row.as_ref());
        return Ok(Handled::with(Outcome::NotNewer, owner, left));
    }
    let (object, found) = (&result.object, result.found);
    let notices = recorder
        .outbox
        .notify_by(now_ms)
        .map(|notify_by| ScanNotices {
            seen: &row,
            entries: of_scan(&row, object, found),
            notify_by,
        });
    let set = rows.set_scan(owner, id, object, found, notices.as_ref());
    if !set.await? {
        return Err(too_early("its record changed in the meantime"));
    }
    let outcome = Outcome::Scanned {
        owner: owner.clone(),
        id,
        found,
    };
    if notices.is_none_or(|notices| notices.entries.is_empty()) {
        return Ok(outcome.into());
    }
    let row = rows.get_row(owner, id).await?;
    let left = EventOutcome::of(Applied::NotNewer, row.as_ref());
    Ok(Handled::with(outcome, owner, left))
}

/// Whether the row is of this object, or of none yet.
fn awaits(row: &Row, object: &Scanned) -> bool {
    let (etag, version) = (&row.record.etag, &row.record.version_id);
    etag.is_none() || object.is(etag.as_deref(), version.as_deref())
}

fn too_early(detail: &'static str) -> Fault {
    Fault::new("scan result", FaultKind::Unavailable, detail)
}
