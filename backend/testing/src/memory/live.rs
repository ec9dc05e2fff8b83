use crowfly_contract::UploadStatus;
use crowfly_core::ports::{EndLive, EndedBy, GrantLive, LiveEnd, LiveGrant};
use crowfly_core::quota::Limits;
use crowfly_core::{Fault, Granting, Row};

use super::{Memory, lock, pause};

/// Whether nothing was signed or ended since the row was read.
fn unchanged(row: &Row, seen: &Row) -> bool {
    let size = |row: &Row| row.declared.as_ref().map(|declared| declared.size);
    row.record.status == UploadStatus::Pending
        && row.live == seen.live
        && size(row) == size(seen)
        && row.record.truncated == seen.record.truncated
}

impl GrantLive for Memory {
    async fn grant_live(
        &self,
        seen: &Row,
        next: Granting,
        limits: Limits,
        now_ms: u64,
    ) -> Result<LiveGrant, Fault> {
        pause().await;
        self.begin_call("grant_live")?;
        let mut rows = lock(&self.rows);
        let row = rows.get_mut(&(seen.owner.clone(), seen.record.id));
        let Some(row) = row.filter(|row| unchanged(row, seen)) else {
            return Ok(LiveGrant::Stale);
        };
        let (Some(live), Some(declared)) = (&mut row.live, &mut row.declared) else {
            return Ok(LiveGrant::Stale);
        };
        if row.open.is_some_and(|open| open.counted) {
            let full = self.count(&row.owner, declared.size, next.bytes, limits);
            if let Some(usage) = full {
                return Ok(LiveGrant::Full(usage));
            }
        }
        live.granted = next.granted;
        declared.size = next.bytes;
        if let Some(open) = &mut row.open {
            open.active_at = now_ms;
        }
        self.end_call("grant_live", LiveGrant::Done)
    }
}

impl EndLive for Memory {
    async fn end_live(&self, seen: &Row, end: &LiveEnd) -> Result<bool, Fault> {
        pause().await;
        self.begin_call("end_live")?;
        let mut rows = lock(&self.rows);
        let row = rows.get_mut(&(seen.owner.clone(), seen.record.id));
        let Some(row) = row.filter(|row| unchanged(row, seen)) else {
            return Ok(false);
        };
        let active = |row: &Row| row.open.map(|open| open.active_at);
        if end.by == EndedBy::Sweep && active(row) != active(seen) {
            return Ok(false);
        }
        let (Some(live), Some(declared)) = (&mut row.live, &mut row.declared) else {
            return Ok(false);
        };
        if row.open.is_some_and(|open| open.counted) {
            self.count(&row.owner, declared.size, end.size, Limits::default());
        }
        declared.size = end.size;
        row.record.size = end.size;
        match end.by {
            EndedBy::Client {
                crc64nvme,
                duration_ms,
            } => {
                live.size_declared = true;
                row.record.truncated = false;
                declared.crc64nvme = crc64nvme.or(declared.crc64nvme);
                row.record.crc64nvme = declared.crc64nvme;
                row.record.duration_ms = duration_ms.or(row.record.duration_ms);
            }
            EndedBy::Sweep => {
                live.size_declared = false;
                row.record.truncated = true;
                declared.crc64nvme = None;
                row.record.crc64nvme = None;
                row.record.duration_ms = None;
            }
        }
        self.end_call("end_live", true)
    }
}
