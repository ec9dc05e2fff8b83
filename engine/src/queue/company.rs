//! How long those who are ready to be created wait for others to share a call with.
//!
//! The number of calls must not depend on how fast files become ready. So a call that is not full goes out
//! only when sending would have nothing to do otherwise, and then only with twice as many as the last one
//! of its kind: after seven of them, however long the crowd, all calls are full.

use super::Queue;
use super::live::Flight;
use crate::Millis;
use crate::job::{Place, Slot, Work};

/// What is remembered of create calls while a crowd goes through.
#[derive(Debug, Default)]
pub(crate) struct Company {
    /// How many shared the last call that was not full; 0 when there was none.
    few: usize,
    /// Place in line, by priority, of the last who was created.
    key: u64,
    /// Since when the oldest upload waits for a create call.
    since: Option<Millis>,
}

impl Company {
    /// An upload is ready to be created.
    pub(super) fn one_waits(&mut self, now: Millis) {
        self.since.get_or_insert(now);
    }

    /// A create call went out; `left` says whether it left uploads behind.
    pub(super) fn went_out(&mut self, now: Millis, left: bool) {
        self.since = left.then_some(now);
    }
}

impl Queue {
    /// Until when the next create call waits for others; a moment that is past if it does not.
    pub(super) fn company_until(&mut self) -> Millis {
        let since = self.company.since.unwrap_or(self.now);
        let ready = self.lanes.create.len();
        let enough = self.config.ahead_small.min(self.throttle.create_batch());
        let Some(first) = self.lanes.create.first() else {
            return Millis::NEVER;
        };
        let alone = self
            .uploads
            .get(first.job.id)
            .is_some_and(|upload| upload.solo);
        if ready >= enough || alone {
            return since;
        }
        if !self.more_to_create() {
            (self.company.few, self.company.key) = (0, 0);
            return since;
        }
        let idle = self.counts.creating == 0
            && self.lanes.send.is_empty()
            && self.counts.send < self.window.open();
        let twice = self.company.few.saturating_add(self.company.few);
        if (idle && ready >= twice) || first.key < self.company.key {
            since.after(self.config.linger_ms)
        } else {
            since.after(self.config.busy_linger_ms)
        }
    }

    /// So many went into a create call, this one as the last.
    pub(super) fn note_company(&mut self, last: Slot, count: usize) {
        if let Some(upload) = self.uploads.get(last) {
            self.company.key = upload.place(Work::Create).key;
        }
        let full = count >= self.config.ahead_small.min(self.throttle.create_batch());
        if !full && self.more_to_create() {
            self.company.few = count;
        }
    }

    /// Whether others will be ready to be created in a while.
    fn more_to_create(&self) -> bool {
        let saving = self.lanes.save.len().saturating_add(self.counts.save);
        // They come as soon as others have been sent; large ones do not come in crowds.
        let backlog = self.backlog.first();
        let backlog = backlog.is_some_and(|place| self.room(place) >= self.config.ahead_small);
        saving > 0
            || backlog
            || self
                .lanes
                .hash
                .all()
                .iter()
                .any(|place| self.is_single(*place))
            || self.live.iter().any(|live| match live.flight {
                Flight::Hash(job, _) => self.is_single(Place { key: 0, job }),
                _ => false,
            })
    }

    /// Hashing it leads to a create call; parts of others have theirs.
    fn is_single(&self, place: Place) -> bool {
        let upload = self.uploads.get(place.job.id);
        upload.is_some_and(|upload| !upload.parts.multipart())
    }
}
