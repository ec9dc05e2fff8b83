//! One upload: facts from which the next work is derived.
//!
//! Invariant: the next step is never stored, only derived ([`Upload::next_call`], [`Upload::next_part`]), so that
//! pause, resume, retry and abort cannot leave an upload between two phases.

use std::rc::Rc;

use crowfly_contract::{CompleteRequest, Crc64Nvme, CreateItem, FirstParts, StorageKey, Stored};

use crate::facts::{Awaited, Control, Proof};
use crate::failure::Trace;
use crate::job::{Job, Place, Slot, Step, Work};
use crate::part::{Doubt, Part};
use crate::parts::Parts;
use crate::progress::Ledger;
use crate::retry::Tries;
use crate::{ChecksumMode, Failure, LIVE, Millis, NewUpload, Phase, Receipt, Recording, State};

#[derive(Debug)]
pub(crate) struct Upload {
    /// The body of the create call, identical each time.
    pub(crate) item: Rc<CreateItem>,
    pub(crate) slot: Slot,
    /// Smaller goes first.
    rank: u32,
    pub(crate) checksum: ChecksumMode,
    pub(crate) parts: Parts,
    /// What the spool of a live upload holds, up to its limit.
    pub(crate) live: Option<Recording>,
    /// The most bytes that a live upload may have.
    pub(crate) limit: u64,
    pub(crate) limit_told: bool,
    /// The server must be told when storage has the file, whatever storage proves by itself.
    pub(crate) confirm: bool,
    /// The API call or journal write that waits or runs.
    pub(crate) call: Step,

    /// Admitted: it may hash and create; before that it waits in the backlog.
    pub(crate) admitted: bool,
    pub(crate) control: Control,
    /// It is in the journal.
    pub(crate) saved: bool,
    /// The server's quota was full at the last attempt.
    pub(crate) no_place: bool,
    /// A create call was sent, so the server may know it.
    pub(crate) maybe_created: bool,
    /// The server has sent the plan, and its multipart upload is open.
    pub(crate) multipart_open: bool,
    /// Location of the object.
    pub(crate) key: Option<StorageKey>,
    /// Storage may hold parts that an earlier page sent: list them before sending any.
    pub(crate) unlisted: bool,
    /// Storage may already hold the whole object: check before sending again.
    pub(crate) doubt: bool,
    /// Its create call asks to have the first parts signed along.
    pub(crate) asked: bool,
    /// To be created in a call of its own: a shared call was refused as a whole.
    pub(crate) solo: bool,
    /// The next call is a retry: it draws from the retry bucket.
    pub(crate) is_retry: bool,
    /// No sign call before this moment.
    pub(crate) sign_at: Millis,

    pub(crate) calling: Tries,
    pub(crate) signing: Tries,
    pub(crate) unauthorized: u32,
    /// How often storage held other parts, or none any more.
    pub(crate) setbacks: u32,
    /// Since when completion is in progress at storage, on the budget clock.
    pub(crate) working_since: Option<Millis>,

    pub(crate) ledger: Ledger,
    /// Flags for the emit queue: state may have changed; progress to report.
    pub(crate) touched: bool,
    pub(crate) moved: bool,
    pub(crate) shown: State,
    pub(crate) failure: Option<Rc<Failure>>,
    pub(crate) stored: Option<Rc<Stored>>,
    pub(crate) proof: Proof,
    pub(crate) awaited: Awaited,
}

impl Upload {
    pub(crate) fn new(new: NewUpload, slot: Slot) -> Self {
        Self {
            slot,
            rank: i32::MAX.abs_diff(new.priority),
            checksum: new.checksum,
            parts: match new.live {
                Some(_) if LIVE => Parts::live(None),
                _ => Parts::expected(new.size),
            },
            limit: new.max_bytes.unwrap_or(u64::MAX),
            limit_told: false,
            live: None,
            confirm: false,
            call: Step::Idle,
            admitted: false,
            control: Control::Run,
            saved: new.resumed,
            no_place: false,
            maybe_created: new.resumed,
            multipart_open: false,
            key: None,
            unlisted: new.resumed,
            doubt: false,
            asked: false,
            solo: false,
            is_retry: false,
            sign_at: Millis(0),
            calling: Tries::default(),
            signing: Tries::default(),
            unauthorized: 0,
            setbacks: 0,
            working_since: None,
            touched: false,
            moved: false,
            ledger: Ledger::new(new.size, new.live.is_some()),
            shown: State::Queued,
            failure: None,
            stored: None,
            proof: Proof::None,
            awaited: Awaited::No,
            item: Rc::new(CreateItem {
                id: new.id,
                name: new.name,
                path: new.path,
                size: new.live.is_none().then_some(new.size),
                live: new.live.is_some(),
                max_bytes: new.max_bytes,
                media_type: new.media_type,
                crc64nvme: None,
                visibility: new.visibility,
                metadata: new.metadata,
                // What a server has had kept is the driver's concern.
                state: None,
                // They are beside the item, which stays the same.
                part_size: None,
                parts: FirstParts::default(),
            }),
        }
    }

    /// Bytes of the file; of a live upload, those that are in its spool.
    pub(crate) fn size(&self) -> u64 {
        match self.live {
            Some(live) if LIVE => live.bytes,
            _ => self.item.size.unwrap_or_default(),
        }
    }

