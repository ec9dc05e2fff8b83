//! Starts ready work in order, as far as windows, holds, the token and the network allow.

use super::Queue;
use super::live::Flight;
use crate::job::{Place, Step, Work};
use crate::upload::Upload;
use crate::{Command, LIVE, Millis};

impl Queue {
    pub(super) fn dispatch(&mut self) {
        self.wake = Millis::NEVER;
        self.start_poll_round();
        self.admit();
        self.start_saving();
        self.start_hashing();
        self.start_sending();
        self.start_calls();
        self.start_reads();
    }

    /// Something is held back until `at`.
    // Never inlined: it has many callers, and a call is smaller than the body.
    #[inline(never)]
    pub(super) fn wake_at(&mut self, at: Millis) {
        self.wake = self.wake.min(at);
    }

    /// Admits enough uploads and parts to keep sending busy, but few enough that their URLs do not expire, that
    /// hashing stays just ahead of sending, and that waiting files do not use up the server's quota of open uploads.
    ///
    /// While that quota is full, uploads without a slot do not displace those that have one, as only these can free
    /// a slot.
    fn admit(&mut self) {
        let waiting = self.without_place();
        loop {
            let ahead = self.ahead();
            let others = ahead.saturating_sub(waiting);
            let (mut upload, mut part) = (self.backlog.first(), self.openers.first());
            if waiting > 0 {
                let holder = self.holders.first();
                let holder = holder.filter(|place| others < self.room(*place));
                upload = upload.filter(|place| ahead < self.room(*place)).or(holder);
                part = part.filter(|_| others < self.config.ahead_parts.max(1));
            }
            if let Some(part) = part
                && upload.is_none_or(|upload| part < upload)
            {
                if others >= self.config.ahead_parts.max(1) {
                    return;
                }
                self.open_part(part);
                continue;
            }
            let Some(place) = upload.filter(|place| others < self.room(*place)) else {
                return;
            };
            self.leave_backlog(place);
            if let Some(upload) = self.uploads.get_mut(place.job.id) {
                upload.admitted = true;
                self.fit_parts(place.job.id);
                self.proceed(place.job.id);
            }
        }
    }

    /// How many uploads may be ahead of sending when this one begins.
    pub(super) fn room(&self, place: Place) -> usize {
        let room = if self.is_small(place) {
            self.config.ahead_small
        } else {
            self.config.ahead_uploads
        };
        room.max(1)
    }

    /// A small file, or an upload that is gone.
    pub(super) fn is_small(&self, place: Place) -> bool {
        let upload = self.uploads.get(place.job.id);
        let small = |upload: &Upload| {
            !(LIVE && upload.item.live) && upload.size() <= self.config.ahead_bytes
        };
        upload.is_none_or(small)
    }

    /// Files and parts that were started but are not being sent yet.
    fn ahead(&self) -> usize {
        let ahead = [
            self.lanes.save.len(),
            self.counts.save,
            self.lanes.hash.len(),
            self.counts.hash,
            self.lanes.create.len(),
            self.counts.creating,
            self.lanes.sign.len(),
            self.counts.signing,
            self.lanes.send.len(),
        ];
        ahead.into_iter().fold(0, usize::saturating_add)
    }

    fn open_part(&mut self, place: Place) {
        let id = place.job.id;
        let most = self.config.ahead_parts.max(1);
        let upload = self.uploads.get_mut(id);
        // Parts that wait for the reply to the create call are in no lane.
        let upload = upload.filter(|upload| upload.parts.waiting() < most);
        let Some(index) = upload.and_then(|upload| upload.parts.open_next()) else {
            self.openers.remove(place);
            return;
        };
        self.compare(id, index);
        self.proceed_part(id, index);
        if self
            .uploads
            .get(id)
            .is_none_or(|upload| !upload.parts.more())
        {
            self.openers.remove(place);
            self.proceed(id);
        }
    }

    fn start_hashing(&mut self) {
        if self.gathers() {
            return;
        }
        while let Some(place) = self.lanes.hash.first() {
            if !self.may_hash(place) {
                return;
            }
            self.lanes.hash.remove(place);
            let (id, Work::Hash(index)) = (place.job.id, place.job.work) else {
                continue;
            };
            let request = self.request_id();
            let Some(upload) = self.uploads.get_mut(id) else {
                continue;
            };
            let Some(part) = upload.part_mut(index) else {
                continue;
            };
            part.step = Step::Running(request, place.job.work);
            part.hashed = 0;
            let (bytes, total) = (part.bytes.clone(), part.size());
            let flight = Flight::Hash(place.job, index);
            self.launch(request, flight, self.config.hash_stall_ms, 0, total);
            self.touch(id);
            self.order(Command::Hash {
                request,
                upload: self.uploads.name(id),
                bytes,
            });
        }
    }

    fn start_sending(&mut self) {
        while self.may_send() {
            let Some(place) = self.next_to_send() else {
                return;
            };
            let (id, index) = (place.job.id, place.job.work.part().unwrap_or_default());
            let now = self.now;
            let upload = self.uploads.get_mut(id);
            let Some(part) = upload.and_then(|upload| upload.part_mut(index)) else {
                self.lanes.send.remove(place);
                continue;
            };
            let is_retry = part.is_retry;
            if part.lease.as_ref().is_none_or(|lease| lease.expired(now)) {
                // Nearly expired: sign again before sending bytes in vain.
                part.lease = None;
                part.step = Step::Idle;
                self.lanes.send.remove(place);
                self.proceed(id);
                continue;
            }
            let trouble = self.storage.in_trouble(self.config.window);
            if !self.network_open() || !self.draw_if(is_retry || trouble) {
                return;
            }
            if self.counts.send >= self.window.open() {
                let most = self.window_of_known_hosts();
                self.window.add(self.now, most);
            }
            self.lanes.send.remove(place);
            let request = self.request_id();
            let Some(upload) = self.uploads.get_mut(id) else {
                continue;
            };
            let Some(part) = upload.part_mut(index) else {
                continue;
            };
            let Some(lease) = &part.lease else {
                continue;
            };
            let grant = lease.grant.clone();
            part.is_retry = false;
            part.step = Step::Running(request, place.job.work);
            part.sent = 0;
            let (bytes, total) = (part.bytes.clone(), part.size());
            let (number, crc64nvme) = (part.number, part.crc);
            if upload.can_open() {
                let opener = upload.place(Work::Create);
                self.openers.insert(opener);
            }
            if upload.count() {
                self.has_moved(id);
            }
            let patience = self.send_patience(total);
            let flight = Flight::Send(place.job, index);
            self.launch(request, flight, patience, 0, total);
            self.touch(id);
            self.order(Command::Send {
                request,
                upload: self.uploads.name(id),
                bytes,
                grant,
                part: number,
                crc64nvme,
            });
        }
    }

    /// Whether a request may go out. While offline only a probe may, when no other request is in flight.
    pub(super) fn network_open(&mut self) -> bool {
        if !self.link.offline() {
            return true;
        }
        let counts = &self.counts;
        let quiet = [counts.send, counts.api, counts.read, counts.token] == [0; 4];
        if quiet && self.now >= self.link.probe_at() {
            return true;
        }
        if quiet {
            self.wake_at(self.link.probe_at());
        }
        false
    }
}
