use std::collections::BTreeMap;

use crowfly_contract::{OwnerId, UploadId, UploadStatus};
use crowfly_core::ports::{
    Advance, AdvanceRate, OpenUploads, Opening, Release, Slot, Touch, Usage,
};
use crowfly_core::quota::Limits;
use crowfly_core::rate::Limited;
use crowfly_core::{Fault, Open, Row};

use super::{Memory, lock, pause};

/// What each owner has open, and its rate timestamps.
#[derive(Default)]
pub(super) struct Quotas {
    usages: BTreeMap<OwnerId, Usage>,
    rate_until: BTreeMap<(OwnerId, Limited), u64>,
}

impl Memory {
    /// Counts `bytes` of an open upload instead of `before`, unless that is over the limit: then what the owner has open.
    pub(super) fn count(
        &self,
        owner: &OwnerId,
        before: u64,
        bytes: u64,
        limits: Limits,
    ) -> Option<Usage> {
        let mut quotas = lock(&self.quotas);
        let usage = quotas.usages.get_mut(owner).unwrap();
        let less = usage.bytes.checked_sub(before).expect("never below none");
        let more = less + bytes;
        if bytes > before && limits.bytes > 0 && more > limits.bytes {
            return Some(*usage);
        }
        usage.bytes = more;
        None
    }

    /// The usage that the quota of the owner has.
    pub fn usage(&self, owner: &OwnerId) -> Usage {
        let quotas = lock(&self.quotas);
        quotas.usages.get(owner).copied().unwrap_or_default()
    }

    /// The usage that the rows of the owner have: the sum of the counted ones.
    pub fn counted(&self, owner: &OwnerId) -> Usage {
        let rows = lock(&self.rows);
        let mine = rows.values().filter(|row| row.owner == *owner);
        mine.filter(|row| row.open.is_some_and(|open| open.counted))
            .fold(Usage::default(), |usage, row| {
                usage.with(row.declared.as_ref().unwrap().size)
            })
    }
}

impl OpenUploads for Memory {
    async fn open_uploads(
        &self,
        owner: &OwnerId,
        new: &[&Row],
        limits: Limits,
    ) -> Result<Opening, Fault> {
        pause().await;
        self.begin_call("open_uploads")?;
        assert!(new.len() <= 50, "more than a transaction takes");
        let mut rows = lock(&self.rows);
        let mut quotas = lock(&self.quotas);
        let existing: Vec<(usize, Row)> = new
            .iter()
            .enumerate()
            .filter_map(|(index, row)| {
                let current = rows.get(&(owner.clone(), row.record.id));
                current.map(|row| (index, row.clone()))
            })
            .collect();
        let usage = quotas.usages.entry(owner.clone()).or_default();
        let all = new
            .iter()
            .fold(*usage, |usage, row| usage.with(row.record.size));
        let full = (!limits.allow(all)).then_some(*usage);
        if full.is_some() || !existing.is_empty() {
            return Ok(Opening::Refused { existing, full });
        }
        *usage = all;
        for row in new {
            rows.insert((owner.clone(), row.record.id), (*row).clone());
        }
        self.end_call("open_uploads", Opening::Done)
    }
}

impl Release for Memory {
    async fn release(&self, owner: &OwnerId, slots: &[Slot]) -> Result<Vec<UploadId>, Fault> {
        pause().await;
        self.begin_call("release")?;
        assert!(slots.len() <= 50, "more than a transaction takes");
        let mut rows = lock(&self.rows);
        let mut quotas = lock(&self.quotas);
        let holds = |slot: &Slot| {
            let row = rows.get(&(owner.clone(), slot.id));
            row.and_then(Row::slot_to_release) == Some(*slot)
        };
        let stale: Vec<UploadId> = slots
            .iter()
            .filter(|slot| !holds(slot))
            .map(|slot| slot.id)
            .collect();
        if !stale.is_empty() {
            return Ok(stale);
        }
        for slot in slots {
            let row = rows.get_mut(&(owner.clone(), slot.id)).unwrap();
            let stays = slot.watched_until.is_some() || slot.unnotified;
            row.open = row.open.filter(|_| stays).map(|open| Open {
                counted: false,
                sweep_at: slot.watched_until.unwrap_or(open.sweep_at),
                ..open
            });
            if let Some(bytes) = slot.counted {
                let usage = quotas.usages.get_mut(owner).unwrap();
                usage.uploads = usage.uploads.checked_sub(1).expect("never below none");
                usage.bytes = usage.bytes.checked_sub(bytes).expect("never below none");
            }
        }
        self.end_call("release", stale)
    }
}

impl Touch for Memory {
    async fn touch(&self, owner: &OwnerId, id: UploadId, now_ms: u64) -> Result<(), Fault> {
        self.begin_call("touch")?;
        let mut rows = lock(&self.rows);
        let row = rows
            .get_mut(&(owner.clone(), id))
            .filter(|row| row.record.status == UploadStatus::Pending);
        if let Some(open) = row.and_then(|row| row.open.as_mut()) {
            open.active_at = now_ms;
        }
        Ok(())
    }
}

impl AdvanceRate for Memory {
    async fn advance_rate(
        &self,
        owner: &OwnerId,
        of: Limited,
        advance: Advance,
    ) -> Result<Result<(), u64>, Fault> {
        pause().await;
        self.begin_call("advance_rate")?;
        let mut quotas = lock(&self.quotas);
        let until = quotas.rate_until.entry((owner.clone(), of)).or_default();
        Ok(match advance {
            Advance::Extend { now, latest, step } if *until > now && *until <= latest => {
                *until += step;
                Ok(())
            }
            Advance::Restart { now, step } if *until <= now => {
                *until = now + step;
                Ok(())
            }
            _ => Err(*until),
        })
    }
}
