//! What `onEvent` of the application is called with.

use crowfly_engine::{Retry, State};
use wasm_bindgen::JsValue;

use super::Driver;
use crate::entry::Entry;
use crate::object::ObjectBuilder;
use crate::page::notify;
use crate::summary::Turn;

impl Driver {
    /// An event without details, if the application wants any, and sees the upload.
    fn event(&self, entry: &Entry, kind: &str) -> Option<ObjectBuilder> {
        let wanted = self.settings.on_event.is_set() && !entry.hidden.get();
        wanted.then(|| {
            ObjectBuilder::new()
                .with("type", kind)
                .with("upload", entry.id.to_text())
        })
    }

    fn report(&self, event: ObjectBuilder) {
        notify(self.settings.on_event.get(), event.freeze());
    }

    /// An upload enters a state.
    pub(super) fn set_state(&self, entry: &Entry, state: State) {
        let (left, turn) = (entry.state.get(), &entry.summary.turn);
        entry.set_state(state);
        let kind = match (state, turn.get()) {
            (State::Waiting, _) => "waiting",
            (State::Hashing | State::Uploading, now) => {
                turn.set(Turn::Going);
                match (now, left) {
                    (Turn::First, _) => "started",
                    (Turn::Later, _) | (_, State::Paused | State::Waiting) => "resumed",
                    _ => return,
                }
            }
            _ => return,
        };
        if let Some(event) = self.event(entry, kind) {
            self.report(event);
        }
    }

    /// Storage has taken a part, or the whole.
    pub(super) fn report_part(&self, entry: &Entry, number: Option<u32>, bytes: f64) {
        if let Some(event) = self.event(entry, "part") {
            self.report(event.with("number", number).with("bytes", bytes));
        }
    }

    /// A step has failed and is done again.
    pub(super) fn report_retried(&self, entry: &Entry, retry: &Retry) {
        if let Some(event) = self.event(entry, "retried") {
            let event = event
                .with("code", retry.code.as_str())
                .with("phase", retry.phase.as_str())
                .with("status", retry.status)
                .with("number", retry.part)
                .with("attempt", retry.attempt)
                .with("delayMs", retry.delay_ms as f64);
            self.report(event);
        }
    }

    /// An upload is stored or has failed; `what` says more.
    pub(super) fn report_end(&self, entry: &Entry, kind: &str, name: &str, what: JsValue) {
        if let Some(event) = self.event(entry, kind) {
            self.report(
                event
                    .with(name, what)
                    .with("summary", entry.summary.to_page()),
            );
        }
    }

    /// An upload has failed.
    pub(super) fn fail(&self, entry: &Entry, error: JsValue) {
        entry.fail(error.clone());
        self.report_end(entry, "failed", "error", error);
    }
}
