//! How long a ready upload lingers so that others join its `POST /uploads` (as Kafka's `linger.ms`).
//!
//! The number of calls must not depend on how fast files become ready. So a call that is not full goes out
//! only when sending would have nothing to do otherwise, and then only with twice as many items as the last one
//! of its kind: after seven of them, however many uploads there are, all calls are full.

use super::Queue;
use super::live::Flight;
use crate::Millis;
use crate::job::{Place, Slot, Work};

/// What is remembered of create calls while many uploads go through.
#[derive(Debug, Default)]
pub(crate) struct Batching {
    /// Items of the last call that was not full; 0 when there was none.
    last_partial: usize,
    /// Priority of the last upload that was created, as in its place in the queue.
    key: u64,
    /// Since when the oldest upload waits for a create call.
    since: Option<Millis>,
}

impl Batching {
    /// An upload is ready to be created.
    pub(super) fn upload_ready(&mut self, now: Millis) {
        self.since.get_or_insert(now);
    }

    /// A create call went out; `left` says whether it left uploads behind.
    pub(super) fn call_sent(&mut self, now: Millis, left: bool) {
        self.since = left.then_some(now);
    }
}

impl Queue {
    /// Until when the next create call lingers; a moment that is past if it does not.
    pub(super) fn linger_until(&mut self) -> Millis {
        let since = self.batching.since.unwrap_or(self.now);
        let ready = self.lanes.create.len();
        let enough = self.config.ahead_small.min(self.throttle.create_batch());
        let Some(first) = self.lanes.create.first() else {
            return Millis::NEVER;
        };
        let solo = self
            .uploads
            .get(first.job.id)
            .is_some_and(|upload| upload.solo);
        if ready >= enough || solo {
            return since;
        }
        if !self.more_to_create() {
            (self.batching.last_partial, self.batching.key) = (0, 0);
            return since;
        }
        let idle = self.counts.creating == 0
            && self.lanes.send.is_empty()
            && self.counts.send < self.window.open();
        let twice = self
            .batching
            .last_partial
            .saturating_add(self.batching.last_partial);
        if (idle && ready >= twice) || first.key < self.batching.key {
            since.after(self.config.linger_ms)
        } else {
            since.after(self.config.busy_linger_ms)
        }
    }

    /// A create call has so many items, this one as the last.
    pub(super) fn note_batch(&mut self, last: Slot, count: usize) {
        if let Some(upload) = self.uploads.get(last) {
            self.batching.key = upload.place(Work::Create).key;
        }
        let full = count >= self.config.ahead_small.min(self.throttle.create_batch());
        if !full && self.more_to_create() {
            self.batching.last_partial = count;
        }
    }

    /// Whether others will be ready to be created in a while.
    fn more_to_create(&self) -> bool {
        let saving = self.lanes.save.len().saturating_add(self.counts.save);
        // They come as soon as others have been sent; large ones do not come many at a time.
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
