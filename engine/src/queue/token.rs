//! Calls whose token was refused, and a token function that fails.

use crowfly_contract::ErrorCode;

use super::Queue;
use crate::Phase;
use crate::failure::{NO_TRACE, Trace};
use crate::job::{Slot, Work};

/// Consecutive refused tokens before one upload or read fails, although others succeed.
pub(super) const MOST_UNAUTHORIZED: u32 = 3;

impl Queue {
    /// Lets the uploads retry with a new token, once.
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
            upload.unauthorized = upload.unauthorized.wrapping_add(1);
            if !fresh && upload.unauthorized < MOST_UNAUTHORIZED {
                self.proceed(*id);
            } else if upload.aborting() {
                self.end_aborted(*id, false);
            } else {
                self.fail(*id, ErrorCode::Unauthenticated, phase, trace);
            }
        }
    }

    pub(super) fn token_failed(&mut self) {
        let offline = self.link.offline();
        self.link.probed(self.now, self.config.offline_probe_cap_ms);
        let failed = self.token.failures().wrapping_add(1);
        let wait = self.random.delay(&self.config, failed, None);
        let wait = wait.max(self.config.backoff_base_ms / 2);
        let failed = self.token.missed(self.now.after(wait), !offline);
        if failed < self.config.token_attempts {
            return;
        }
        self.token.forgive();
        for &work in &[Work::Delete, Work::Complete, Work::Sign(0), Work::Create] {
            for place in self.lanes.of(work).all().to_vec() {
                let id = place.job.id;
                if work == Work::Delete {
                    self.end_aborted(id, false);
                } else {
                    self.fail(id, ErrorCode::TokenProvider, work.phase(), &NO_TRACE);
                }
            }
        }
        self.fail_ready_reads(ErrorCode::TokenProvider);
        self.stop_poll(ErrorCode::TokenProvider);
    }
}
