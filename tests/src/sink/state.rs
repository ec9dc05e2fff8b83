use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use crowfly_contract::{
    Crc64Nvme, CreateItem, ObjectKey, PartPlan, PlanKind, Record, UploadId, UploadStatus,
};
use crowfly_engine::crc64::combine;

use super::stats::{MOST_LISTED, Stats, UploadStats};

/// All uploads and all counts.
#[derive(Debug)]
pub(super) struct State {
    inner: Mutex<Inner>,
    began: Instant,
    grant_life_ms: u64,
    open_uploads: Option<usize>,
}

#[derive(Debug, Default)]
pub(super) struct Inner {
    pub(super) stats: Stats,
    pub(super) uploads: BTreeMap<UploadId, Upload>,
    /// In the order of creation.
    pub(super) order: Vec<UploadId>,
    running: u64,
    first_request: Option<Instant>,
}

/// One upload.
#[derive(Debug)]
pub(super) struct Upload {
    pub(super) item: CreateItem,
    pub(super) key: ObjectKey,
    pub(super) plan: PlanKind,
    /// By part number; 0 is a single PUT.
    pub(super) held: BTreeMap<u32, Held>,
    pub(super) aborted: bool,
    pub(super) completed: bool,
    /// The whole object's checksum, once completed.
    pub(super) crc64nvme: Option<Crc64Nvme>,
    /// The checksum that the client declared.
    pub(super) announced: Option<Crc64Nvme>,
    pub(super) created: Instant,
    pub(super) created_at: u64,
    pub(super) seen: Seen,
}

/// What the counts report about one upload.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub(super) bytes: u64,
    pub(super) first_byte_ms: Option<u64>,
    pub(super) complete_ms: Option<u64>,
    pub(super) sent_twice: Vec<u32>,
}

/// A part, or a whole object, that was received in full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Held {
    pub(super) size: u64,
    pub(super) crc64nvme: Option<Crc64Nvme>,
}

impl State {
    pub(super) fn new(grant_life_ms: u64, open_uploads: Option<usize>) -> Self {
        Self {
            inner: Mutex::default(),
            began: Instant::now(),
            grant_life_ms,
            open_uploads,
        }
    }

    /// Takes a slot in the quota of open uploads, if there is one.
    pub(super) fn take_place(&self, inner: &mut Inner) -> bool {
        let open = |upload: &&Upload| !upload.completed && !upload.aborted;
        let Some(most) = self.open_uploads else {
            return true;
        };
        let open = inner.uploads.values().filter(open).count();
        if open >= most {
            inner.stats.quota_refusals += 1;
            return false;
        }
        let open = u64::try_from(open).unwrap_or(u64::MAX);
        inner.stats.most_open = inner.stats.most_open.max(open.saturating_add(1));
        true
    }

    pub(super) fn grant_life_ms(&self) -> u64 {
        self.grant_life_ms
    }

    /// When a grant given now expires, in milliseconds of this sink's clock.
    pub(super) fn grant_end(&self) -> u64 {
        ms_since(self.began) + self.grant_life_ms
    }

