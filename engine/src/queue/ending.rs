//! The three ways an upload ends, and the cleanup they require.

use std::rc::Rc;

use crowfly_contract::{ErrorCode, Stored};

use super::Queue;
use crate::facts::{Awaited, Control, Proof};
use crate::failure::{NO_TRACE, Trace};
use crate::job::{Place, Slot, Step, Work};
use crate::{ChecksumMode, Event, Failure, Phase, State};

impl Queue {
    /// Permanent failure. An upload that is being aborted continues with the abort.
    pub(super) fn fail(&mut self, id: Slot, code: ErrorCode, phase: Phase, trace: &Trace) {
        match self.alive(id) {
            Some(upload) if upload.aborting() => self.proceed(id),
            Some(_) => {
                let unreached = self.unreached(code, phase);
                self.fail_now(id, Failure::of(code, phase, trace, unreached));
            }
            None => {}
        }
    }

    pub(super) fn fail_now(&mut self, id: Slot, failure: Rc<Failure>) {
        let Some(awaited) = self.end(id, State::Failed) else {
            return;
        };
        if let Some(upload) = self.uploads.get_mut(id) {
            upload.failure = Some(failure.clone());
        }
        self.settle_journal(id, State::Failed, false);
        self.emit(Event::Failed {
            upload: self.uploads.name(id),
            failure: failure.clone(),
        });
        if awaited {
            self.emit_processing_failed(id, failure);
        }
    }

    /// Aborted: on the server too, or after the time limit for that.
    pub(super) fn end_aborted(&mut self, id: Slot, on_server: bool) {
        let Some(awaited) = self.end(id, State::Aborted) else {
            return;
        };
        self.settle_journal(id, State::Aborted, on_server);
        self.emit(Event::Aborted {
            upload: self.uploads.name(id),
        });
        if awaited {
            let failure = Failure::new(ErrorCode::Aborted, Phase::Process, &NO_TRACE);
            self.emit_processing_failed(id, failure);
        }
    }

    pub(super) fn end_stored(&mut self, id: Slot, stored: Stored) {
        let Some(upload) = self.alive(id) else { return };
        let verified = upload.proves(stored.crc64nvme);
        let hoped = upload.checksum.hashes() && upload.proof != Proof::Waived;
        if !verified && upload.checksum == ChecksumMode::Crc64NvmeRequired {
            return self.fail(id, ErrorCode::Unverified, Phase::Complete, &NO_TRACE);
        }
        let stored = Rc::new(stored);
        upload.ledger.finish();
        upload.stored = Some(stored.clone());
        if verified {
            upload.proof = Proof::Verified;
        }
        let progress = upload.ledger.shown();
        self.emit(Event::Progress {
            upload: self.uploads.name(id),
            progress,
        });
        let awaited = self.end(id, State::Stored);
        self.settle_journal(id, State::Stored, false);
        let upload = self.uploads.name(id);
        if hoped && !verified && !std::mem::replace(&mut self.unverified_emitted, true) {
            self.emit(Event::Unverified { upload });
        }
        self.emit(Event::Stored {
            upload,
            stored,
            verified,
        });
        if awaited == Some(true) {
            self.join_poll(id);
        }
    }

    /// Stops everything the upload runs. Returns whether its record is awaited; `None` if it had already
    /// ended.
    fn end(&mut self, id: Slot, state: State) -> Option<bool> {
        self.alive(id)?;
        self.stop_bytes(id);
        self.drop_waiting(id);
        self.drop_abort_timer(id);
        let upload = self.alive(id)?;
        let place = upload.place(Work::Create);
        let call = std::mem::take(&mut upload.call);
        upload.ledger.rest();
        upload.control = Control::Run;
        upload.shown = state;
        upload.moved = false;
        let known = upload.maybe_created;
        let awaited = std::mem::take(&mut upload.awaited) != Awaited::No;
        self.leave_backlog(place);
        self.openers.remove(place);
        match call {
            Step::Running(request, Work::Create) => self.leave_create(request, id),
            Step::Running(request, work) => {
                self.cancel(request);
                if work == Work::List {
                    self.unlisted(id);
                }
            }
            _ => {}
        }
        if known && state != State::Failed {
            // It frees a slot on the server.
            self.place_freed();
        }
        self.emit_state(id, state);
        Some(awaited)
    }

    /// Removes ready or delayed work from lanes and timers.
    pub(super) fn drop_waiting(&mut self, id: Slot) {
        let Some(upload) = self.uploads.get_mut(id) else {
            return;
        };
        let place = upload.place(Work::Create);
        let call = upload.call;
        if !matches!(call, Step::Running(..)) {
            upload.call = Step::Idle;
        }
        let parts = upload.parts.active();
        self.openers.remove(place);
        self.withdraw(place, call);
        for index in parts {
            let upload = self.uploads.get_mut(id);
            if let Some(part) = upload.and_then(|upload| upload.part_mut(index))
                && !matches!(part.step, Step::Running(..))
            {
                let step = std::mem::take(&mut part.step);
                self.withdraw(place, step);
            }
        }
    }

    /// Removes one piece of work from its lane or timer.
    pub(super) fn withdraw(&mut self, mut place: Place, step: Step) {
        match step {
            Step::Ready(work) => {
                place.job.work = work;
                self.lanes.of(work).remove(place);
            }
            Step::Delayed(until, work) => {
                place.job.work = work;
                self.delayed.remove(place.at(until));
            }
            _ => {}
        }
    }

    pub(super) fn drop_abort_timer(&mut self, id: Slot) {
        if let Some(upload) = self.uploads.get_mut(id)
            && let Control::Abort(until) = upload.control
        {
            let place = upload.place(Work::Create).at(until);
            self.aborts.remove(place);
        }
    }
}
