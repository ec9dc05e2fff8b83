//! How long a ready upload lingers so that others join its `POST /uploads` (as Kafka's `linger.ms`).
//!
//! The number of calls must not depend on how fast files become ready. So a partial call goes out only when
//! sending would soon idle, and then only with twice as many items as the last partial call: after seven of
//! them, however many uploads there are, all calls are full.

use super::Queue;
use super::live::Flight;
use crate::Millis;
use crate::job::{Place, Slot, Step, Work};

/// State of create calls kept between batches.
#[derive(Debug, Default)]
pub(crate) struct Batching {
    /// Items of the last partial call; 0 if there was none.
    last_partial: usize,
    /// Priority of the last created upload, as in its place in the queue.
    key: u64,
    /// Since when the oldest upload has been waiting for a create call.
    since: Option<Millis>,
}

impl Batching {
    /// An upload is ready to be created.
    pub(super) fn upload_ready(&mut self, now: Millis) {
        self.since.get_or_insert(now);
    }

    /// A create call went out; `left` is whether uploads remain.
    pub(super) fn call_sent(&mut self, now: Millis, left: bool) {
        self.since = left.then_some(now);
    }
}

impl Queue {
    /// Until when the next create call lingers; a past moment if it does not.
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
            let id = first.job.id;
            (self.batching.last_partial, self.batching.key) = (0, 0);
            return if self.hashes_first_parts(id) {
                since.after(self.config.first_parts_ms)
            } else {
                since
            };
        }
        // Before the last of them are under way, as the answer takes a while.
        let idle = self.counts.creating == 0 && self.lanes.send.len() < self.window.open();
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

    /// Parts of it are being hashed, which the create call would ask to have signed along.
    fn hashes_first_parts(&self, id: Slot) -> bool {
        let hashing = |step| matches!(step, Step::Running(_, Work::Hash(_)));
        let upload = self.uploads.get(id);
        self.config.first_parts > 0 && upload.is_some_and(|upload| upload.steps().any(hashing))
    }

    /// A create call went out with this many items, this one being the last.
    pub(super) fn note_batch(&mut self, last: Slot, count: usize) {
        if let Some(upload) = self.uploads.get(last) {
            self.batching.key = upload.place(Work::Create).key;
        }
        let full = count >= self.config.ahead_small.min(self.throttle.create_batch());
        if !full && self.more_to_create() {
            self.batching.last_partial = count;
        }
    }

    /// Whether other uploads will soon be ready to be created.
    fn more_to_create(&self) -> bool {
        let saving = self.lanes.save.len().saturating_add(self.counts.save);
        // They become ready once others have been sent; large files rarely arrive in bulk.
        let backlog = self.backlog.first();
        let backlog = backlog.is_some_and(|place| self.is_small(place));
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

    /// Hashing it leads to a create call; parts of multipart uploads lead to sign calls.
    fn is_single(&self, place: Place) -> bool {
        let upload = self.uploads.get(place.job.id);
        upload.is_some_and(|upload| !upload.parts.multipart())
    }
}
