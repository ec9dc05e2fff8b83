//! What the answers tell about the API itself: whether it is there, takes our token, or wants less.

use crowfly_contract::ErrorCode;

use super::Queue;
use crate::Phase;
use crate::classify::Api;
use crate::failure::{NO_TRACE, Trace};
use crate::job::Work;
use crate::uploads::Slot;

/// Refused tokens in a row before one upload gives up, though others get through.
const MOST_UNAUTHORIZED: u32 = 3;

impl Queue {
    /// The API took the call's token.
    pub(super) fn api_answered(&mut self, generation: u32) {
        self.api.succeeded();
        self.token.accepted(generation);
    }

    pub(super) fn api_judged(&mut self, verdict: Api, generation: u32) {
        match verdict {
            Api::Lost if self.link.offline() => {}
            Api::Lost => {
                self.api.failed(self.link.budget(self.now));
                self.token.lost(self.now, generation);
            }
            Api::Retry { .. } => self.api.failed(self.link.budget(self.now)),
            Api::Unauthorized => {}
            Api::Press { .. } | Api::Refused(_) => self.api_answered(generation),
        }
    }

    /// Lets the uploads ask again with another token, once.
    pub(super) fn unauthorized(
        &mut self,
        ids: &[Slot],
        generation: u32,
        phase: Phase,
        trace: &Trace,
    ) {
        let fresh = self.token.refused(self.now, generation);
        for id in ids {
            let Some(upload) = self.uploads.get_mut(*id) else {
                continue;
            };
            upload.unauthorized = upload.unauthorized.saturating_add(1);
            if !fresh && upload.unauthorized < MOST_UNAUTHORIZED {
                self.proceed(*id);
            } else if upload.aborting {
                self.end_aborted(*id, false);
            } else {
                self.fail(*id, ErrorCode::Unauthenticated, phase, trace);
            }
        }
    }

    pub(super) fn token_failed(&mut self) {
        let offline = self.link.offline();
        self.link.probed(self.now, self.config.offline_probe_cap_ms);
        let failed = self.token.failures().saturating_add(1);
        let wait = self.random.delay(&self.config, failed, None);
        let wait = wait.max(self.config.backoff_base_ms / 2);
        let failed = self.token.missed(self.now.after(wait), !offline);
        if failed < self.config.token_attempts {
            return;
        }
        self.token.forgive();
        for work in [Work::Delete, Work::Complete, Work::Sign(0), Work::Create] {
            for place in self.lanes.of(work).all().to_vec() {
                let id = place.job.id;
                if work == Work::Delete {
                    self.end_aborted(id, false);
                } else {
                    self.fail(id, ErrorCode::TokenProvider, work.phase(), &NO_TRACE);
                }
            }
        }
        self.stop_poll(ErrorCode::TokenProvider);
    }

    /// No call at all for a while.
    pub(super) fn press_api(&mut self, told: Option<u64>) {
        let hold = self.now.after(self.press_wait(told));
        self.hold_api = self.hold_api.max(hold);
    }

    /// No create call for a while. Many items of one call say so together: once is enough.
    pub(super) fn press_create(&mut self, code: ErrorCode, told: Option<u64>) {
        let hold = if code == ErrorCode::QuotaOpenUploads {
            self.create_batch = 1;
            self.hold_quota
        } else {
            self.hold_create
        };
        if self.now < hold {
            return;
        }
        let until = self.now.after(self.press_wait(told));
        if code == ErrorCode::QuotaOpenUploads {
            self.hold_quota = until;
        } else {
            self.hold_create = until;
        }
    }

    fn press_wait(&mut self, told: Option<u64>) -> u64 {
        self.pressed = self.pressed.saturating_add(1);
        let wait = self.random.delay(&self.config, self.pressed, told);
        wait.max(self.config.backoff_base_ms / 2)
    }

    /// The upload stays in line while the server holds it off, as long as patience lasts.
    pub(super) fn hold_back(&mut self, id: Slot, code: ErrorCode, phase: Phase, trace: &Trace) {
        let budget = self.link.budget(self.now);
        let since = *self.pressed_since.get_or_insert(budget);
        if budget.since(since) >= self.config.back_pressure_ms {
            self.fail(id, code, phase, trace);
        } else {
            self.proceed(id);
        }
    }
}
