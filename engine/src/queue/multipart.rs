//! Multipart uploads: opens parts, signs them in batches, and trusts storage only where our own checksums
//! confirm it.

use crowfly_contract::limits::MAX_BATCH;
use crowfly_contract::{ErrorCode, PartGrant, PartPlan, StoredPart};

use super::Queue;
use super::live::Flight;
use crate::facts::Proof;
use crate::failure::Trace;
use crate::job::{Place, Slot, Step, Work};
use crate::part::Doubt;
use crate::parts::Parts;
use crate::{Command, Event, Millis, Phase};

/// How often storage may lose the parts, or hold others than were sent, before the upload fails.
const MOST_SETBACKS: u32 = 3;

impl Queue {
    /// The server's plan differs from the expected one: hashes computed so far are useless.
    pub(super) fn cut(&mut self, id: Slot, plan: Option<PartPlan>) {
        self.stop_bytes(id);
        self.drop_waiting(id);
        if let Some(upload) = self.uploads.get_mut(id) {
            upload.parts = match plan {
                Some(plan) => Parts::planned(plan),
                None => Parts::whole(upload.size()),
            };
        }
    }

    /// The upload whose parts are signed next: one sign call per upload at a time, so that parts that become ready
    /// meanwhile share the next.
    pub(super) fn next_to_sign(&mut self) -> Option<Place> {
        let now = self.now;
        let mut wake = None;
        let mut last = None;
        let mut found = None;
        for place in self.lanes.sign.all() {
            if last.replace(place.job.id) == Some(place.job.id) {
                continue;
            }
            match self.uploads.get(place.job.id) {
                Some(upload) if now < upload.sign_at => {
                    wake = Some(wake.map_or(upload.sign_at, |at| upload.sign_at.min(at)));
                }
                Some(upload) if upload.is_signing() => {}
                _ => {
                    found = Some(*place);
                    break;
                }
            }
        }
        if let (None, Some(at)) = (found, wake) {
            self.wake_at(at);
        }
        found
    }

    pub(super) fn start_signing(&mut self, first: Place, generation: u32) {
        let (id, request) = (first.job.id, self.request_id());
        let (mut indexes, mut parts) = (Vec::new(), Vec::new());
        while parts.len() < MAX_BATCH {
            let mut waiting = self.lanes.sign.all().iter();
            let Some(place) = waiting.find(|place| place.job.id == id).copied() else {
                break;
            };
            self.lanes.sign.remove(place);
            let Some(upload) = self.uploads.get_mut(id) else {
                return;
            };
            upload.is_retry = false;
            let Some(index) = place.job.work.part() else {
                continue;
            };
            if let Some(part) = upload.part_mut(index) {
                part.step = Step::Running(request, Work::Sign(index));
                part.is_retry = false;
                indexes.push(index);
                parts.push(part.to_sign());
            }
        }
        self.touch(id);
        self.call(request, Flight::Sign(id, indexes), generation);
        self.order(Command::Sign {
            request,
            upload: self.uploads.name(id),
            parts,
        });
    }

    /// The parts of a sign call are available again.
    pub(super) fn signing_ended(&mut self, id: Slot, indexes: &[u16]) {
        for index in indexes {
            self.freed(id, Work::Sign(*index));
        }
    }

    pub(super) fn signed(
        &mut self,
        id: Slot,
        indexes: &[u16],
        mut grants: Vec<PartGrant>,
        asked: Millis,
    ) {
        self.signing_ended(id, indexes);
        let (now, margin) = (self.now, self.config.grant_margin_ms);
        let Some(upload) = self.uploads.get_mut(id) else {
            return;
        };
        let mut missing = false;
        let hashes = upload.checksum.hashes();
        for index in indexes {
            let Some(part) = upload.part_mut(*index) else {
                continue;
            };
            if hashes && part.crc.is_none() {
                // Its bytes are others by now.
                continue;
            }
            let number = part.number.unwrap_or_default();
            match grants.iter().position(|grant| grant.number == number) {
                Some(place) => {
                    let grant = grants.swap_remove(place).grant;
                    part.take(grant, asked, now, margin);
                }
                None => missing = true,
            }
        }
        if missing {
            let problem = "expected one for each part of the call";
            return self.bad_response(id, Phase::Sign, "grants", problem);
        }
        upload.signing = Default::default();
        upload.unauthorized = 0;
        self.bucket.refund();
        self.proceed(id);
    }

