//! A command without its answer: how long it runs, and how far it is.

use super::requests::Flight;
use crate::answer_timeout::Handover;
use crate::{Millis, RequestId};

/// A command without its answer.
#[derive(Debug)]
pub(crate) struct Live {
    pub(crate) request: RequestId,
    pub(crate) flight: Flight,
    pub(crate) started: Millis,
    pub(crate) deadline: Millis,
    /// When the timer fires, which may be before the deadline if that has moved.
    pub(super) armed: Millis,
    /// Of the token that the call carries.
    pub(crate) generation: u32,
    pub(crate) moved_at: Millis,
    pub(crate) moved: u64,
    pub(crate) total: u64,
    /// The start, put off by the time that the computer slept: handing over the body counts from here.
    pub(super) began: Millis,
    /// The first report of progress, put off alike, and what it said.
    pub(super) first_at: Millis,
    pub(super) first_moved: u64,
    /// It got a new chance after a sleep, and has not moved since.
    pub(super) woken: bool,
}

impl Live {
    /// How the body was handed over, now that its last byte was.
    pub(super) fn handover(&self, now: Millis) -> Handover {
        Handover {
            bytes: self.total,
            took_ms: now.since(self.began),
            later_bytes: self.moved.saturating_sub(self.first_moved),
            later_ms: now.since(self.first_at),
        }
    }
}
