//! Effects of the passage of time.

use super::Queue;
use super::live::{Flight, Live};
use crate::{ApiFailure, Command, Reply, TokenFailure};

impl Queue {
    /// Advances all timers to `now`.
    pub(super) fn fire_timers(&mut self) {
        while let Some(place) = self.delayed.pop_due(self.now) {
            self.freed(place.job.id, place.job.work);
            self.proceed(place.job.id);
        }
        self.reads.wake(self.now);
        self.report_silence();
        while let Some(place) = self.aborts.pop_due(self.now) {
            self.end_aborted(place.job.id, false);
        }
        while let Some(live) = self.overdue() {
            let reply = match live.flight {
                Flight::Hash(job, index) => {
                    self.hash_stalled(job, index);
                    continue;
                }
                Flight::Send(job, index) => {
                    self.stalled(job, index, live.started);
                    continue;
                }
                Flight::Save(_) => Reply::Saved,
                Flight::Token => Reply::Token(Err(TokenFailure)),
                _ => Reply::ApiFailed(ApiFailure::Network),
            };
            self.settle(&live, reply);
        }
    }

    /// Cancels a request whose deadline has passed. A timer is not moved with its deadline; it re-reads the deadline
    /// when it fires.
    fn overdue(&mut self) -> Option<Live> {
        let now = self.now;
        if self
            .live
            .iter()
            .any(|live| live.armed <= now && self.is_unseen(live))
        {
            self.report_hidden();
        }
        for live in &mut self.live {
            if live.armed <= now {
                live.armed = live.deadline;
                if live.deadline <= now {
                    let request = live.request;
                    self.order(Command::Cancel { request });
                    return self.take(request);
                }
            }
        }
        None
    }
}
