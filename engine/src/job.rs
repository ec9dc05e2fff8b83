//! One piece of work of one upload, its step, and its place in a queue.

use crate::{Millis, Phase, RequestId};

/// Names an upload within the queue: its number in the order of adding, never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Slot(pub(crate) u32);

/// What there is to do. A part is named by its index, from 0: no plan has more parts than sixteen bits count.
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
    /// The word for it in a failure.
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

    /// The part that it is for; `None` when it is for the upload as a whole.
    pub(crate) fn part(self) -> Option<u16> {
        match self {
            Self::Hash(index) | Self::Sign(index) | Self::Send(index) => Some(index),
            _ => None,
        }
    }
}

/// Work and whose it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Job {
    pub(crate) id: Slot,
    pub(crate) work: Work,
}

/// How far a piece of work is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Step {
    /// There is none.
    #[default]
    Idle,
    /// In its lane.
    Ready(Work),
    /// A command is out.
    Running(RequestId, Work),
    /// It waits for a moment.
    Delayed(Millis, Work),
}

/// A place in a queue: the smaller key first, then the order of adding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    /// The priority turned round, or a moment.
    pub(crate) key: u64,
    pub(crate) job: Job,
}

impl Place {
    /// The same, but due at a moment.
    pub(crate) fn at(self, moment: Millis) -> Self {
        Self {
            key: moment.0,
            ..self
        }
    }
}