    /// Records which doubtful parts the list requested now will settle.
    pub(super) fn listing(&mut self, id: Slot) {
        if let Some(upload) = self.uploads.get_mut(id) {
            for part in upload.parts.all_mut() {
                if part.doubt != Doubt::None {
                    part.doubt = Doubt::Asked;
                }
            }
        }
    }

    /// The list failed: the doubtful parts remain so.
    pub(super) fn unlisted(&mut self, id: Slot) {
        if let Some(upload) = self.uploads.get_mut(id) {
            for part in upload.parts.all_mut() {
                if part.doubt == Doubt::Asked {
                    part.doubt = Doubt::Open;
                }
            }
        }
    }

    pub(super) fn listed(&mut self, id: Slot, stored: Vec<StoredPart>) {
        self.freed(id, Work::List);
        let Some(upload) = self.uploads.get_mut(id) else {
            return;
        };
        upload.calling = Default::default();
        upload.unauthorized = 0;
        for part in upload.parts.all_mut() {
            if part.doubt == Doubt::Asked {
                part.doubt = Doubt::None;
            }
        }
        for StoredPart {
            number,
            size,
            crc64nvme,
            ..
        } in stored
        {
            let Some(index) = upload.parts.index(number) else {
                continue;
            };
            let sending = matches!(
                upload.part(index).map(|part| part.step),
                Some(Step::Running(_, Work::Send(_)))
            );
            if let Some(part) = upload.part_mut(index)
                && part.size() == size
                && !sending
            {
                part.claimed = crc64nvme;
            }
        }
        upload.unlisted = false;
        self.believe(id);
        self.show_progress(id);
        self.proceed(id);
    }

    /// Listed parts with our checksum are done; those with another checksum are sent again.
    fn believe(&mut self, id: Slot) {
        let Some(upload) = self.uploads.get_mut(id) else {
            return;
        };
        for index in upload.parts.active() {
            self.compare(id, index);
        }
    }

    /// Whether storage already has this part, now that its checksum is known.
    pub(super) fn compare(&mut self, id: Slot, index: u16) {
        let Some(upload) = self.uploads.get_mut(id) else {
            return;
        };
        let Some(part) = upload.part_mut(index) else {
            return;
        };
        let (Some(claimed), Some(crc)) = (part.claimed, part.crc) else {
            return;
        };
        part.claimed = None;
        let step = part.step;
        if claimed == crc && !matches!(step, Step::Running(..)) {
            part.step = Step::Idle;
            upload.parts.done(index);
            let place = upload.place(Work::Create);
            self.withdraw(place, step);
        }
    }

    /// The multipart upload is gone with all its parts: start a new one.
    pub(super) fn restart(&mut self, id: Slot, phase: Phase, trace: &Trace) {
        self.stop_bytes(id);
        self.drop_waiting(id);
        let Some(upload) = self.uploads.get_mut(id) else {
            return;
        };
        upload.setbacks = upload.setbacks.wrapping_add(1);
        if upload.setbacks > MOST_SETBACKS {
            return self.fail(id, ErrorCode::MultipartGone, phase, trace);
        }
        let place = upload.place(Work::Create);
        upload.parts.undo();
        upload.multipart_open = false;
        upload.unlisted = false;
        upload.doubt = false;
        if upload.comparing() {
            upload.proof = Proof::None;
        }
        upload.calling = Default::default();
        upload.ledger.restart();
        self.openers.remove(place);
        self.emit(Event::Restarted {
            upload: self.uploads.name(id),
        });
        self.show_progress(id);
        self.proceed(id);
    }

    /// Storage holds other parts than were acknowledged: list them.
    pub(super) fn recount(&mut self, id: Slot, trace: &Trace) {
        let Some(upload) = self.uploads.get_mut(id) else {
            return;
        };
        upload.setbacks = upload.setbacks.wrapping_add(1);
        if upload.setbacks > MOST_SETBACKS || !upload.parts.multipart() {
            return self.fail(id, ErrorCode::PartsMismatch, Phase::Complete, trace);
        }
        upload.parts.undo();
        upload.unlisted = true;
        upload.doubt = false;
        self.show_progress(id);
        let wait = self.config.backoff_base_ms;
        self.proceed_after(id, None, wait);
    }
}
