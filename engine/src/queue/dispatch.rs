//! Starts what may start, in order, as far as windows, holds, the token and the network allow.

use crowfly_contract::UploadId;
use crowfly_contract::limits::MAX_BATCH;

use super::Queue;
use super::requests::Flight;
use crate::job::{Place, Step, Work};
use crate::token::Gate;
use crate::{Command, Millis, Output};

/// The next call to the API.
enum Call {
    Delete(Place),
    Complete(Place),
    Status,
    Create,
}

impl Queue {
    pub(super) fn dispatch(&mut self) {
        self.wake = None;
        self.start_poll_round();
        self.admit();
        self.start_hashing();
        self.start_sending();
        self.start_calls();
    }

    /// Something is held back until `at`.
    fn wake_at(&mut self, at: Millis) {
        self.wake = Some(self.wake.map_or(at, |wake| wake.min(at)));
    }

    /// Lets so many uploads begin that sending never waits, but few enough that their URLs do not grow
    /// old and the server's quota of open uploads is not used up by files that wait.
    fn admit(&mut self) {
        while let Some(&place) = self.backlog.first() {
            let ahead = [
                self.lanes.hash.len(),
                self.counts.hash,
                self.lanes.create.len(),
                self.counts.creating,
                self.lanes.send.len(),
                self.lanes.complete.len(),
            ];
            let ahead = ahead.into_iter().fold(0, usize::saturating_add);
            let upload = self.uploads.get_mut(&place.job.id);
            let small = upload
                .as_ref()
                .is_some_and(|upload| upload.item.size <= self.config.ahead_bytes);
            let room = if small {
                self.config.ahead_small
            } else {
                self.config.ahead_uploads
            };
            if ahead >= room.max(1) {
                return;
            }
            self.backlog.remove(&place);
            if let Some(upload) = upload {
                upload.admitted = true;
                self.proceed(place.job.id);
            }
        }
    }

    fn start_hashing(&mut self) {
        while self.counts.hash < self.config.hash_window.max(1) {
            let Some(place) = self.lanes.hash.pop_first() else {
                return;
            };
            let (id, Work::Hash(index)) = (place.job.id, place.job.work) else {
                continue;
            };
            let request = self.request_id();
            let Some(upload) = self.uploads.get_mut(&id) else {
                continue;
            };
            let Some(part) = upload.part(index) else {
                continue;
            };
            part.step = Step::Running(request, place.job.work);
            part.hashed = 0;
            let (bytes, total) = (part.bytes.clone(), part.size());
            let flight = Flight::Hash(place.job, index);
            self.launch(request, flight, self.config.hash_stall_ms, 0, total);
            self.touched.insert(id);
            self.outputs.push_back(Output::Do(Command::Hash {
                request,
                upload: id,
                bytes,
            }));
        }
    }

    fn start_sending(&mut self) {
        while self.counts.send < self.window.open() {
            let Some(&place) = self.lanes.send.first() else {
                return;
            };
            let (id, Work::Send(index)) = (place.job.id, place.job.work) else {
                self.lanes.send.remove(&place);
                continue;
            };
            let now = self.now;
            let Some(upload) = self.uploads.get_mut(&id) else {
                self.lanes.send.remove(&place);
                continue;
            };
            let owes = upload.owes;
            let Some(part) = upload.part(index) else {
                self.lanes.send.remove(&place);
                continue;
            };
            let lease = part.lease.take_if(|lease| !lease.expired(now));
            let Some(lease) = lease else {
                // Too old: have it signed again before a byte is sent in vain.
                part.lease = None;
                part.step = Step::Idle;
                self.lanes.send.remove(&place);
                self.proceed(id);
                continue;
            };
            let grant = lease.grant.clone();
            part.lease = Some(lease);
            let trouble = self.storage.in_trouble(self.config.window);
            if !self.network_open() || !self.paid(owes || trouble) {
                return;
            }
            self.lanes.send.remove(&place);
            let request = self.request_id();
            let Some(upload) = self.uploads.get_mut(&id) else {
                continue;
            };
            upload.owes = false;
            let Some(part) = upload.part(index) else {
                continue;
            };
            part.step = Step::Running(request, place.job.work);
            part.sent = 0;
            let (bytes, total, number) = (part.bytes.clone(), part.size(), part.number);
            if upload.count() {
                self.moved.insert(id);
            }
            let patience = if total == 0 {
                self.config.answer_ms
            } else {
                self.config
                    .stall_ms
                    .max(self.slowest_step_ms.saturating_mul(2))
            };
            let flight = Flight::Send(place.job, index);
            self.launch(request, flight, patience, 0, total);
            self.touched.insert(id);
            self.outputs.push_back(Output::Do(Command::Send {
                request,
                upload: id,
                bytes,
                grant,
                part: number,
            }));
        }
    }

