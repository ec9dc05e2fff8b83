//! Live uploads: the source's bytes become parts, up to the limit.

use crowfly_contract::{LivePlan, UploadId};

use super::Queue;
use crate::facts::Control;
use crate::job::{Slot, Step, Work};
use crate::parts::Parts;
use crate::{Event, Recording};

impl Queue {
    /// The source of a live upload has given more, or has ended.
    pub(super) fn recorded(&mut self, id: Slot, recording: Recording) {
        let growing = |live: &Recording| !live.ended && recording.bytes >= live.bytes;
        let Some(upload) = self.uploads.get(id) else {
            return;
        };
        // One that has failed goes on recording, for a retry.
        if upload.live.as_ref().is_some_and(growing) {
            self.take_recording(id, recording);
            self.go_on_growing(id);
        }
    }

    /// What the spool holds. Bytes beyond the limit are left there.
    pub(super) fn take_recording(&mut self, id: Slot, recording: Recording) {
        let Some(upload) = self.uploads.get_mut(id) else {
            return;
        };
        let taken = Recording {
            bytes: recording.bytes.min(upload.limit),
            ..recording
        };
        upload.live = Some(taken);
        upload.parts.grow(taken);
        upload.ledger.recorded(taken.bytes, taken.ended);
        if upload.ended() {
            return;
        }
        let max_bytes = upload.limit;
        let over = recording.given() > max_bytes;
        if over && !std::mem::replace(&mut upload.limit_told, true) {
            let upload = self.uploads.name(id);
            self.emit(Event::LimitReached { upload, max_bytes });
        }
        self.has_moved(id);
    }

    /// Bytes from the start of a file that storage has without a gap.
    #[must_use]
    pub fn settled(&self, id: UploadId) -> u64 {
        let slot = self.uploads.slot(id);
        let upload = slot.and_then(|slot| self.uploads.get(slot));
        upload.map_or(0, |upload| upload.parts.settled())
    }

    /// The server has said how a live upload is split, and how large it may become.
    pub(super) fn live_planned(&mut self, id: Slot, plan: LivePlan, max_bytes: u64) {
        let Some(upload) = self.uploads.get_mut(id) else {
            return;
        };
        upload.limit = upload.limit.min(max_bytes).min(plan.capacity());
        if upload.parts.live_plan() != Some(plan) {
            self.stop_bytes(id);
            self.drop_waiting(id);
            if let Some(upload) = self.uploads.get_mut(id) {
                upload.parts = Parts::live(Some(plan));
            }
        }
        if let Some(live) = self.uploads.get(id).and_then(|upload| upload.live) {
            self.take_recording(id, live);
        }
    }

    /// The first part has other bytes: it is hashed and sent once more.
    pub(super) fn head_changed(&mut self, id: Slot) {
        let Some(upload) = self.alive(id) else {
            return;
        };
        if upload.live.is_none_or(|live| live.ended) {
            return;
        }
        let place = upload.place(Work::Create);
        if let Some(part) = upload.part_mut(0) {
            match part.step {
                // What arrives last counts: the old bytes must not come after the new ones.
                Step::Running(_, Work::Send(_)) => {
                    part.stale = true;
                    return;
                }
                // The grant will not be for these bytes, and is not taken.
                Step::Running(_, Work::Sign(_)) => {}
                step => {
                    part.step = Step::Idle;
                    match step {
                        Step::Running(request, _) => self.cancel(request),
                        step => self.withdraw(place, step),
                    }
                }
            }
        }
        if let Some(upload) = self.uploads.get_mut(id) {
            upload.parts.first_changed();
        }
        self.go_on_growing(id);
    }

    fn go_on_growing(&mut self, id: Slot) {
        if let Some(upload) = self.uploads.get(id)
            && upload.admitted
            && !upload.ended()
            && upload.control == Control::Run
        {
            self.proceed(id);
        }
        self.show_progress(id);
    }
}
