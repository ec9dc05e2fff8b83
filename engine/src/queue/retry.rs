//! Retries: which attempts count, when the next one is due, and what it draws from the retry bucket.

use crowfly_contract::ErrorCode;

use super::Queue;
use crate::Phase;
use crate::failure::Trace;
use crate::job::{Place, Slot};
use crate::upload::Upload;

/// The kind of a failed attempt, which selects its counter.
#[derive(Clone, Copy, Debug)]
pub(super) enum Attempt {
    Hash(u16),
    /// A request to storage that was answered, or moved bytes.
    Send(u16),
    /// A request to storage that moved nothing.
    SendLost(u16),
    /// An API call that was answered.
    Call(Phase),
    /// An API call without an answer.
    CallLost(Phase),
}

impl Attempt {
    fn phase(self) -> Phase {
        match self {
            Self::Hash(_) => Phase::Hash,
            Self::Send(_) | Self::SendLost(_) => Phase::Send,
            Self::Call(phase) | Self::CallLost(phase) => phase,
        }
    }
}

impl Queue {
    /// Counts a failed attempt and schedules a retry, or fails the upload.
    pub(super) fn retry(
        &mut self,
        id: Slot,
        attempt: Attempt,
        code: ErrorCode,
        trace: &Trace,
        retry_after_ms: Option<u64>,
    ) {
        let offline = self.link.offline();
        let Some(upload) = self.alive(id) else { return };
        let aborting = upload.aborting();
        let tries = match attempt {
            Attempt::Hash(index) => upload.part_mut(index).map(|part| &mut part.hashing),
            Attempt::Send(index) | Attempt::SendLost(index) => {
                upload.part_mut(index).map(|part| &mut part.sending)
            }
            Attempt::Call(Phase::Sign) | Attempt::CallLost(Phase::Sign) => {
                Some(&mut upload.signing)
            }
            Attempt::Call(_) | Attempt::CallLost(_) => Some(&mut upload.calling),
        };
        let Some(tries) = tries else { return };
        let lost = matches!(attempt, Attempt::SendLost(_) | Attempt::CallLost(_));
        if lost && offline && !aborting {
            // A failed offline probe is expected: the work waits for the network.
            return self.proceed(id);
        }
        tries.failed(lost);
        let tries = *tries;
        let deleting = attempt.phase() == Phase::Abort;
        if deleting && tries.all() >= self.config.abort_attempts {
            return self.end_aborted(id, false);
        }
        if !aborting && tries.spent(&self.config) {
            return self.fail(id, code, attempt.phase(), trace);
        }
        let delay = self.random.delay(&self.config, tries.all(), retry_after_ms);
        self.emit_retried(id, (code, attempt.phase()), trace, tries.all(), delay);
        match attempt {
            Attempt::Hash(index) | Attempt::Send(index) | Attempt::SendLost(index) => {
                self.proceed_after(id, Some(index), delay);
            }
            Attempt::Call(Phase::Sign) | Attempt::CallLost(Phase::Sign) => {
                let until = self.now.after(delay);
                if let Some(upload) = self.alive(id) {
                    upload.sign_at = until;
                    upload.is_retry = true;
                }
                self.proceed(id);
            }
            _ => self.proceed_after(id, None, delay),
        }
    }

    /// Work delayed by a missing network becomes ready at once.
    pub(super) fn retry_lost_now(&mut self) {
        self.reads.retry_lost_now();
        for place in self.delayed.all().to_vec() {
            let job = place.job;
            let upload = self.uploads.get(job.id);
            if upload.is_some_and(Upload::out_of_reach) {
                self.delayed.remove(place);
                self.freed(job.id, job.work);
                self.proceed(job.id);
            }
        }
        for place in self.lanes.sign.all() {
            if let Some(upload) = self.uploads.get_mut(place.job.id) {
                upload.sign_at = self.now.min(upload.sign_at);
            }
        }
    }

    /// The next attempt is a retry, and draws from the retry bucket.
    pub(super) fn is_retry(&self, place: Place) -> bool {
        let part = place.job.work.part();
        self.uploads.get(place.job.id).is_some_and(|upload| {
            let part = part.and_then(|index| upload.part(index));
            upload.is_retry || part.is_some_and(|part| part.is_retry)
        })
    }

    /// Whether the retry bucket allows a request; only retries draw from it.
    pub(super) fn draw_if(&mut self, is_retry: bool) -> bool {
        if !is_retry {
            return true;
        }
        match self.bucket.draw(self.now) {
            Ok(()) => true,
            Err(at) => {
                self.wake_at(at);
                false
            }
        }
    }
}
