//! The visible state of an upload.

use crate::facts::Proof;
use crate::job::{Step, Work};
use crate::upload::Upload;
use crate::{LIVE, Snapshot, State};

impl Upload {
    /// The state to show; `held` says whether ready work of a kind is blocked by more than its place in the queue.
    pub(crate) fn state(&self, held: impl Fn(Work) -> bool) -> State {
        if self.ended() {
            return self.shown;
        }
        if self.aborting() {
            return State::Waiting;
        }
        if self.paused() {
            return State::Paused;
        }
        let (mut hashing, mut waiting, mut ready) = (false, false, false);
        for step in self.steps() {
            match step {
                Step::Running(_, Work::Hash(_)) => hashing = true,
                Step::Running(..) => return State::Uploading,
                Step::Delayed(..) => waiting = true,
                Step::Ready(work) if held(work) => waiting = true,
                Step::Ready(_) => ready = true,
                Step::Idle => {}
            }
        }
        match self.shown {
            // Later parts are hashed while earlier ones are being sent.
            _ if hashing && self.ledger.shown().confirmed > 0 => State::Uploading,
            _ if hashing => State::Hashing,
            _ if waiting => State::Waiting,
            State::Hashing | State::Uploading if ready => self.shown,
            // It waits for its source alone.
            _ if LIVE && self.item.live && self.multipart_open && !ready => State::Uploading,
            _ => State::Queued,
        }
    }

    /// Updates the progress figures. Returns whether there is something to report.
    pub(crate) fn count(&mut self) -> bool {
        let (hashed, sent, done) = self.parts.counts();
        let confirmed = if self.parts.multipart() { done } else { 0 };
        self.ledger.moved(hashed, sent, confirmed)
    }

    pub(crate) fn snapshot(&self) -> Snapshot {
        Snapshot {
            id: self.item.id,
            name: self.item.name.clone(),
            state: self.shown,
            progress: self.ledger.shown(),
            failure: self.failure.clone(),
            stored: self.stored.clone(),
            verified: self.proof == Proof::Verified,
        }
    }
}
