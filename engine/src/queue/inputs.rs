//! Inputs from the user and the browser.

use crowfly_contract::limits::MAX_OBJECT_BYTES;
use crowfly_contract::{ErrorCode, UploadId};

use super::Queue;
use crate::facts::Control;
use crate::failure::NO_TRACE;
use crate::job::{Place, Slot, Step, Work};
use crate::upload::Upload;
use crate::{AddRefusal, Command, Failure, LIVE, Millis, NewUpload, Phase, State};

impl Queue {
    /// Adds an upload at `now`; then drain the outputs as after an input. An upload that is accepted always ends in an
    /// event.
    ///
    /// # Errors
    /// [`AddRefusal`], after which there is no event of `new`.
    pub fn add(&mut self, now: Millis, new: NewUpload) -> Result<(), AddRefusal> {
        self.begin(now);
        let added = self.take_in(new);
        self.fire_timers();
        added
    }

    /// Drops an upload that has ended. Ignored while it is active.
    pub fn forget(&mut self, id: UploadId) {
        if let Some(id) = self.uploads.slot(id)
            && self.uploads.get(id).is_some_and(Upload::ended)
        {
            self.leave_poll(id);
            self.uploads.remove(id);
        }
    }

    fn take_in(&mut self, new: NewUpload) -> Result<(), AddRefusal> {
        let size = new.size;
        if self.uploads.slot(new.id).is_some() {
            return Err(AddRefusal::KnownId);
        }
        let id = self.uploads.next_slot();
        let live = new.live.filter(|_| LIVE);
        let upload = Upload::new(new, id);
        self.uploads.insert(upload);
        if let Some(recording) = live {
            self.take_recording(id, recording);
        }
        self.join_backlog(id);
        self.emit_state(id, State::Queued);
        if self.closed {
            self.fail(id, ErrorCode::Closed, Phase::Create, &NO_TRACE);
        } else if size > MAX_OBJECT_BYTES {
            self.fail(id, ErrorCode::TooLarge, Phase::Create, &NO_TRACE);
        }
        Ok(())
    }

    fn join_backlog(&mut self, id: Slot) {
        let Some(upload) = self.uploads.get(id) else {
            return;
        };
        let place = upload.place(Work::Create);
        if upload.has_place() {
            self.holders.insert(place);
        }
        self.backlog.insert(place);
    }

    pub(super) fn leave_backlog(&mut self, place: Place) {
        self.backlog.remove(place);
        self.holders.remove(place);
    }

    pub(super) fn pause(&mut self, id: Slot) {
        let Some(upload) = self.alive(id).filter(|upload| !upload.aborting()) else {
            return;
        };
        upload.control = Control::Pause;
        let place = upload.place(Work::Create);
        self.leave_backlog(place);
        self.stop_bytes(id);
        self.drop_waiting(id);
        self.touch(id);
    }

    pub(super) fn resume(&mut self, id: Slot) {
        let Some(upload) = self.alive(id).filter(|upload| upload.paused()) else {
            return;
        };
        upload.control = Control::Run;
        for part in upload.parts.all_mut() {
            part.sending = Default::default();
        }
        if upload.admitted {
            self.proceed(id);
        } else {
            self.join_backlog(id);
        }
        self.touch(id);
    }

    pub(super) fn abort(&mut self, id: Slot) {
        let until = self.now.after(self.config.abort_ms);
        let closed = self.closed;
        let Some(upload) = self.uploads.get_mut(id) else {
            return;
        };
        if upload.shown == State::Failed && upload.maybe_created && !closed {
            // The server reserves a slot for it, which this frees.
            upload.forgive();
            upload.shown = State::Queued;
            self.emit_state(id, State::Queued);
        }
        let Some(upload) = self.alive(id).filter(|upload| !upload.aborting()) else {
            return;
        };
        if upload.parts.all_done() && !upload.parts.multipart() {
            // Acknowledged bytes are kept: only the confirmation is missing.
            upload.control = Control::Run;
            return self.proceed(id);
        }
        upload.control = Control::Abort(until);
        let known = upload.maybe_created;
        let noted = (known && upload.saved).then_some(upload.item.id);
        let call = upload.call;
        let place = upload.place(Work::Create);
        self.leave_backlog(place);
        self.stop_bytes(id);
        self.drop_waiting(id);
        // The result of a create call must be known before the upload can be cancelled.
        if let Step::Running(request, Work::List | Work::Complete | Work::Save) = call {
            self.cancel(request);
            self.freed(id, Work::Complete);
        }
        if let Some(upload) = noted {
            self.order(Command::NoteCancel { upload });
        }
        if known {
            self.aborts.insert(place.at(until));
            if let Some(upload) = self.uploads.get_mut(id) {
                upload.calling = Default::default();
            }
            self.proceed(id);
            self.touch(id);
        } else {
            self.end_aborted(id, false);
        }
    }

    pub(super) fn retry_failed(&mut self, id: Slot) {
        let Some(upload) = self.uploads.get_mut(id) else {
            return;
        };
        if upload.shown != State::Failed || self.closed {
            return;
        }
        upload.forgive();
        upload.shown = State::Queued;
        upload.admitted = false;
        self.join_backlog(id);
        self.emit_state(id, State::Queued);
    }

    pub(super) fn go_online(&mut self) {
        if self.link.go_online(self.now) {
            self.slowest_step_ms = 0;
            self.touch_all();
            // Work that backed off because of the network can go at once.
            self.retry_lost_now();
        }
    }

    pub(super) fn close(&mut self) {
        self.closed = true;
        for id in self.uploads.all() {
            if self.alive(id).is_some() {
                self.fail_now(id, Failure::new(ErrorCode::Closed, Phase::Send, &NO_TRACE));
            }
        }
        self.fail_all_reads(ErrorCode::Closed);
        self.stop_poll(ErrorCode::Closed);
        while let Some(live) = self.live.first() {
            let request = live.request;
            self.cancel(request);
        }
    }
}
