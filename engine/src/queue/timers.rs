//! Effects of the passage of time.

use super::Queue;
use super::hidden::unseen;
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
        while let Some(place) = self.live.iter().position(|live| live.armed <= now) {
            let waits = self.waits_for_connection(place);
            let live = self.live.get_mut(place)?;
            if waits {
                live.deadline = now.after(self.config.stall_ms);
            }
            live.armed = live.deadline;
            if live.deadline <= now {
                let request = live.request;
                self.order(Command::Cancel { request });
                return self.take(request);
            }
        }
        None
    }

    /// Whether a request most likely waits in the browser for a connection to its host: another client or tab uses
    /// some, and ours that have one move. Without a byte moved it is no sign of a slow link, and to cancel it would only
    /// send it to the end of the line. <https://github.com/transloadit/uppy/issues/1190>
    fn waits_for_connection(&self, place: usize) -> bool {
        let Some(live) = self.live.get(place).filter(|live| unseen(live)) else {
            return false;
        };
        let moves = |other: &Live| {
            let sends = matches!(other.flight, Flight::Send(..));
            sends && other.host == live.host && other.moved > 0
        };
        let longest = self.config.answer_ms.saturating_add(self.config.answer_ms);
        self.now.since(live.started) < longest && self.live.iter().any(moves)
    }
}
