//! The parts of one upload: which are active, and their sums.
//!
//! Parts are opened one after another, so the cost of any step depends on the active parts, not on all parts of the
//! file. Invariant: a part is in `active` from its opening until storage has it.

mod live;

use crowfly_contract::{Crc64Nvme, PartPlan, PlanKind};

use crate::LIVE;
use crate::crc64::Appender;
use crate::job::{Step, Work};
use crate::part::{Doubt, Part};
use live::Growth;

#[derive(Debug)]
pub(crate) struct Parts {
    /// How the file is split; `None` for one PUT, and if it grows.
    plan: Option<PartPlan>,
    /// How a live upload grows.
    growth: Option<Growth>,
    all: Vec<Part>,
    active: Vec<u16>,
    next: u16,
    undone: usize,
    done_bytes: u64,
    hashed_bytes: u64,
}

impl Parts {
    /// The expected plan of the server, so that hashing can start before its answer, which is authoritative.
    pub(crate) fn expected(size: u64) -> Self {
        match PlanKind::for_new_file(size) {
            Ok(PlanKind::Multipart(plan)) => Self::planned(plan),
            _ => Self::whole(size),
        }
    }

    /// One PUT of the whole file.
    pub(crate) fn whole(size: u64) -> Self {
        let mut parts = Self::of(None, vec![Part::whole(size)]);
        parts.open_next();
        parts
    }

    /// Parts of this plan.
    pub(crate) fn planned(plan: PartPlan) -> Self {
        let mut all = Vec::new();
        let mut number = 1;
        while let Some(part) = plan.part(number) {
            all.push(Part::new(Some(number), part.bytes));
            number = number.wrapping_add(1);
        }
        Self::of(Some(plan), all)
    }

    fn of(plan: Option<PartPlan>, all: Vec<Part>) -> Self {
        Self {
            plan,
            growth: None,
            undone: all.len(),
            all,
            active: Vec::new(),
            next: 0,
            done_bytes: 0,
            hashed_bytes: 0,
        }
    }

    /// How they are split; `None` for one PUT, and of a live upload.
    pub(crate) fn plan(&self) -> Option<PartPlan> {
        self.plan
    }

    pub(crate) fn multipart(&self) -> bool {
        self.plan.is_some() || (LIVE && self.growth.is_some())
    }

    /// Storage has acknowledged every part, and there will be no more.
    pub(crate) fn all_done(&self) -> bool {
        self.undone == 0 && !self.grows()
    }

    /// Some parts are neither active nor done.
    pub(crate) fn more(&self) -> bool {
        usize::from(self.next) < self.all.len()
    }

    /// Opens the next part.
    pub(crate) fn open_next(&mut self) -> Option<u16> {
        let index = self.more().then_some(self.next)?;
        self.next = self.next.wrapping_add(1);
        self.active.push(index);
        Some(index)
    }

    pub(crate) fn get(&self, index: u16) -> Option<&Part> {
        self.all.get(usize::from(index))
    }

    // Never inlined: it has many callers, and a call is smaller than the body.
    #[inline(never)]
    pub(crate) fn get_mut(&mut self, index: u16) -> Option<&mut Part> {
        self.all.get_mut(usize::from(index))
    }

    /// The index of the part with this number.
    pub(crate) fn index(&self, number: u32) -> Option<u16> {
        let index = u16::try_from(number.checked_sub(1)?).ok()?;
        (self.multipart() && self.get(index).is_some()).then_some(index)
    }

    /// The first ones, at most so many.
    pub(crate) fn first(&self, most: usize) -> &[Part] {
        self.all.get(..most).unwrap_or(&self.all)
    }

    /// All of them, active or not; for rare operations.
    pub(crate) fn all_mut(&mut self) -> impl Iterator<Item = &mut Part> {
        self.all.iter_mut()
    }

    /// The indexes of the active ones, to iterate over while they change.
    pub(crate) fn active(&self) -> Vec<u16> {
        self.active.clone()
    }

    pub(crate) fn under_way(&self) -> impl Iterator<Item = &Part> + '_ {
        self.active.iter().filter_map(|index| self.get(*index))
    }

    pub(crate) fn steps(&self) -> impl Iterator<Item = Step> + '_ {
        self.under_way().map(|part| part.step)
    }

    /// How many are active but not being sent.
    pub(crate) fn waiting(&self) -> usize {
        let sending = |step: &Step| matches!(step, Step::Running(_, Work::Send(_)));
        self.steps().filter(|step| !sending(step)).count()
    }

    /// Storage must be asked which parts it holds.
    pub(crate) fn doubted(&self) -> bool {
        self.under_way().any(|part| part.doubt == Doubt::Open)
    }

    /// Storage has this part.
    pub(crate) fn done(&mut self, index: u16) {
        let Some(part) = self.get_mut(index).filter(|part| !part.done) else {
            return;
        };
        part.unsend();
        part.done = true;
        part.sending = Default::default();
        part.refused = 0;
        let size = part.size();
        self.done_bytes = self.done_bytes.saturating_add(size);
        self.undone = self.undone.saturating_sub(1);
        if let Some(at) = self.active.iter().position(|other| *other == index) {
            self.active.remove(at);
        }
    }

    /// Storage has none of them. What is known about the bytes is kept.
    pub(crate) fn undo(&mut self) {
        for part in &mut self.all {
            part.unsend();
        }
        self.active.clear();
        self.next = 0;
        self.undone = self.all.len();
        self.done_bytes = 0;
        if !self.multipart() {
            self.open_next();
        }
    }

    /// Stores a part's checksum.
    pub(crate) fn hashed(&mut self, index: u16, crc: Crc64Nvme) {
        if let Some(part) = self.get_mut(index) {
            let size = if part.crc.is_none() { part.size() } else { 0 };
            part.crc = Some(crc);
            part.earlier_crc = None;
            part.hashing = Default::default();
            self.hashed_bytes = self.hashed_bytes.saturating_add(size);
        }
    }

    /// Has a part hashed again: storage received other bytes.
    pub(crate) fn unhash(&mut self, index: u16) {
        if let Some(part) = self.get_mut(index) {
            let size = if part.crc.is_some() { part.size() } else { 0 };
            part.earlier_crc = part.crc.take();
            part.hashed = 0;
            self.hashed_bytes = self.hashed_bytes.saturating_sub(size);
        }
    }

    /// Sum of bytes hashed, sent and acknowledged.
    pub(crate) fn counts(&self) -> (u64, u64, u64) {
        let (mut hashed, mut sent) = (self.hashed_bytes, self.done_bytes);
        for part in self.under_way() {
            if part.crc.is_none() {
                hashed = hashed.saturating_add(part.hashed.min(part.size()));
            }
            sent = sent.saturating_add(part.sent.min(part.size()));
        }
        (hashed, sent, self.done_bytes)
    }

    /// The checksum of the whole file, if all parts have theirs.
    pub(crate) fn crc(&self) -> Option<Crc64Nvme> {
        let mut appender = Appender::default();
        let mut whole = None;
        for part in &self.all {
            let crc = part.crc?;
            whole = Some(match whole {
                None => crc,
                Some(before) => appender.append(before, crc, part.size()),
            });
        }
        whole
    }
}
