//! What must hold for reads of records.

use std::collections::BTreeMap;

use crowfly_contract::ErrorCode;
use crowfly_engine::{Event, Input, ReadId, RequestId};

use super::{Monitor, World};

/// Most reads that are under way at a time.
const WINDOW: usize = 4;
/// Most attempts of one read: four that fail, and two whose token is refused.
const MOST_ATTEMPTS: u32 = 6;

/// All reads of a page.
#[derive(Debug, Default)]
pub struct Reads {
    /// Attempts of those that have not ended.
    open: BTreeMap<ReadId, u32>,
    live: BTreeMap<RequestId, ReadId>,
    /// How each one ended that did, from the first on; `None` with its result.
    pub endings: Vec<(ReadId, Option<ErrorCode>)>,
    pub attempts: u32,
}

impl Monitor {
    pub(super) fn read_input(&mut self, input: &Input) {
        match input {
            Input::Read(id) => {
                self.reads.open.entry(*id).or_default();
            }
            Input::Reply { request, .. } => drop(self.reads.live.remove(request)),
            _ => {}
        }
    }

    pub(super) fn read_given_up(&mut self, id: ReadId) {
        self.reads.open.remove(&id);
    }

    pub(super) fn read_command(&mut self, request: RequestId, id: ReadId) {
        self.reads.attempts += 1;
        let attempts = self.reads.open.get_mut(&id).map(|attempts| {
            *attempts += 1;
            *attempts
        });
        self.check(attempts.is_some_and(|most| most <= MOST_ATTEMPTS), || {
            format!("{id:?} is not under way, or once too often: {attempts:?}")
        });
        let twice = self.reads.live.values().any(|other| *other == id);
        self.check(!twice, || format!("{id:?} has two calls at a time"));
        self.reads.live.insert(request, id);
        let live = self.reads.live.len();
        self.check(live <= WINDOW, || format!("{live} reads at a time"));
    }

    /// Returns whether the request was a read's.
    pub(super) fn read_cancelled(&mut self, request: RequestId) -> bool {
        self.reads.live.remove(&request).is_some()
    }

    pub(super) fn read_ended(&mut self, id: ReadId, code: Option<ErrorCode>) {
        let open = self.reads.open.remove(&id).is_some();
        self.check(open, || format!("{id:?} ended, but was not under way"));
        let live = self.reads.live.values().any(|other| *other == id);
        self.check(!live, || format!("{id:?} has ended, but its call is out"));
        self.reads.endings.push((id, code));
    }

    pub(super) fn check_reads(&mut self) {
        let (open, live) = (self.reads.open.len(), self.reads.live.len());
        self.check(open == 0 && live == 0, || {
            format!("{open} reads never ended, {live} run")
        });
    }

    /// The page is gone, and its reads with it.
    pub(super) fn reads_crashed(&mut self) {
        self.reads.open.clear();
        self.reads.live.clear();
    }
}

impl World {
    pub fn read(&mut self, number: u64) {
        self.input(Input::Read(ReadId(number)));
    }

    /// How the read ended: not, with its result, or with a code.
    pub fn read_ending(&self, number: u64) -> Option<Result<(), ErrorCode>> {
        let mut endings = self.monitor.reads.endings.iter().rev();
        let (_, code) = endings.find(|(id, _)| *id == ReadId(number))?;
        Some(code.map_or(Ok(()), Err))
    }
}

/// Whether the event is the end of a read.
pub(super) fn ends_read(event: &Event) -> bool {
    matches!(event, Event::ReadDone { .. } | Event::ReadFailed { .. })
}
