//! State and progress events: emitted at the end of a drain, once each.

use std::rc::Rc;

use crowfly_contract::ErrorCode;

use super::Queue;
use crate::failure::Trace;
use crate::job::{Slot, Work};
use crate::{Event, Failure, Millis, Phase, Retry, State};

impl Queue {
    pub(super) fn emit_states(&mut self) {
        let (offline, now) = (self.link.offline(), self.now);
        let held = self.throttle.create_until().max(self.throttle.api_until());
        let no_call = offline || now < self.throttle.api_until();
        for id in std::mem::take(&mut self.touched) {
            let Some(upload) = self.uploads.get_mut(id) else {
                continue;
            };
            upload.touched = false;
            let quota = if upload.has_place() {
                Millis::default()
            } else {
                self.throttle.quota_until()
            };
            let no_create = offline || now < held.max(quota);
            let no_sign = no_call || now < upload.sign_at;
            let state = upload.state(|work| match work {
                Work::Hash(_) | Work::Save => false,
                Work::Send(_) => offline,
                Work::Sign(_) => no_sign,
                Work::Create => no_create,
                Work::List | Work::Complete | Work::Delete => no_call,
            });
            if state != upload.shown {
                upload.shown = state;
                if state != State::Uploading {
                    upload.ledger.rest();
                }
                self.emit_state(id, state);
            }
        }
    }

    pub(super) fn emit_progress(&mut self) {
        if self.moved.is_empty() || self.now < self.frame_at() {
            return;
        }
        self.progress_at = Some(self.now);
        for id in std::mem::take(&mut self.moved) {
            if let Some(upload) = self.uploads.get_mut(id)
                && std::mem::take(&mut upload.moved)
            {
                if upload.shown == State::Uploading {
                    upload.ledger.measure(self.now);
                }
                let progress = upload.ledger.shown();
                self.emit(Event::Progress {
                    upload: self.uploads.name(id),
                    progress,
                });
            }
        }
    }

    pub(super) fn emit_state(&mut self, id: Slot, state: State) {
        let upload = self.uploads.name(id);
        self.emit(Event::State { upload, state });
    }

    pub(super) fn emit_retried(
        &mut self,
        id: Slot,
        (code, phase): (ErrorCode, Phase),
        trace: &Trace,
        attempt: u32,
        delay_ms: u64,
    ) {
        let retry = Retry {
            code,
            phase,
            status: trace.status,
            part: trace.part,
            attempt,
            delay_ms,
        };
        let upload = self.uploads.name(id);
        self.emit(Event::Retried { upload, retry });
    }

    pub(super) fn emit_processing_failed(&mut self, id: Slot, failure: Rc<Failure>) {
        let upload = self.uploads.name(id);
        self.emit(Event::ProcessingFailed { upload, failure });
    }

    pub(super) fn frame_at(&self) -> Millis {
        self.progress_at
            .map_or(self.now, |at| at.after(self.config.frame_ms))
    }
}
