//! Reads of records: calls that belong to no upload, under the same retry policy.
//!
//! The route and result of a read are the driver's; this module decides when to start an attempt and when to give up.
//! Attempts share token, throttle, timeout, backoff, retry bucket and network state with all calls, but yield to
//! those of uploads and have a window of their own, so that no upload waits for a read.
//!
//! Invariant: a read is in [`Reads`] from its [`Input::Read`](crate::Input::Read) until it ends once or is cancelled,
//! and has at most one call in flight.

use crowfly_contract::ErrorCode;

use super::Queue;
use super::live::Flight;
use super::token::MOST_UNAUTHORIZED;
use crate::classify::Api;
use crate::failure::{NO_TRACE, Trace};
use crate::retry::Tries;
use crate::{Command, Event, Failure, Millis, Phase, ReadId, RequestId};

/// All unfinished reads, in the order in which they were requested.
#[derive(Debug, Default)]
pub(crate) struct Reads {
    all: Vec<Read>,
}

#[derive(Debug)]
struct Read {
    id: ReadId,
    step: Step,
    tries: Tries,
    /// Consecutive refused tokens.
    unauthorized: u32,
    /// The next attempt is a retry: it draws from the retry bucket.
    is_retry: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Ready,
    Running(RequestId),
    Delayed(Millis),
}

impl Reads {
    fn get_mut(&mut self, id: ReadId) -> Option<&mut Read> {
        self.all.iter_mut().find(|read| read.id == id)
    }

    fn remove(&mut self, id: ReadId) -> Option<Read> {
        let at = self.all.iter().position(|read| read.id == id)?;
        Some(self.all.remove(at))
    }

    fn first_ready(&mut self) -> Option<&mut Read> {
        self.all.iter_mut().find(|read| read.step == Step::Ready)
    }

    /// When the first backoff ends.
    pub(super) fn due(&self) -> Millis {
        let delayed = self.all.iter().filter_map(|read| match read.step {
            Step::Delayed(until) => Some(until),
            _ => None,
        });
        delayed.min().unwrap_or(Millis::NEVER)
    }

    /// Ends the backoffs that are over at `now`.
    pub(super) fn wake(&mut self, now: Millis) {
        for read in &mut self.all {
            if matches!(read.step, Step::Delayed(until) if until <= now) {
                read.step = Step::Ready;
            }
        }
    }

    /// Ends the backoffs caused by a missing network.
    pub(super) fn retry_lost_now(&mut self) {
        for read in &mut self.all {
            if matches!(read.step, Step::Delayed(_)) && read.tries.any_lost() {
                read.step = Step::Ready;
            }
        }
    }
}

impl Queue {
    pub(super) fn read(&mut self, id: ReadId) {
        if self.reads.get_mut(id).is_some() {
            return;
        }
        self.reads.all.push(Read {
            id,
            step: Step::Ready,
            tries: Tries::default(),
            unauthorized: 0,
            is_retry: false,
        });
        if self.closed {
            self.fail_read(id, ErrorCode::Closed, &NO_TRACE);
        }
    }

    /// Cancels a read: its request is stopped, and no event follows. Then drain the outputs as after an input.
    pub fn cancel_read(&mut self, id: ReadId) {
        self.drained = false;
        let read = self.reads.remove(id);
        if let Some(Step::Running(request)) = read.map(|read| read.step) {
            self.cancel(request);
        }
    }

    pub(super) fn start_reads(&mut self) {
        while self.counts.read < self.config.read_window.max(1) {
            let Some(is_retry) = self.reads.first_ready().map(|read| read.is_retry) else {
                return;
            };
            let Some(generation) = self.pass_gate() else {
                return;
            };
            let trouble = self.api.in_trouble(self.config.api_window);
            if !self.draw_if(is_retry || trouble) {
                return;
            }
            let request = self.request_id();
            let Some(read) = self.reads.first_ready() else {
                return;
            };
            read.step = Step::Running(request);
            read.is_retry = false;
            let id = read.id;
            self.call(request, Flight::Read(id), generation);
            self.order(Command::Read { request, read: id });
        }
    }

