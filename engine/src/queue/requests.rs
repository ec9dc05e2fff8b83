//! Commands that are out: each has a deadline, and a reply that comes late finds nothing here.

use super::Queue;
use super::live::{Flight, Live, answered};
use crate::job::{Slot, Step, Work};
use crate::{Command, Millis, Reply, RequestId, TokenFailure};

/// How many commands of a kind are out.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    pub(crate) hash: usize,
    pub(crate) send: usize,
    /// Entries into the journal.
    pub(crate) save: usize,
    /// Calls to the API, but for reads.
    pub(crate) api: usize,
    pub(crate) read: usize,
    /// Parts in sign calls.
    pub(crate) signing: usize,
    /// Uploads in create calls.
    pub(crate) creating: usize,
    pub(crate) token: usize,
}

impl Counts {
    fn of(&mut self, flight: &Flight) -> &mut usize {
        match flight {
            Flight::Hash(..) => &mut self.hash,
            Flight::Send(..) => &mut self.send,
            Flight::Token => &mut self.token,
            Flight::Save(_) => &mut self.save,
            Flight::Read(_) => &mut self.read,
            _ => &mut self.api,
        }
    }
}

impl Queue {
    pub(super) fn request_id(&mut self) -> RequestId {
        self.next_request = self.next_request.saturating_add(1);
        RequestId(self.next_request)
    }

    /// Enters a command in the books.
    pub(super) fn launch(
        &mut self,
        request: RequestId,
        flight: Flight,
        patience_ms: u64,
        generation: u32,
        total: u64,
    ) {
        let deadline = self.now.after(patience_ms);
        let count = self.counts.of(&flight);
        *count = count.saturating_add(1);
        if let Flight::Call(Work::Create, ids) = &flight {
            self.counts.creating = self.counts.creating.saturating_add(ids.len());
        }
        if let Flight::Sign(_, parts) = &flight {
            self.counts.signing = self.counts.signing.saturating_add(parts.len());
        }
        // A token is fetched for the probe, which follows it.
        if !matches!(flight, Flight::Hash(..) | Flight::Token | Flight::Save(_)) {
            self.link.probed(self.now, self.config.offline_probe_cap_ms);
        }
        self.live.push(Live {
            request,
            flight,
            started: self.now,
            deadline,
            armed: deadline,
            generation,
            moved_at: self.now,
            moved: 0,
            total,
            began: self.now,
            first_at: self.now,
            first_moved: 0,
            woken: false,
        });
    }

    /// There are never more than the windows together allow: a walk is quicker than a tree.
    pub(super) fn live_mut(&mut self, request: RequestId) -> Option<&mut Live> {
        self.live.iter_mut().find(|live| live.request == request)
    }

    /// Strikes a request off the books.
    fn take(&mut self, request: RequestId) -> Option<Live> {
        let place = self.live.iter().position(|live| live.request == request)?;
        let live = self.live.swap_remove(place);
        let count = self.counts.of(&live.flight);
        *count = count.saturating_sub(1);
        if let Flight::Call(Work::Create, ids) = &live.flight {
            self.counts.creating = self.counts.creating.saturating_sub(ids.len());
        }
        if let Flight::Sign(_, parts) = &live.flight {
            self.counts.signing = self.counts.signing.saturating_sub(parts.len());
        }
        Some(live)
    }

    /// Stops a request whose answer is not wanted any more.
    pub(super) fn cancel(&mut self, request: RequestId) -> Option<Live> {
        let live = self.take(request)?;
        self.order(Command::Cancel { request });
        Some(live)
    }

    /// Takes an upload out of a shared create call; the last one stops it.
    pub(super) fn leave_create(&mut self, request: RequestId, id: Slot) {
        let Some(live) = self.live_mut(request) else {
            return;
        };
        if let Flight::Call(Work::Create, ids) = &mut live.flight {
            let Some(at) = ids.iter().position(|other| *other == id) else {
                return;
            };
            ids.remove(at);
            let empty = ids.is_empty();
            self.counts.creating = self.counts.creating.saturating_sub(1);
            if empty {
                self.cancel(request);
            }
        }
    }

    pub(super) fn reply(&mut self, request: RequestId, reply: Reply) {
        let expected = self.live_mut(request);
        if !expected.is_some_and(|live| live.flight.fits(&reply)) {
            return;
        }
        if let Some(live) = self.take(request) {
            self.settle(live, reply);
        }
    }

    pub(super) fn settle(&mut self, live: Live, reply: Reply) {
        let generation = live.generation;
        if answered(&reply) && self.link.disproved_by(live.started) {
            self.go_online();
        }
        match (live.flight, reply) {
            (Flight::Hash(job, index), Reply::Hashed(result)) => self.hashed(job, index, result),
            (Flight::Send(job, index), Reply::Sent(receipt)) => self.sent(job, index, receipt),
            (Flight::Send(job, index), Reply::SendFailed(failure)) => {
                self.send_failed(job, index, live.started, failure);
            }
            (Flight::Token, Reply::Token(Ok(life))) => self.token.got(self.now, life),
            (Flight::Token, Reply::Token(Err(TokenFailure))) => self.token_failed(),
            (Flight::Save(id), _) => self.saved(id),
            (Flight::Sign(id, parts), Reply::ApiFailed(failure)) => {
                self.signing_ended(id, &parts);
                self.call_failed(Work::Sign(0), &[id], generation, failure);
            }
            (Flight::Call(work, ids), Reply::ApiFailed(failure)) => {
                self.call_failed(work, &ids, generation, failure);
            }
            (Flight::Status(ids), Reply::ApiFailed(failure)) => {
                self.status_failed(&ids, generation, failure);
            }
            (Flight::Read(id), Reply::ApiFailed(failure)) => {
                self.read_failed(id, generation, failure);
            }
            (flight, reply) => {
                self.api_answered(generation);
                // Its items may say otherwise.
                if !matches!(reply, Reply::Created(_)) {
                    self.throttle.clear();
                }
                self.api_result(flight, reply, live.started);
            }
        }
    }

    fn api_result(&mut self, flight: Flight, reply: Reply, asked: Millis) {
        match (flight, reply) {
            (Flight::Sign(id, parts), Reply::Signed(grants)) => {
                self.signed(id, &parts, grants, asked);
            }
            (Flight::Call(_, ids) | Flight::Status(ids), reply) => {
                self.call_result(&ids, reply, asked);
            }
            (Flight::Read(id), _) => self.read_done(id),
            _ => {}
        }
    }

    fn call_result(&mut self, ids: &[Slot], reply: Reply, asked: Millis) {
        match reply {
            Reply::Created(results) => return self.created(ids, results, asked),
            Reply::Statuses(entries) => return self.statuses(ids, entries),
            _ => {}
        }
        let Some(id) = ids.first().copied() else {
            return;
        };
        match reply {
            Reply::Listed(parts) => self.listed(id, parts),
            Reply::Completed(completion) => self.completed(id, completion),
            _ => {
                self.freed(id, Work::Delete);
                self.end_aborted(id, true);
            }
        }
    }

    /// The work is not running any more.
    pub(super) fn freed(&mut self, id: Slot, work: Work) {
        self.touch(id);
        if let Some(step) = self
            .uploads
            .get_mut(id)
            .and_then(|upload| upload.step(work))
        {
            *step = Step::Idle;
        }
    }
}
