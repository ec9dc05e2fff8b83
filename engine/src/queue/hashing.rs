//! Replies of the hasher, and hashing for verification only.

use std::rc::Rc;

use crowfly_contract::{Crc64Nvme, ErrorCode};

use super::Queue;
use super::live::Flight;
use super::retry::Attempt;
use crate::facts::Proof;
use crate::failure::NO_TRACE;
use crate::job::{Job, Place, Slot};
use crate::{Millis, Phase, ReadFailure};

/// How many small hashing jobs count as one in [`Config::hash_window`](crate::Config::hash_window).
const SMALL_JOBS: usize = 8;

impl Queue {
    pub(super) fn hashed(&mut self, job: Job, index: u16, result: Result<Crc64Nvme, ReadFailure>) {
        self.freed(job.id, job.work);
        let crc = match result {
            Ok(crc) => crc,
            Err(ReadFailure::Changed) => return self.fail_hash(job.id, ErrorCode::FileChanged),
            Err(ReadFailure::Unreadable) => return self.unreadable(job.id),
        };
        let Some(upload) = self.uploads.get_mut(job.id) else {
            return;
        };
        let Some(part) = upload.part(index) else {
            return;
        };
        if part.earlier_crc.is_some_and(|earlier| earlier != crc) {
            return self.fail_hash(job.id, ErrorCode::FileChanged);
        }
        upload.parts.hashed(index, crc);
        if !upload.parts.multipart() && !upload.comparing() {
            // The item of a create call is shared and repeated unchanged; a file is hashed before that.
            if let Some(item) = Rc::get_mut(&mut upload.item) {
                item.crc64nvme = Some(crc);
            }
        }
        self.compare(job.id, index);
        self.show_progress(job.id);
        self.proceed(job.id);
    }

    /// The file cannot be read. What storage already has stays stored, but unverified.
    fn unreadable(&mut self, id: Slot) {
        let upload = self.uploads.get_mut(id);
        let Some(upload) = upload.filter(|upload| upload.comparing()) else {
            return self.fail_hash(id, ErrorCode::FileUnreadable);
        };
        upload.proof = Proof::Waived;
        upload.doubt = true;
        self.proceed(id);
    }

    fn fail_hash(&mut self, id: Slot, code: ErrorCode) {
        self.fail(id, code, Phase::Hash, &NO_TRACE);
    }

    /// Small files are hashed in groups, as one read of many costs least, while enough others are ready to be sent. One
    /// of a higher priority does not wait with the crowd.
    pub(super) fn gathers(&self) -> bool {
        let (Some(ready), Some(next)) = (self.lanes.hash.first(), self.backlog.first()) else {
            return false;
        };
        let crowd = self.is_small(ready) && self.is_small(next) && ready.key >= next.key;
        let group = self.config.hash_window.saturating_mul(SMALL_JOBS);
        crowd && self.lanes.hash.len() < group && self.lanes.send.len() >= self.window.open()
    }

    /// Whether another hashing job may start; if not, the queue wakes when one has been silent for too long. Small ones
    /// take an eighth of a place each, so that they are read together.
    pub(super) fn may_hash(&mut self, place: Place) -> bool {
        let mut room = self.config.hash_window.max(1).saturating_mul(SMALL_JOBS);
        let mut first = Millis::NEVER;
        for live in &self.live {
            let end = live.moved_at.after(self.config.hash_hold_ms);
            if end > self.now && matches!(live.flight, Flight::Hash(..)) {
                let small = live.total <= self.config.ahead_bytes;
                room = room.saturating_sub(if small { 1 } else { SMALL_JOBS });
                first = first.min(end);
            }
        }
        let fits = room >= if self.is_small(place) { 1 } else { SMALL_JOBS };
        if !fits {
            self.wake_at(first);
        }
        fits
    }

    pub(super) fn hash_stalled(&mut self, job: Job, index: u16) {
        self.freed(job.id, job.work);
        let part = self
            .uploads
            .get(job.id)
            .and_then(|upload| upload.part(index));
        if part.is_some_and(|part| part.hashing.all() > 0) {
            return self.unreadable(job.id);
        }
        let code = ErrorCode::FileUnreadable;
        let attempt = Attempt::Hash(index);
        self.retry(job.id, attempt, code, &NO_TRACE, None);
    }

    /// Storage has the object and reports its checksum, but an earlier page sent part of the file, so this page has
    /// not hashed all of it: the whole file is hashed once more, and storage is asked again.
    pub(super) fn prove(&mut self, id: Slot) {
        self.cut(id, None);
        if let Some(upload) = self.uploads.get_mut(id) {
            upload.proof = Proof::Comparing;
            upload.doubt = false;
            upload.unlisted = false;
        }
        self.proceed(id);
    }
}
