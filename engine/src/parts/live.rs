//! The parts of a live upload: each is there once its last byte is, and the last one when the source has ended.

use crowfly_contract::LivePlan;

use super::Parts;
use crate::part::Part;
use crate::{LIVE, Recording};

#[derive(Debug)]
pub(super) struct Growth {
    /// `None` until the server has said it.
    plan: Option<LivePlan>,
    /// The last part is there.
    closed: bool,
}

impl Parts {
    /// Those of a live upload, none yet.
    pub(crate) fn live(plan: Option<LivePlan>) -> Self {
        let mut parts = Self::of(None, Vec::new());
        parts.growth = Some(Growth {
            plan,
            closed: false,
        });
        parts
    }

    /// How the parts of a live upload are split, if that is known.
    pub(crate) fn live_plan(&self) -> Option<LivePlan> {
        self.growth.as_ref()?.plan
    }

    /// More parts may come.
    pub(super) fn grows(&self) -> bool {
        LIVE && self.growth.as_ref().is_some_and(|growth| !growth.closed)
    }

    /// Adds the parts that the spool has in full by now, and the last one once the source has ended. A recording of no
    /// bytes has one part of no bytes.
    pub(crate) fn grow(&mut self, recording: Recording) {
        let Some(growth) = &mut self.growth else {
            return;
        };
        let Some(plan) = growth.plan.filter(|_| !growth.closed) else {
            return;
        };
        growth.closed = recording.ended;
        let mut number = u32::try_from(self.all.len()).unwrap_or(u32::MAX);
        loop {
            number = number.saturating_add(1);
            let Some(mut range) = plan.part(number) else {
                return;
            };
            let whole = range.bytes.end <= recording.bytes;
            let rest = number == 1 || range.bytes.start < recording.bytes;
            if !(whole || (recording.ended && rest)) {
                return;
            }
            range.bytes.end = range.bytes.end.min(recording.bytes);
            let mut part = Part::new(Some(number), range.bytes);
            part.is_rest = !whole;
            self.all.push(part);
            self.undone = self.undone.saturating_add(1);
        }
    }

    /// Bytes from the start that storage has without a gap.
    pub(crate) fn settled(&self) -> u64 {
        let done = self.all.iter().take_while(|part| part.done);
        done.last().map_or(0, |part| part.bytes.end)
    }

    /// A request of the first part has ended, and the spool has other bytes of it.
    pub(crate) fn refresh(&mut self, index: u16) {
        if LIVE && self.get(index).is_some_and(|part| part.stale) {
            self.first_changed();
        }
    }

    /// The bytes of the first part are others now, as many as before.
    pub(crate) fn first_changed(&mut self) {
        self.unhash(0);
        let Some(part) = self.get_mut(0) else {
            return;
        };
        let (was_done, size) = (part.done, part.size());
        part.earlier_crc = None;
        part.stale = false;
        part.unsend();
        if was_done {
            self.undone = self.undone.saturating_add(1);
            self.done_bytes = self.done_bytes.saturating_sub(size);
            self.active.push(0);
        }
    }
}
