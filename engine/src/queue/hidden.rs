//! Pages whose requests report no upload progress: a service worker answers them, or the client runs in one.
//! Silence is no sign of a stall there, and progress is shown by whole parts. The first progress report ends it.

use super::Queue;
use super::live::{Flight, Live};
use crate::Event;

impl Queue {
    /// From now on requests may be silent.
    pub(super) fn hide_progress(&mut self) {
        if std::mem::replace(&mut self.progress_hidden, true) {
            return;
        }
        for live in &mut self.live {
            if unseen(live) {
                live.deadline = live.started.after(self.config.hidden_patience(live.total));
                live.armed = self.now;
            }
        }
    }

    /// Reports hidden progress, once: a body was answered without any, or has been on its way for a while.
    pub(super) fn report_hidden(&mut self) {
        if !std::mem::replace(&mut self.hidden_emitted, true) {
            self.emit(Event::ProgressHidden);
        }
    }

    /// Whether a request has shown no progress for so long that a person would ask why.
    pub(super) fn is_unseen(&self, live: &Live) -> bool {
        let age = self.now.since(live.started);
        self.progress_hidden && unseen(live) && age >= self.config.first_answer_ms
    }

    /// How long a new request to storage may be silent.
    pub(super) fn send_patience(&self, bytes: u64) -> u64 {
        if bytes == 0 {
            self.config.answer_ms
        } else if self.progress_hidden {
            self.config.hidden_patience(bytes)
        } else {
            self.config.stall_patience(self.slowest_step_ms)
        }
    }
}

/// A body that has not moved as far as is known.
pub(super) fn unseen(live: &Live) -> bool {
    matches!(live.flight, Flight::Send(..)) && live.moved == 0 && live.total > 0
}
