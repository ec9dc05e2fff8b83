//! A service that only fails: everybody who needs it is told together.

use crowfly_contract::ErrorCode;

use super::Queue;
use crate::Phase;
use crate::failure::NO_TRACE;

impl Queue {
    pub(super) fn check_storage_outage(&mut self, code: ErrorCode) {
        let budget = self.link.budget(self.now);
        if self.storage.failing_for(budget) >= self.config.outage_ms {
            self.storage.succeeded();
            self.fail_all(code, Phase::Send);
        }
    }

    pub(super) fn check_api_outage(&mut self, code: ErrorCode) {
        let budget = self.link.budget(self.now);
        if self.api.failing_for(budget) >= self.config.outage_ms {
            self.api.succeeded();
            self.fail_all(code, Phase::Create);
        }
    }

    /// A service is gone: everybody who would need it next learns so now, not one by one for hours.
    fn fail_all(&mut self, code: ErrorCode, phase: Phase) {
        for id in self.uploads.all() {
            let upload = self.alive(id);
            if upload.is_some_and(|upload| !upload.paused && !upload.aborting && !upload.running())
            {
                self.fail(id, code, phase, &NO_TRACE);
            }
        }
    }
}