    fn start_calls(&mut self) {
        while self.counts.api < self.config.api_window.max(1) {
            let Some(call) = self.next_call() else { return };
            if self.now < self.hold_api {
                self.wake_at(self.hold_api);
                return;
            }
            if !self.network_open() {
                return;
            }
            let generation = match self.token.gate(self.now, &self.config) {
                Gate::Open(generation) => generation,
                Gate::Asked => return,
                Gate::Later(at) => {
                    self.wake_at(at);
                    return;
                }
                Gate::Ask(reason) => {
                    let request = self.request_id();
                    self.token.asking();
                    let patience = self.config.token_timeout_ms;
                    self.launch(request, Flight::Token, patience, 0, 0);
                    self.outputs
                        .push_back(Output::Do(Command::Token { request, reason }));
                    return;
                }
            };
            let owes = match &call {
                Call::Delete(place) | Call::Complete(place) => self.owes(place.job.id),
                Call::Status => false,
                Call::Create => self
                    .lanes
                    .create
                    .first()
                    .is_some_and(|place| self.owes(place.job.id)),
            };
            let trouble = self.api.in_trouble(self.config.api_window);
            if !self.paid(owes || trouble) {
                return;
            }
            match call {
                Call::Delete(place) => self.start_delete(place, generation),
                Call::Complete(place) => self.start_complete(place, generation),
                Call::Status => self.start_status(generation),
                Call::Create => self.start_create(generation),
            }
        }
    }

    /// What ends uploads comes first: it frees places on the server.
    fn next_call(&mut self) -> Option<Call> {
        if let Some(place) = self.lanes.delete.first() {
            return Some(Call::Delete(*place));
        }
        if let Some(place) = self.lanes.complete.first() {
            return Some(Call::Complete(*place));
        }
        if self.poll.has_due() {
            return Some(Call::Status);
        }
        if self.lanes.create.is_empty() {
            return None;
        }
        let held = self.hold_create.max(self.hold_quota);
        if self.now < held {
            self.wake_at(held);
            return None;
        }
        // More may come in a moment, and share the call.
        let coming = !self.lanes.hash.is_empty() || self.counts.hash > 0;
        let enough = self.config.ahead_small.min(self.create_batch);
        if coming && self.lanes.create.len() < enough {
            let since = self.create_since.unwrap_or(self.now);
            let until = since.after(self.config.linger_ms);
            if self.now < until {
                self.wake_at(until);
                return None;
            }
        }
        Some(Call::Create)
    }

    fn start_create(&mut self, generation: u32) {
        let request = self.request_id();
        let mut ids: Vec<UploadId> = Vec::new();
        let mut items = Vec::new();
        while ids.len() < self.create_batch.clamp(1, MAX_BATCH) {
            let Some(&place) = self.lanes.create.first() else {
                break;
            };
            let id = place.job.id;
            let solo = self.uploads.get(&id).is_some_and(|upload| upload.solo);
            if solo && !ids.is_empty() {
                break;
            }
            self.lanes.create.remove(&place);
            if let Some(upload) = self.uploads.get_mut(&id) {
                upload.call = Step::Running(request, Work::Create);
                upload.maybe_created = true;
                upload.owes = false;
                items.push(upload.item.clone());
                ids.push(id);
                self.touched.insert(id);
            }
            if solo {
                break;
            }
        }
        self.create_since = (!self.lanes.create.is_empty()).then_some(self.now);
        if ids.is_empty() {
            return;
        }
        let patience = self.config.api_timeout_ms;
        self.launch(request, Flight::Create(ids), patience, generation, 0);
        self.outputs
            .push_back(Output::Do(Command::Create { request, items }));
    }

    fn start_complete(&mut self, place: Place, generation: u32) {
        self.lanes.complete.remove(&place);
        let (id, request) = (place.job.id, self.request_id());
        let Some(upload) = self.uploads.get_mut(&id) else {
            return;
        };
        upload.call = Step::Running(request, Work::Complete);
        upload.owes = false;
        let body = upload.complete_body();
        self.touched.insert(id);
        let patience = self.config.api_timeout_ms;
        self.launch(request, Flight::Complete(id), patience, generation, 0);
        self.outputs.push_back(Output::Do(Command::Complete {
            request,
            upload: id,
            body,
        }));
    }

    fn start_delete(&mut self, place: Place, generation: u32) {
        self.lanes.delete.remove(&place);
        let (id, request) = (place.job.id, self.request_id());
        let Some(upload) = self.uploads.get_mut(&id) else {
            return;
        };
        upload.call = Step::Running(request, Work::Delete);
        upload.owes = false;
        let patience = self.config.api_timeout_ms;
        self.launch(request, Flight::Delete(id), patience, generation, 0);
        self.outputs.push_back(Output::Do(Command::Delete {
            request,
            upload: id,
        }));
    }

    fn start_status(&mut self, generation: u32) {
        let ids = self.poll.take_due(MAX_BATCH);
        let request = self.request_id();
        let patience = self.config.api_timeout_ms;
        self.launch(
            request,
            Flight::Status(ids.clone()),
            patience,
            generation,
            0,
        );
        self.outputs
            .push_back(Output::Do(Command::Status { request, ids }));
    }

    fn owes(&self, id: UploadId) -> bool {
        self.uploads.get(&id).is_some_and(|upload| upload.owes)
    }

    /// Pays for a request that repeats one, if it must.
    fn paid(&mut self, must: bool) -> bool {
        if !must {
            return true;
        }
        match self.bucket.pay(self.now) {
            Ok(()) => true,
            Err(at) => {
                self.wake_at(at);
                false
            }
        }
    }

    /// Whether a request may go out. While offline one may now and then, when no other is under way.
    fn network_open(&mut self) -> bool {
        if !self.link.offline() {
            return true;
        }
        let quiet = self.counts.send == 0 && self.counts.api == 0 && self.counts.token == 0;
        if quiet && self.now >= self.link.probe_at() {
            return true;
        }
        if quiet {
            self.wake_at(self.link.probe_at());
        }
        false
    }
}