    pub(super) fn read_done(&mut self, id: ReadId) {
        self.bucket.refund();
        if self.reads.remove(id).is_some() {
            self.emit(Event::ReadDone { read: id });
        }
    }

    pub(super) fn read_failed(&mut self, id: ReadId, generation: u32, verdict: Api, trace: &Trace) {
        if let Some(read) = self.reads.get_mut(id) {
            read.step = Step::Ready;
        }
        match verdict {
            Api::Unauthorized => self.read_unauthorized(id, generation, trace),
            Api::Refused(code) => self.fail_read(id, code, trace),
            // A retry would give the same: something other than the API answers there.
            Api::Retry {
                code: ErrorCode::BadResponse,
                ..
            } => self.fail_read(id, ErrorCode::BadResponse, trace),
            // It is repeated when the throttle ends.
            Api::Throttled {
                code,
                retry_after_ms,
            } => {
                self.throttle_api(retry_after_ms);
                self.count_read(id, code, false, trace);
            }
            Api::Lost => self.retry_read(id, ErrorCode::Network, true, trace, None),
            Api::Retry {
                code,
                retry_after_ms,
            } => self.retry_read(id, code, false, trace, retry_after_ms),
        }
        self.check_api_outage(verdict);
    }

    /// Repeats it with a new token, once available.
    fn read_unauthorized(&mut self, id: ReadId, generation: u32, trace: &Trace) {
        let fresh = self.token.refused(self.now, generation);
        let Some(read) = self.reads.get_mut(id) else {
            return;
        };
        read.unauthorized = read.unauthorized.wrapping_add(1);
        if fresh || read.unauthorized >= MOST_UNAUTHORIZED {
            self.fail_read(id, ErrorCode::Unauthenticated, trace);
        }
    }

    /// Counts a failed attempt. Returns the total; `None` if that failed the read.
    fn count_read(
        &mut self,
        id: ReadId,
        code: ErrorCode,
        lost: bool,
        trace: &Trace,
    ) -> Option<u32> {
        let read = self.reads.get_mut(id)?;
        read.tries.failed(lost);
        let tries = read.tries.all();
        if tries < self.config.read_attempts {
            return Some(tries);
        }
        self.fail_read(id, code, trace);
        None
    }

    fn retry_read(
        &mut self,
        id: ReadId,
        code: ErrorCode,
        lost: bool,
        trace: &Trace,
        retry_after_ms: Option<u64>,
    ) {
        let Some(tries) = self.count_read(id, code, lost, trace) else {
            return;
        };
        let delay = self.random.delay(&self.config, tries, retry_after_ms);
        let until = self.now.after(delay);
        if let Some(read) = self.reads.get_mut(id) {
            read.step = Step::Delayed(until);
            read.is_retry = true;
        }
    }

    fn fail_read(&mut self, id: ReadId, code: ErrorCode, trace: &Trace) {
        let Some(read) = self.reads.remove(id) else {
            return;
        };
        if let Step::Running(request) = read.step {
            self.cancel(request);
        }
        let unreached = self.unreached(code, Phase::Read);
        let failure = Failure::of(code, Phase::Read, trace, unreached);
        self.emit(Event::ReadFailed { read: id, failure });
    }

    /// No token can be obtained for the reads that wait for one.
    pub(super) fn fail_ready_reads(&mut self, code: ErrorCode) {
        self.fail_reads(code, |step| step == Step::Ready);
    }

    /// The API is down: the reads that would need it next fail.
    pub(super) fn fail_waiting_reads(&mut self, code: ErrorCode) {
        self.fail_reads(code, |step| !matches!(step, Step::Running(_)));
    }

    pub(super) fn fail_all_reads(&mut self, code: ErrorCode) {
        self.fail_reads(code, |_| true);
    }

    fn fail_reads(&mut self, code: ErrorCode, which: fn(Step) -> bool) {
        while let Some(read) = self.reads.all.iter().find(|read| which(read.step)) {
            let id = read.id;
            self.fail_read(id, code, &NO_TRACE);
        }
    }
}
