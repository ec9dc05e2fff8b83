//! Starts API calls.

use crowfly_contract::limits::MAX_BATCH;

use super::Queue;
use super::live::Flight;
use crate::job::{Place, Slot, Step, Work};
use crate::token::Gate;
use crate::{Command, ItemToCreate, RequestId};

/// The next API call.
enum Call {
    /// For one upload.
    One(Place),
    Sign(Place),
    Status,
    Create,
}

impl Queue {
    pub(super) fn start_calls(&mut self) {
        while self.counts.api < self.config.api_window.max(1) {
            let Some(call) = self.next_call() else { return };
            let Some(generation) = self.pass_gate() else {
                return;
            };
            let is_retry = match &call {
                Call::One(place) | Call::Sign(place) => self.is_retry(*place),
                Call::Status => false,
                Call::Create => self
                    .next_to_create()
                    .is_some_and(|place| self.is_retry(place)),
            };
            let trouble = self.api.in_trouble(self.config.api_window);
            if !self.draw_if(is_retry || trouble) {
                return;
            }
            match call {
                Call::One(place) => self.start_one(place, generation),
                Call::Sign(place) => self.start_signing(place, generation),
                Call::Status => self.start_status(generation),
                Call::Create => self.start_create(generation),
            }
        }
    }

    /// Whether an API call may go out, and with which token generation; requests a token if there is none.
    pub(super) fn pass_gate(&mut self) -> Option<u32> {
        let api_until = self.throttle.api_until();
        if self.now < api_until {
            self.wake_at(api_until);
            return None;
        }
        if !self.network_open() {
            return None;
        }
        match self.token.gate(self.now, &self.config) {
            Gate::Open(generation) => return Some(generation),
            Gate::Asked => {}
            Gate::Later(at) => self.wake_at(at),
            Gate::Ask(reason) => {
                let request = self.request_id();
                self.token.asking();
                let patience = self.config.token_timeout_ms;
                self.launch(request, Flight::Token, patience, 0, 0);
                self.order(Command::Token { request, reason });
            }
        }
        None
    }

    /// Calls that end uploads come first: they free slots on the server.
    fn next_call(&mut self) -> Option<Call> {
        if let Some(place) = self.lanes.delete.first() {
            return Some(Call::One(place));
        }
        // One status call may precede the settle calls, or a long queue would starve polling.
        if self.poll.has_due() && (self.poll.is_quiet() || self.lanes.settle.is_empty()) {
            return Some(Call::Status);
        }
        if let Some(place) = self.lanes.settle.first() {
            // One of a higher priority does not wait behind many of them.
            let first = self.lanes.create.first();
            let create = first.filter(|first| first.key < place.key);
            return create
                .and_then(|_| self.next_create())
                .or(Some(Call::One(place)));
        }
        if let Some(place) = self.next_to_sign() {
            return Some(Call::Sign(place));
        }
        self.next_create()
    }

    /// A create call, once one is ready and not held back.
    fn next_create(&mut self) -> Option<Call> {
        if self.lanes.create.is_empty() {
            return None;
        }
        if self.now < self.throttle.create_until() {
            self.wake_at(self.throttle.create_until());
            return None;
        }
        if self.now < self.throttle.quota_until() {
            self.wake_at(self.throttle.quota_until());
            return self.next_to_create().map(|_| Call::Create);
        }
        let until = self.linger_until();
        if self.now < until {
            self.wake_at(until);
            return None;
        }
        Some(Call::Create)
    }

    fn start_create(&mut self, generation: u32) {
        let request = self.request_id();
        let mut ids: Vec<Slot> = Vec::new();
        let mut items = Vec::new();
        while ids.len() < self.throttle.create_batch() {
            let Some(place) = self.next_to_create() else {
                break;
            };
            let id = place.job.id;
            let solo = self.uploads.get(id).is_some_and(|upload| upload.solo);
            if solo && !ids.is_empty() {
                break;
            }
            self.lanes.create.remove(place);
            if let Some(upload) = self.uploads.get_mut(id) {
                upload.call = Step::Running(request, Work::Create);
                upload.maybe_created = true;
                upload.is_retry = false;
                let parts = upload.first_parts(self.config.first_parts);
                upload.asked = !parts.is_empty();
                items.push(ItemToCreate {
                    item: upload.item.clone(),
                    part_size: upload.parts.plan().map_or(0, |plan| plan.part_size()),
                    parts,
                });
                ids.push(id);
                self.touch(id);
            }
            if solo {
                break;
            }
        }
        let left = !self.lanes.create.is_empty();
        self.batching.call_sent(self.now, left);
        let Some(last) = ids.last() else {
            return;
        };
        self.note_batch(*last, ids.len());
        let flight = Flight::Call(Work::Create, ids);
        self.call(request, flight, generation);
        self.order(Command::Create { request, items });
    }

    /// Lists, completes or deletes one upload.
    fn start_one(&mut self, place: Place, generation: u32) {
        let work = place.job.work;
        self.lanes.of(work).remove(place);
        let (id, request) = (place.job.id, self.request_id());
        let Some(upload) = self.uploads.get_mut(id) else {
            return;
        };
        upload.call = Step::Running(request, work);
        upload.is_retry = false;
        let upload_id = upload.item.id;
        let command = match work {
            Work::Delete => Command::Delete {
                request,
                upload: upload_id,
            },
            Work::List => Command::List {
                request,
                upload: upload_id,
            },
            _ => Command::Complete {
                request,
                upload: upload_id,
                body: upload.complete_body(),
            },
        };
        if work == Work::List {
            self.listing(id);
        }
        self.touch(id);
        self.call(request, Flight::Call(work, vec![id]), generation);
        self.order(command);
    }

    fn start_status(&mut self, generation: u32) {
        let ids = self.poll.take_due(MAX_BATCH);
        let request = self.request_id();
        let names = ids.iter().map(|id| self.uploads.name(*id)).collect();
        self.call(request, Flight::Status(ids), generation);
        self.order(Command::Status {
            request,
            ids: names,
        });
    }

    pub(super) fn call(&mut self, request: RequestId, flight: Flight, generation: u32) {
        let patience = self.config.api_timeout_ms;
        self.launch(request, flight, patience, generation, 0);
    }
}
