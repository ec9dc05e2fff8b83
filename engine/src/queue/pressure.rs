//! What the answers tell about the API itself: whether it is there, takes our token, or wants less.

use crowfly_contract::ErrorCode;

use super::Queue;
use crate::Millis;
use crate::Phase;
use crate::classify::Api;
use crate::failure::{NO_TRACE, Trace};
use crate::job::{Place, Slot, Work};
use crate::upload::Upload;

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
            Api::Press { .. } => self.api_answered(generation),
            Api::Refused(_) => {
                self.api_answered(generation);
                self.unpressed();
            }
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
        if code == ErrorCode::QuotaOpenUploads {
            self.create_batch = 1;
            if self.now >= self.hold_quota {
                self.quota_full = self.quota_full.saturating_add(1);
                let pause = self.random.pause(&self.config, self.quota_full, told);
                self.hold_quota = self.now.after(pause);
            }
        } else if self.now >= self.hold_create {
            self.hold_create = self.now.after(self.press_wait(told));
        }
    }

    /// A place in the quota of open uploads may be free: ask at once.
    pub(super) fn place_freed(&mut self) {
        self.hold_quota = Millis::default();
        self.quota_full = 0;
    }

    /// Those who wait for the server's answer to a create call that needs a place in a full quota.
    pub(super) fn without_place(&self) -> usize {
        if self.quota_full == 0 {
            return 0;
        }
        let waits = |place: &&Place| !self.has_place(**place);
        self.lanes.create.all().iter().filter(waits).count()
    }

    /// The upload counts in the server's quota already, as far as is known.
    pub(super) fn has_place(&self, place: Place) -> bool {
        self.uploads
            .get(place.job.id)
            .is_some_and(Upload::has_place)
    }

    /// The next to create. One that has a place need not wait for one, and may be the only one that can
    /// free it.
    pub(super) fn next_to_create(&self) -> Option<Place> {
        if self.now >= self.hold_quota {
            return self.lanes.create.first();
        }
        let mut all = self.lanes.create.all().iter();
        all.find(|place| self.has_place(**place)).copied()
    }

    /// A call that is not held off: patience begins anew.
    pub(super) fn unpressed(&mut self) {
        self.pressed = 0;
        self.pressed_since = None;
    }

    fn press_wait(&mut self, told: Option<u64>) -> u64 {
        self.pressed = self.pressed.saturating_add(1);
        let wait = self.random.delay(&self.config, self.pressed, told);
        wait.max(self.config.backoff_base_ms / 2)
    }

    /// The upload stays in line while the server holds it off: for a place as long as it takes, else as
    /// long as patience lasts.
    pub(super) fn hold_back(&mut self, id: Slot, code: ErrorCode, phase: Phase, trace: &Trace) {
        if code == ErrorCode::QuotaOpenUploads {
            if let Some(upload) = self.uploads.get_mut(id) {
                upload.no_place = true;
            }
            return self.proceed(id);
        }
        let budget = self.link.budget(self.now);
        let since = *self.pressed_since.get_or_insert(budget);
        if budget.since(since) >= self.config.back_pressure_ms {
            self.fail(id, code, phase, trace);
        } else {
            self.proceed(id);
        }
    }
}
