//! One piece of work of one upload, and the lanes in which it waits for its turn.

use crowfly_contract::UploadId;

use crate::line::Line;
use crate::{Millis, RequestId};

/// What there is to do. A part is named by its index, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Work {
    Hash(u32),
    Send(u32),
    Create,
    Complete,
    Delete,
}

/// Work and whose it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Job {
    pub(crate) id: UploadId,
    pub(crate) work: Work,
}

/// Where a piece of work stands.
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

/// A place in line: higher priority first, then the order of adding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub(crate) rank: i64,
    pub(crate) seq: u64,
    pub(crate) job: Job,
}

/// Work that is ready, one line for each kind.
#[derive(Debug, Default)]
pub(crate) struct Lanes {
    pub(crate) hash: Line<Place>,
    pub(crate) send: Line<Place>,
    pub(crate) create: Line<Place>,
    pub(crate) complete: Line<Place>,
    pub(crate) delete: Line<Place>,
}

impl Lanes {
    pub(crate) fn of(&mut self, work: Work) -> &mut Line<Place> {
        match work {
            Work::Hash(_) => &mut self.hash,
            Work::Send(_) => &mut self.send,
            Work::Create => &mut self.create,
            Work::Complete => &mut self.complete,
            Work::Delete => &mut self.delete,
        }
    }
}
