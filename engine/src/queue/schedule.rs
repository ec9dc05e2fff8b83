//! Turns an upload's facts into work in lanes and timers.

use super::Queue;
use crate::job::{Slot, Step, Work};

impl Queue {
    /// Starts all work that follows from the upload's facts now.
    pub(super) fn proceed(&mut self, id: Slot) {
        self.touch(id);
        let Some(upload) = self.uploads.get(id) else {
            return;
        };
        let (call, parts) = (
            upload.next_call(self.config.first_parts),
            upload.parts.active(),
        );
        if upload.can_open() {
            let place = upload.place(Work::Create);
            self.openers.insert(place);
        }
        if let Some(work) = call {
            self.enter(id, work, None);
        }
        for index in parts {
            self.proceed_part(id, index);
        }
    }

    pub(super) fn proceed_part(&mut self, id: Slot, index: u16) {
        let work = self
            .uploads
            .get(id)
            .and_then(|upload| upload.next_part(index));
        if let Some(work) = work {
            self.enter(id, work, None);
        }
    }

    /// The same, but the next work of a part, or of the upload as a whole, is delayed; it is a retry, and draws from
    /// the retry bucket.
    pub(super) fn proceed_after(&mut self, id: Slot, part: Option<u16>, delay_ms: u64) {
        let Some(upload) = self.uploads.get(id) else {
            return;
        };
        let work = part.and_then(|index| upload.next_part(index));
        if let Some(work) = work.or_else(|| upload.next_call(self.config.first_parts)) {
            self.enter(id, work, Some(delay_ms));
        }
        self.proceed(id);
    }

    fn enter(&mut self, id: Slot, work: Work, delay_ms: Option<u64>) {
        let now = self.now;
        let Some(upload) = self.uploads.get_mut(id) else {
            return;
        };
        let place = upload.place(work);
        let Some(step) = upload.step(work) else {
            return;
        };
        match delay_ms {
            Some(delay_ms) => {
                let until = now.after(delay_ms);
                *step = Step::Delayed(until, work);
                match work.part().and_then(|index| upload.part_mut(index)) {
                    Some(part) => part.is_retry = true,
                    None => upload.is_retry = true,
                }
                self.delayed.insert(place.at(until));
            }
            None => {
                *step = Step::Ready(work);
                self.lanes.of(work).insert(place);
                if work == Work::Create {
                    self.batching.upload_ready(now);
                }
            }
        }
    }
}
