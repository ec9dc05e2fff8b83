//! Polls for processed records: in rounds, for all awaited uploads together.

use crowfly_contract::{ErrorCode, UploadStatus};

use super::Queue;
use crate::classify::Api;
use crate::facts::Awaited;
use crate::failure::{NO_TRACE, Trace};
use crate::job::{Place, Slot, Work};
use crate::ready_queue::ReadyQueue;
use crate::{Event, Failure, Millis, Phase, State, StatusNews};

/// The awaited uploads, and when to poll.
#[derive(Debug)]
pub(crate) struct Poll {
    /// With the deadline on the budget clock.
    awaited: ReadyQueue,
    /// Still to be polled in this round.
    due: Vec<Slot>,
    /// Calls of this round in flight.
    asking: usize,
    next_round: Millis,
    interval_ms: u64,
}

impl Poll {
    pub(crate) fn new() -> Self {
        Self {
            awaited: ReadyQueue::default(),
            due: Vec::new(),
            asking: 0,
            next_round: Millis::NEVER,
            interval_ms: 0,
        }
    }

    pub(crate) fn has_due(&self) -> bool {
        !self.due.is_empty()
    }

    /// No call of the round is in flight.
    pub(crate) fn is_quiet(&self) -> bool {
        self.asking == 0
    }

    pub(crate) fn take_due(&mut self, most: usize) -> Vec<Slot> {
        self.asking = self.asking.wrapping_add(1);
        let mut taken = Vec::new();
        while taken.len() < most
            && let Some(id) = self.due.pop()
        {
            taken.push(id);
        }
        taken
    }

    fn all(&self) -> Vec<Slot> {
        ids(self.awaited.all())
    }
}

impl Queue {
    pub(super) fn await_processed(&mut self, id: Slot) {
        let Some(upload) = self.uploads.get_mut(id) else {
            return;
        };
        match (upload.shown, &upload.failure) {
            (State::Processed, _) => {
                let upload = self.uploads.name(id);
                self.emit(Event::Processed { upload });
            }
            (State::Failed, Some(failure)) => {
                let failure = failure.clone();
                self.emit_processing_failed(id, failure);
            }
            (State::Aborted, _) => {
                self.processing_failed(id, ErrorCode::Aborted, &NO_TRACE);
            }
            (State::Stored, _) if self.closed => {
                self.processing_failed(id, ErrorCode::Closed, &NO_TRACE);
            }
            (State::Stored, _) => self.join_poll(id),
            _ => upload.awaited = Awaited::OnceStored,
        }
    }

    pub(super) fn join_poll(&mut self, id: Slot) {
        let until = self.link.budget(self.now).after(self.config.processing_ms);
        let Some(upload) = self.uploads.get_mut(id) else {
            return;
        };
        if matches!(upload.awaited, Awaited::Until(_)) {
            return;
        }
        upload.awaited = Awaited::Until(until);
        let place = upload.place(Work::Complete).at(until);
        let first_ms = self.config.poll_first_ms;
        let soon = self.now.after(first_ms);
        let poll = &mut self.poll;
        poll.awaited.insert(place);
        poll.interval_ms = first_ms;
        if poll.asking == 0 && poll.due.is_empty() {
            poll.next_round = poll.next_round.min(soon);
        }
    }

    /// Returns whether it was awaited.
    pub(super) fn leave_poll(&mut self, id: Slot) -> bool {
        let Some(upload) = self.uploads.get_mut(id) else {
            return false;
        };
        let Awaited::Until(until) = upload.awaited else {
            return false;
        };
        upload.awaited = Awaited::No;
        let place = upload.place(Work::Complete).at(until);
        self.poll.awaited.remove(place);
        true
    }

