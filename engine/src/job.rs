//! One piece of work of an upload, its step, and its place in a queue.

use crate::{Millis, Phase, RequestId};

/// Identifies an upload within the queue: its index in the order of adding, never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Slot(pub(crate) u32);

/// The kinds of work. Parts are named by index, from 0: no plan has more parts than fit 16 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Work {
    Hash(u16),
    Sign(u16),
    Send(u16),
    Save,
    Create,
    List,
    Complete,
    Delete,
}

impl Work {
    /// The phase reported in a failure.
    pub(crate) fn phase(self) -> Phase {
        match self {
            Self::Hash(_) => Phase::Hash,
            Self::Sign(_) => Phase::Sign,
            Self::Send(_) => Phase::Send,
            Self::Save | Self::Create => Phase::Create,
            Self::List => Phase::List,
            Self::Complete => Phase::Complete,
            Self::Delete => Phase::Abort,
        }
    }

    /// The part it is for; `None` if it is for the whole upload.
    pub(crate) fn part(self) -> Option<u16> {
        match self {
            Self::Hash(index) | Self::Sign(index) | Self::Send(index) => Some(index),
            _ => None,
        }
    }
}

/// Work and the upload it belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Job {
    pub(crate) id: Slot,
    pub(crate) work: Work,
}

/// State of a piece of work.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Step {
    /// There is none.
    #[default]
    Idle,
    /// Ready, in its lane.
    Ready(Work),
    /// A command is in flight.
    Running(RequestId, Work),
    /// Delayed until a moment.
    Delayed(Millis, Work),
}

/// A position in a queue: ordered by key, then by the order of adding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    /// The inverted priority, or a deadline.
    pub(crate) key: u64,
    pub(crate) job: Job,
}

impl Place {
    /// The same with a deadline as the key.
    pub(crate) fn at(self, moment: Millis) -> Self {
        Self {
            key: moment.0,
            ..self
        }
    }
}