    /// Whether a grant that expires at `end` has expired.
    pub(super) fn grant_is_over(&self, end: u64) -> bool {
        ms_since(self.began) > end
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn reset(&self) {
        let mut inner = self.lock();
        let running = inner.running;
        *inner = Inner {
            running,
            ..Inner::default()
        };
    }

    pub(super) fn stats(&self) -> Stats {
        let inner = self.lock();
        let listed = inner.order.iter().take(MOST_LISTED).filter_map(|id| {
            let upload = inner.uploads.get(id)?;
            Some(UploadStats {
                id: id.to_string(),
                size: upload.item.size,
                bytes: upload.seen.bytes,
                first_byte_ms: upload.seen.first_byte_ms,
                complete_ms: upload.seen.complete_ms,
                sent_twice: upload.seen.sent_twice.clone(),
            })
        });
        Stats {
            listed: listed.collect(),
            ..inner.stats.clone()
        }
    }

    /// The first byte of a body arrived; `None` is a raw one.
    pub(super) fn body_begins(&self, id: Option<UploadId>) {
        let mut inner = self.lock();
        inner.running += 1;
        inner.stats.max_concurrency = inner.stats.max_concurrency.max(inner.running);
        let raw = inner.first_request.map(ms_since);
        match id.and_then(|id| inner.uploads.get_mut(&id)) {
            Some(upload) => {
                let after = ms_since(upload.created);
                upload.seen.first_byte_ms.get_or_insert(after);
            }
            None => {
                inner.stats.raw_first_byte_ms = inner.stats.raw_first_byte_ms.or(raw);
            }
        }
    }

    /// A body ended, complete or not.
    pub(super) fn body_ends(&self, id: Option<UploadId>, bytes: u64) {
        let mut inner = self.lock();
        inner.running = inner.running.saturating_sub(1);
        inner.stats.bytes += bytes;
        if let Some(upload) = id.and_then(|id| inner.uploads.get_mut(&id)) {
            upload.seen.bytes += bytes;
        }
    }

    pub(super) fn request_came(&self, method: &str) {
        let mut inner = self.lock();
        inner.first_request.get_or_insert_with(Instant::now);
        inner.stats.requests += 1;
        inner.stats.preflights += u64::from(method == "OPTIONS");
        inner.stats.puts += u64::from(method == "PUT");
    }
}

impl Upload {
    /// The length of part `number`, or of the whole for 0; `None` outside the plan.
    pub(super) fn expected(&self, number: u32) -> Option<u64> {
        match (self.plan, number) {
            (PlanKind::Single, 0) => Some(self.item.size),
            (PlanKind::Multipart(plan), 1..) => plan
                .part(number)
                .map(|part| part.bytes.end - part.bytes.start),
            _ => None,
        }
    }

    pub(super) fn parts(&self) -> Option<PartPlan> {
        match self.plan {
            PlanKind::Single => None,
            PlanKind::Multipart(plan) => Some(plan),
        }
    }

    /// Whether every part is here.
    pub(super) fn whole(&self) -> bool {
        match self.plan {
            PlanKind::Single => self.held.contains_key(&0),
            PlanKind::Multipart(plan) => {
                self.held.len() == usize::try_from(plan.part_count()).unwrap_or(usize::MAX)
            }
        }
    }

    /// The checksum of the whole, combined from its parts; `None` when one is unknown.
    pub(super) fn combined(&self) -> Option<Crc64Nvme> {
        let mut parts = self.held.values();
        let first = parts.next()?.crc64nvme?;
        parts.try_fold(first, |whole, part| {
            Some(combine(whole, part.crc64nvme?, part.size))
        })
    }

    /// The record as the API returns it.
    pub(super) fn record(&self) -> Record {
        let stored = self.completed;
        let status = match (self.aborted, stored) {
            (true, _) => UploadStatus::Aborted,
            (false, true) => UploadStatus::Stored,
            (false, false) => UploadStatus::Pending,
        };
        Record {
            id: self.item.id,
            status,
            bucket: "bucket".into(),
            key: self.key.clone(),
            name: self.item.name.clone(),
            size: self.item.size,
            media_type: self.item.media_type.clone(),
            visibility: self.item.visibility,
            metadata: self.item.metadata.clone(),
            part_size: self.parts().map(|plan| plan.part_size()),
            crc64nvme: self.crc64nvme.or(self.announced),
            verified: stored && self.crc64nvme.is_some() && self.crc64nvme == self.announced,
            etag: stored.then(|| "0".repeat(32)),
            version_id: None,
            sequencer: None,
            type_mismatch: false,
            seen_type: None,
            withheld: None,
            scan: None,
            url: None,
            created_at: self.created_at,
            stored_at: stored.then_some(self.created_at),
            expires_at: None,
        }
    }
}

pub(super) fn ms_since(moment: Instant) -> u64 {
    u64::try_from(moment.elapsed().as_millis()).unwrap_or(u64::MAX)
}
