//! Commands in flight: each has a deadline, and a late reply matches nothing here.

use super::Queue;
use super::live::{Flight, Live, answered, is_api_result};
use crate::classify;
use crate::job::{Slot, Step, Work};
use crate::{ApiFailure, Command, Reply, RequestId, TokenFailure};

/// How many commands of each kind are in flight.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    pub(crate) hash: usize,
    pub(crate) send: usize,
    /// Journal writes.
    pub(crate) save: usize,
    /// API calls, except reads.
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
        self.next_request = self.next_request.wrapping_add(1);
        RequestId(self.next_request)
    }

    /// Registers a command.
    pub(super) fn launch(
        &mut self,
        request: RequestId,
        flight: Flight,
        patience_ms: u64,
        generation: u32,
        total: u64,
    ) {
        let deadline = self.now.after(patience_ms);
        let armed = if self.progress_hidden {
            deadline.min(self.now.after(self.config.first_answer_ms))
        } else {
            deadline
        };
        let count = self.counts.of(&flight);
        *count = count.wrapping_add(1);
        if let Flight::Call(Work::Create, ids) = &flight {
            self.counts.creating = self.counts.creating.saturating_add(ids.len());
        }
        if let Flight::Sign(_, parts) = &flight {
            self.counts.signing = self.counts.signing.saturating_add(parts.len());
        }
        // A token is fetched for the probe, which follows it.
        if !matches!(flight, Flight::Hash(..) | Flight::Token | Flight::Save(_)) {
            self.link.probed(self.now, self.config.offline_probe_cap_ms);
            if !matches!(flight, Flight::Send(..)) {
                self.api.asked(self.link.budget(self.now));
            }
        }
        self.live.push(Live {
            request,
            host: self.host_of(&flight),
            flight,
            started: self.now,
            deadline,
            armed,
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

    /// Bounded by the sum of the windows, so a linear scan beats a tree.
    pub(super) fn live_mut(&mut self, request: RequestId) -> Option<&mut Live> {
        self.live.iter_mut().find(|live| live.request == request)
    }

    /// Removes a request.
    pub(super) fn take(&mut self, request: RequestId) -> Option<Live> {
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

    /// Cancels a request whose answer is no longer wanted.
    pub(super) fn cancel(&mut self, request: RequestId) {
        if self.take(request).is_some() {
            self.order(Command::Cancel { request });
        }
    }

    /// Removes an upload from a shared create call; removing the last one cancels the call.
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
            self.settle(&live, reply);
        }
    }

    pub(super) fn settle(&mut self, live: &Live, reply: Reply) {
        let (asked, generation) = (live.started, live.generation);
        if answered(&reply) && self.link.disproved_by(asked) {
            self.go_online();
        }
        if is_api_result(&reply) {
            self.api_answered(generation);
            // Its items may have other results.
            if !matches!(reply, Reply::Created(_)) {
                self.throttle.clear();
            }
        }
        let flight = &live.flight;
        match reply {
            Reply::Hashed(result) => {
                if let Flight::Hash(job, index) = flight {
                    self.hashed(*job, *index, result);
                }
            }
            Reply::Sent(receipt) => {
                if let Flight::Send(job, index) = flight {
                    // A browser reports at least the last byte before it reports the answer.
                    // https://xhr.spec.whatwg.org/#dom-xmlhttprequest-send
                    if live.moved == 0 && live.total > 0 {
                        self.hide_progress();
                        self.report_hidden();
                    }
                    self.host_answered(live);
                    self.sent(*job, *index, receipt);
                }
            }
            Reply::SendFailed(failure) => {
                if let Flight::Send(job, index) = flight {
                    self.send_failed(*job, *index, asked, failure);
                }
            }
            Reply::Token(Ok(life)) => self.token.got(self.now, life),
            Reply::Token(Err(TokenFailure)) => self.token_failed(),
            Reply::Saved => {
                if let Flight::Save(id) = flight {
                    self.saved(*id);
                }
            }
            Reply::ApiFailed(failure) => self.api_failed(flight, generation, failure),
            Reply::Signed(grants) => {
                if let Flight::Sign(id, parts) = flight {
                    self.signed(*id, parts, grants, asked);
                }
            }
            Reply::Created(results) => self.created(flight.uploads(), results, asked),
            Reply::Statuses(entries) => self.statuses(flight.uploads(), entries),
            Reply::Read => {
                if let Flight::Read(id) = flight {
                    self.read_done(*id);
                }
            }
            Reply::Listed(parts) => {
                if let [id] = flight.uploads() {
                    self.listed(*id, parts);
                }
            }
            Reply::Completed(completion) => {
                if let [id] = flight.uploads() {
                    self.completed(*id, completion);
                }
            }
            Reply::Deleted => {
                if let [id] = flight.uploads() {
                    self.freed(*id, Work::Delete);
                    self.end_aborted(*id, true);
                }
            }
        }
    }

    /// A call failed.
    fn api_failed(&mut self, flight: &Flight, generation: u32, failure: ApiFailure) {
        let (verdict, trace) = classify::api(failure);
        self.api_judged(verdict, generation);
        match flight {
            Flight::Sign(id, parts) => {
                self.signing_ended(*id, parts);
                self.call_failed(Work::Sign(0), &[*id], generation, verdict, &trace);
            }
            Flight::Call(work, ids) => self.call_failed(*work, ids, generation, verdict, &trace),
            Flight::Status(ids) => self.status_failed(ids, generation, verdict, &trace),
            Flight::Read(id) => self.read_failed(*id, generation, verdict, &trace),
            _ => {}
        }
    }

    /// The work is no longer running.
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
