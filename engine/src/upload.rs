//! One upload: facts, and the next piece of work that follows from them.
//!
//! Invariant: what comes next is never stored, only derived ([`Upload::next`]), so that pause, resume,
//! retry and abort cannot leave an upload between two phases.

use std::rc::Rc;

use crowfly_contract::{CompleteRequest, CreateItem, Record, Stored};

use crate::job::{Job, Place, Step, Work};
use crate::part::{Part, Tries};
use crate::progress::Ledger;
use crate::uploads::Slot;
use crate::{ChecksumMode, Failure, Millis, NewUpload, Snapshot, State};

#[derive(Debug)]
pub(crate) struct Upload {
    /// The body of the create call, the same each time.
    pub(crate) item: Rc<CreateItem>,
    pub(crate) slot: Slot,
    /// The smaller goes first.
    rank: u32,
    checksum: ChecksumMode,
    pub(crate) parts: Vec<Part>,
    /// The call to the API that waits or runs.
    pub(crate) call: Step,

    /// It may hash and create; before, it waits in the backlog.
    pub(crate) admitted: bool,
    pub(crate) paused: bool,
    pub(crate) aborting: bool,
    /// A create call was sent, so the server may know it.
    pub(crate) maybe_created: bool,
    /// Storage may hold it already: ask before sending again.
    pub(crate) doubt: bool,
    /// To be created in a call of its own: a call with others was refused as a whole.
    pub(crate) solo: bool,
    /// When patience with the server ends, after an abort.
    pub(crate) abort_at: Option<Millis>,
    /// The next request repeats one, so it pays from the bucket.
    pub(crate) owes: bool,

    pub(crate) calling: Tries,
    pub(crate) unauthorized: u32,
    /// Since when storage is said to work on it still, on the budgets' clock.
    pub(crate) working_since: Option<Millis>,

    pub(crate) ledger: Ledger,
    /// Its state may have changed; it has progress to tell.
    pub(crate) touched: bool,
    pub(crate) moved: bool,
    pub(crate) shown: State,
    pub(crate) failure: Option<Rc<Failure>>,
    pub(crate) stored: Option<Rc<Stored>>,
    /// Somebody waits for the record.
    pub(crate) awaited: bool,
    /// Until when it is asked for, on the budgets' clock.
    pub(crate) awaited_until: Option<Millis>,
    pub(crate) record: Option<Rc<Record>>,
}

impl Upload {
    pub(crate) fn new(new: NewUpload, slot: Slot) -> Self {
        Self {
            slot,
            rank: i32::MAX.abs_diff(new.priority),
            checksum: new.checksum,
            parts: vec![Part::whole(new.size)],
            call: Step::Idle,
            admitted: false,
            paused: false,
            aborting: false,
            maybe_created: false,
            doubt: false,
            solo: false,
            abort_at: None,
            owes: false,
            calling: Tries::default(),
            unauthorized: 0,
            working_since: None,
            touched: false,
            moved: false,
            ledger: Ledger::new(new.size),
            shown: State::Queued,
            failure: None,
            stored: None,
            awaited: false,
            awaited_until: None,
            record: None,
            item: Rc::new(CreateItem {
                id: new.id,
                name: new.name,
                size: new.size,
                media_type: new.media_type,
                crc64nvme: None,
                visibility: new.visibility,
                metadata: new.metadata,
            }),
        }
    }

    pub(crate) fn place(&self, work: Work) -> Place {
        Place {
            key: self.rank.into(),
            job: Job {
                id: self.slot,
                work,
            },
        }
    }

    pub(crate) fn ended(&self) -> bool {
        self.shown.ended()
    }

    /// What follows from the facts; `None` while something is under way, or nothing may be.
    pub(crate) fn next(&self) -> Option<Work> {
        let busy = self.call != Step::Idle || self.parts.iter().any(|part| part.step != Step::Idle);
        if busy || self.ended() || (self.paused && !self.aborting) {
            return None;
        }
        if self.aborting {
            return Some(Work::Delete);
        }
        let (index, part) = match (0u32..).zip(&self.parts).find(|(_, part)| !part.done) {
            Some((_, _)) if self.doubt => return Some(Work::Complete),
            Some(found) => found,
            None => return Some(Work::Complete),
        };
        if self.checksum == ChecksumMode::Crc64Nvme && part.crc.is_none() {
            Some(Work::Hash(index))
        } else if part.lease.is_none() {
            Some(Work::Create)
        } else {
            Some(Work::Send(index))
        }
    }

    /// The step that a piece of work moves.
    pub(crate) fn step(&mut self, work: Work) -> Option<&mut Step> {
        match work {
            Work::Hash(index) | Work::Send(index) => self.part(index).map(|part| &mut part.step),
            Work::Create | Work::Complete | Work::Delete => Some(&mut self.call),
        }
    }

    pub(crate) fn part(&mut self, index: u32) -> Option<&mut Part> {
        self.parts.get_mut(usize::try_from(index).ok()?)
    }

    pub(crate) fn steps(&self) -> impl Iterator<Item = Step> + '_ {
        self.parts
            .iter()
            .map(|part| part.step)
            .chain(std::iter::once(self.call))
    }

    pub(crate) fn running(&self) -> bool {
        self.steps().any(|step| matches!(step, Step::Running(..)))
    }

    /// The state to show; `held` says whether ready work of a kind cannot start for reasons beyond its
    /// turn.
    pub(crate) fn state(&self, held: impl Fn(Work) -> bool) -> State {
        if self.ended() {
            return self.shown;
        }
        if self.aborting {
            return State::Waiting;
        }
        if self.paused {
            return State::Paused;
        }
        let (mut hashing, mut waiting, mut ready) = (false, false, false);
        for step in self.steps() {
            match step {
                Step::Running(_, Work::Hash(_)) => hashing = true,
                Step::Running(..) => return State::Uploading,
                Step::Delayed(..) => waiting = true,
                Step::Ready(work) if held(work) => waiting = true,
                Step::Ready(_) => ready = true,
                Step::Idle => {}
            }
        }
        match self.shown {
            _ if hashing => State::Hashing,
            _ if waiting => State::Waiting,
            State::Hashing | State::Uploading if ready => self.shown,
            _ => State::Queued,
        }
    }

    /// Brings the ledger up to date. Returns whether there is something to show.
    pub(crate) fn count(&mut self) -> bool {
        let (mut hashed, mut sent) = (0u64, 0u64);
        for part in &self.parts {
            let whole = part.size();
            hashed = hashed.saturating_add(if part.crc.is_some() {
                whole
            } else {
                part.hashed.min(whole)
            });
            sent = sent.saturating_add(if part.done {
                whole
            } else {
                part.sent.min(whole)
            });
        }
        self.ledger.moved(hashed, sent)
    }

    /// Takes a fresh budget; what is known about the bytes stays.
    pub(crate) fn forgive(&mut self) {
        self.paused = false;
        self.calling = Tries::default();
        self.unauthorized = 0;
        self.working_since = None;
        self.solo = false;
        self.owes = false;
        self.failure = None;
        for part in &mut self.parts {
            part.forgive();
        }
    }

    pub(crate) fn complete_body(&self) -> CompleteRequest {
        CompleteRequest {
            crc64nvme: self.item.crc64nvme,
        }
    }

    pub(crate) fn snapshot(&self) -> Snapshot {
        Snapshot {
            id: self.item.id,
            name: self.item.name.clone(),
            state: self.shown,
            progress: self.ledger.shown(),
            failure: self.failure.clone(),
            stored: self.stored.clone(),
        }
    }
}
