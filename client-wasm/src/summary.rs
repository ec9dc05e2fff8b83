//! What one upload takes: requests, bytes, and time by state.

use std::cell::{Cell, RefCell};

use crowfly_engine::State;
use wasm_bindgen::JsValue;

use crate::clock::recent;
use crate::object::ObjectBuilder;

/// The states whose time counts.
const STATES: [State; 5] = [
    State::Queued,
    State::Hashing,
    State::Uploading,
    State::Paused,
    State::Waiting,
];

/// What an event says when an upload begins to move.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Turn {
    /// It has not moved yet.
    #[default]
    First,
    /// An earlier page began it.
    Later,
    /// It moves, or has moved.
    Going,
}

/// Counted from the start of the upload in this page.
#[derive(Default)]
pub(crate) struct Summary {
    pub(crate) turn: Cell<Turn>,
    /// Requests to storage.
    pub(crate) attempts: Cell<f64>,
    /// Bytes of requests that failed or were stopped.
    resent: Cell<f64>,
    /// Milliseconds in each of [`STATES`].
    times: RefCell<[f64; STATES.len()]>,
    /// Since when it is in its state; none before its first.
    since: Cell<Option<u64>>,
}

impl Summary {
    /// The upload leaves a state.
    pub(crate) fn leave(&self, state: State) {
        let now = recent();
        let since = self.since.replace(Some(now)).unwrap_or(now);
        let took = now.saturating_sub(since);
        let place = STATES.iter().position(|counted| *counted == state);
        let mut times = self.times.borrow_mut();
        if let Some(time) = place.and_then(|place| times.get_mut(place)) {
            *time += took as f64;
        }
    }

    /// A request to storage begins.
    pub(crate) fn attempt(&self) {
        self.attempts.set(self.attempts.get() + 1.0);
    }

    /// These bytes of a request are sent again.
    pub(crate) fn lose(&self, bytes: u64) {
        self.resent.set(self.resent.get() + bytes as f64);
    }

    pub(crate) fn to_page(&self) -> JsValue {
        let spent = *self.times.borrow();
        let mut times = ObjectBuilder::new();
        for (place, state) in STATES.iter().enumerate() {
            times = times.with(state.as_str(), spent.get(place).copied());
        }
        ObjectBuilder::new()
            .with("attempts", self.attempts.get())
            .with("bytesResent", self.resent.get())
            .with("ms", times.freeze())
            .freeze()
    }
}