    /// When polling next has work.
    pub(super) fn poll_at(&self) -> Millis {
        let ends = self.poll.awaited.due();
        if ends == Millis::NEVER {
            return ends;
        }
        // The budget clock is paused while offline: no deadline passes then.
        if self.link.offline() {
            return self.poll.next_round;
        }
        let left = ends.since(self.link.budget(self.now));
        self.poll.next_round.min(self.now.after(left))
    }

    pub(super) fn start_poll_round(&mut self) {
        let budget = self.link.budget(self.now);
        while let Some(place) = self.poll.awaited.first()
            && place.key <= budget.0
        {
            let id = place.job.id;
            self.leave_poll(id);
            self.processing_failed(id, ErrorCode::ProcessingTimeout, &NO_TRACE);
        }
        if self.poll.next_round <= self.now {
            self.poll.next_round = Millis::NEVER;
            self.poll.due = self.poll.all();
        }
    }

    pub(super) fn statuses(&mut self, asked: &[Slot], entries: Vec<StatusNews>) {
        for StatusNews {
            id,
            status,
            recorded,
        } in entries
        {
            let Some(id) = self.uploads.slot(id).filter(|id| asked.contains(id)) else {
                continue;
            };
            match (status, recorded) {
                (UploadStatus::Stored, true) => {
                    if self.leave_poll(id)
                        && let Some(upload) = self.uploads.get_mut(id)
                    {
                        upload.shown = State::Processed;
                        self.emit_state(id, State::Processed);
                        let upload = self.uploads.name(id);
                        self.emit(Event::Processed { upload });
                    }
                }
                (UploadStatus::Deleted, _) => {
                    self.all_processing_failed(&[id], ErrorCode::UploadEnded, &NO_TRACE);
                }
                // Aborted and expired are not final for an object that is stored.
                _ => {}
            }
        }
        self.round_answered();
    }

    pub(super) fn status_failed(
        &mut self,
        asked: &[Slot],
        generation: u32,
        verdict: Api,
        trace: &Trace,
    ) {
        match verdict {
            Api::Unauthorized => {
                if self.token.refused(self.now, generation) {
                    self.all_processing_failed(asked, ErrorCode::Unauthenticated, trace);
                }
            }
            Api::Refused(code) => self.all_processing_failed(asked, code, trace),
            Api::Throttled { retry_after_ms, .. } => self.throttle_api(retry_after_ms),
            Api::Lost | Api::Retry { .. } => {}
        }
        self.round_answered();
    }

    /// The token function failed permanently, or the client was closed.
    pub(super) fn stop_poll(&mut self, code: ErrorCode) {
        self.poll.due.clear();
        self.poll.next_round = Millis::NEVER;
        let all = self.poll.all();
        self.all_processing_failed(&all, code, &NO_TRACE);
    }

    fn all_processing_failed(&mut self, ids: &[Slot], code: ErrorCode, trace: &Trace) {
        for id in ids {
            if self.leave_poll(*id) {
                self.processing_failed(*id, code, trace);
            }
        }
    }

    fn processing_failed(&mut self, id: Slot, code: ErrorCode, trace: &Trace) {
        let failure = Failure::new(code, Phase::Process, trace);
        self.emit_processing_failed(id, failure);
    }

    /// One call of the round has returned; after the last one the next round is scheduled.
    fn round_answered(&mut self) {
        self.poll.asking = self.poll.asking.saturating_sub(1);
        if self.poll.asking > 0 || self.poll.has_due() {
            return;
        }
        if self.poll.awaited.is_empty() {
            self.poll.next_round = Millis::NEVER;
            return;
        }
        let interval = self.poll.interval_ms;
        let spread = self.random.up_to(interval / 2);
        let wait = interval.saturating_sub(interval / 4).saturating_add(spread);
        self.poll.next_round = self.now.after(wait);
        self.poll.interval_ms = interval
            .saturating_add(interval / 2)
            .min(self.config.poll_last_ms);
    }
}

fn ids(places: &[Place]) -> Vec<Slot> {
    places.iter().map(|place| place.job.id).collect()
}
