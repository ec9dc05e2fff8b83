//! Live uploads: what was signed of them, and their end. A counted upload and the quota of its owner change in one
//! transaction; `clientSize` of the row is what the quota counts.

use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem};
use crowfly_contract::UploadStatus;
use crowfly_core::ports::{EndLive, EndedBy, GrantLive, LiveEnd, LiveGrant, Usage};
use crowfly_core::quota::Limits;
use crowfly_core::{Fault, Granting, Row};

use super::apply::Update;
use super::open::{failed, in_transaction, usage};
use super::{Table, condition_held, key, status};
use crate::item::{number, text};

impl GrantLive for Table {
    async fn grant_live(
        &self,
        seen: &Row,
        next: Granting,
        limits: Limits,
        now_ms: u64,
    ) -> Result<LiveGrant, Fault> {
        let mut update = Update::default();
        update.set("grantedParts", number(next.granted.parts.into()));
        if let Some(last) = next.granted.last {
            update.set("lastPart", number(last.number.into()));
            update.set("lastBytes", number(last.size));
        }
        update.set("activeAt", number(now_ms));
        let limits = Limits {
            uploads: 0,
            bytes: limits.bytes,
        };
        let condition = unchanged(&mut update, seen);
        self.recount(seen, update, &condition, next.bytes, limits)
            .await
    }
}

impl EndLive for Table {
    async fn end_live(&self, seen: &Row, end: &LiveEnd) -> Result<bool, Fault> {
        let mut update = Update::default();
        let mut condition = unchanged(&mut update, seen);
        update.set("size", number(end.size));
        match end.by {
            EndedBy::Client {
                crc64nvme,
                duration_ms,
            } => {
                update.set("sizeDeclared", AttributeValue::Bool(true));
                update.remove("truncated");
                if let Some(crc) = crc64nvme {
                    update.set("clientCrc64nvme", text(crc));
                    update.set("crc64nvme", text(crc));
                }
                if let Some(duration) = duration_ms {
                    update.set("durationMs", number(duration));
                }
            }
            EndedBy::Sweep => {
                update.set("truncated", AttributeValue::Bool(true));
                for name in ["sizeDeclared", "clientCrc64nvme", "crc64nvme", "durationMs"] {
                    update.remove(name);
                }
                let active_at = seen.open.map(|open| number(open.active_at));
                let used = update.equals("activeAt", "wasActive", active_at);
                condition = format!("{condition} AND {used}");
            }
        }
        let done = self
            .recount(seen, update, &condition, end.size, Limits::default())
            .await?;
        Ok(done == LiveGrant::Done)
    }
}

/// The condition that the upload is pending, and nothing was signed or ended since it was read.
fn unchanged(update: &mut Update, seen: &Row) -> String {
    let live = seen.live.as_ref();
    let granted = live.map(|live| live.granted).unwrap_or_default();
    let yes = |held: bool| held.then_some(AttributeValue::Bool(true));
    let conditions = [
        update.equals("status", "pending", Some(status(UploadStatus::Pending))),
        update.equals("clientSize", "wasSize", Some(number(counted_bytes(seen)))),
        update.equals(
            "grantedParts",
            "wasParts",
            Some(number(granted.parts.into())),
        ),
        update.equals(
            "lastPart",
            "wasLast",
            granted.last.map(|last| number(last.number.into())),
        ),
        update.equals(
            "lastBytes",
            "wasBytes",
            granted.last.map(|last| number(last.size)),
        ),
        update.equals(
            "sizeDeclared",
            "wasDeclared",
            yes(live.is_some_and(|live| live.size_declared)),
        ),
        update.equals("truncated", "wasTruncated", yes(seen.record.truncated)),
    ];
    conditions.join(" AND ")
}

/// What the quota counts of an upload.
fn counted_bytes(row: &Row) -> u64 {
    row.declared.as_ref().map_or(0, |declared| declared.size)
}

impl Table {
    /// Updates a row on `condition`, and has its quota slot count `bytes`.
    async fn recount(
        &self,
        seen: &Row,
        mut update: Update,
        condition: &str,
        bytes: u64,
        limits: Limits,
    ) -> Result<LiveGrant, Fault> {
        update.set("clientSize", number(bytes));
        let before = counted_bytes(seen);
        let counted = seen.open.is_some_and(|open| open.counted) && bytes != before;
        let row = key(&seen.owner, seen.record.id);
        let expression = update.expression();
        if !counted {
            let held = condition_held(self.update(row, &expression, condition, update.values));
            return Ok(if held.await? {
                LiveGrant::Done
            } else {
                LiveGrant::Stale
            });
        }
        let delta = |bytes| Usage { uploads: 0, bytes };
        let quota: TransactWriteItem = match bytes.checked_sub(before) {
            Some(more) => self.add_usage(&seen.owner, delta(more), limits)?,
            None => self.subtract_usage(&seen.owner, delta(before - bytes))?,
        };
        let row = in_transaction(self.step(row, &expression, condition, update.values))?;
        let Some(reasons) = self.transact(&[row, quota]).await? else {
            return Ok(LiveGrant::Done);
        };
        match reasons.as_slice() {
            [row, quota] if !failed(row) && failed(quota) => {
                let full = quota.item().map(usage).unwrap_or_default();
                Ok(LiveGrant::Full(full))
            }
            _ => Ok(LiveGrant::Stale),
        }
    }
}