    // Never inlined: it has many callers, and a call is smaller than the body.
    #[inline(never)]
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

    pub(crate) fn paused(&self) -> bool {
        self.control == Control::Pause
    }

    pub(crate) fn aborting(&self) -> bool {
        matches!(self.control, Control::Abort(_))
    }

    /// Its checksum is being computed for comparison with storage's.
    pub(crate) fn comparing(&self) -> bool {
        self.proof == Proof::Comparing
    }

    /// A request of this part was lost. Storage may hold what it carried: the whole object once every byte was out,
    /// or a part as soon as bytes moved, because the last progress events may be missing. `hidden` if there are none at
    /// all.
    pub(crate) fn lose(&mut self, index: u16, hidden: bool) {
        let multipart = self.parts.multipart();
        let Some(part) = self.part_mut(index) else {
            return;
        };
        let size = part.size();
        let sent = if hidden { size } else { part.sent };
        let all = size > 0 && sent >= size;
        if multipart && sent > 0 {
            part.doubt = Doubt::Open;
        }
        part.sent = 0;
        self.doubt |= all && !multipart;
    }

    /// The details of a failure of this part.
    pub(crate) fn trace(&self, index: u16) -> Trace {
        Trace {
            part: self.part(index).and_then(|part| part.number),
            ..Trace::NONE
        }
    }

    /// It already counts in the server's quota, as far as is known.
    // Never inlined: it has many callers, and a call is smaller than the body.
    #[inline(never)]
    pub(crate) fn has_place(&self) -> bool {
        !self.no_place && (self.key.is_some() || self.unlisted)
    }

    /// The step of a piece of work.
    pub(crate) fn step(&mut self, work: Work) -> Option<&mut Step> {
        match work.part() {
            Some(index) => self.part_mut(index).map(|part| &mut part.step),
            None => Some(&mut self.call),
        }
    }

    pub(crate) fn part(&self, index: u16) -> Option<&Part> {
        self.parts.get(index)
    }

    pub(crate) fn part_mut(&mut self, index: u16) -> Option<&mut Part> {
        self.parts.get_mut(index)
    }

    pub(crate) fn steps(&self) -> impl Iterator<Item = Step> + '_ {
        self.parts.steps().chain(std::iter::once(self.call))
    }

    pub(crate) fn running(&self) -> bool {
        self.steps().any(|step| matches!(step, Step::Running(..)))
    }

    /// The phase of the API call that it waits to make or to repeat.
    pub(crate) fn api_phase(&self) -> Phase {
        let mut waiting = self.steps().filter_map(|step| match step {
            Step::Ready(work) | Step::Delayed(_, work) => Some(work.phase()),
            _ => None,
        });
        let found = waiting.find(|phase| !matches!(phase, Phase::Hash | Phase::Send));
        found.unwrap_or(Phase::Create)
    }

    /// A sign call for it is in flight.
    pub(crate) fn is_signing(&self) -> bool {
        self.parts
            .steps()
            .any(|step| matches!(step, Step::Running(_, Work::Sign(_))))
    }

    /// Attempts that failed because there was no network.
    pub(crate) fn out_of_reach(&self) -> bool {
        let sending = self.parts.under_way().any(|part| part.sending.any_lost());
        sending || self.calling.any_lost() || self.signing.any_lost()
    }

    /// Resets the budget; what is known about the bytes is kept.
    pub(crate) fn forgive(&mut self) {
        self.control = Control::Run;
        self.calling = Tries::default();
        self.signing = Tries::default();
        self.unauthorized = 0;
        self.setbacks = 0;
        self.working_since = None;
        self.solo = false;
        self.is_retry = false;
        self.sign_at = Millis(0);
        self.failure = None;
        for part in self.parts.all_mut() {
            part.forgive();
        }
    }

    /// The checksum of the file, if this page has computed all of it.
    pub(crate) fn crc(&self) -> Option<Crc64Nvme> {
        if !self.checksum.hashes() {
            None
        } else if self.comparing() {
            self.part(0)?.crc
        } else if self.parts.multipart() {
            self.parts.crc()
        } else {
            self.item.crc64nvme
        }
    }

    /// Whether the checksum reported by storage is the one that this page computed.
    pub(crate) fn proves(&self, stated: Option<Crc64Nvme>) -> bool {
        stated.is_some() && stated == self.crc()
    }

    /// The result of a single PUT whose response already proves it, so no further call is needed.
    pub(crate) fn stored_by(&self, receipt: Receipt) -> Option<Stored> {
        let proven = !self.checksum.hashes() || self.proves(receipt.crc64nvme);
        if self.confirm || self.parts.multipart() || self.aborting() || !proven {
            return None;
        }
        let etag = receipt.etag?;
        Some(Stored {
            id: self.item.id,
            key: self.key.clone()?,
            size: self.size(),
            crc64nvme: receipt.crc64nvme,
            etag,
            version_id: receipt.version_id,
        })
    }

    pub(crate) fn complete_body(&self) -> CompleteRequest {
        let live = self.live.filter(|_| LIVE);
        CompleteRequest {
            crc64nvme: self.crc(),
            size: live.map(|live| live.bytes),
            duration_ms: live.and_then(|live| live.duration_ms),
            state: None,
        }
    }
}
