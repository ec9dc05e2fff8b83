//! Outage detection. When a service only fails, all uploads that need it fail together.

use crowfly_contract::ErrorCode;

use super::Queue;
use crate::Phase;
use crate::classify::Api;
use crate::facts::Control;
use crate::failure::NO_TRACE;
use crate::upload::Upload;

impl Queue {
    /// The API accepted the call's token.
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
            Api::Throttled { .. } => self.api_answered(generation),
            Api::Refused(_) => {
                self.api_answered(generation);
                self.throttle.clear();
            }
        }
    }

    pub(super) fn check_storage_outage(&mut self, code: ErrorCode) {
        let budget = self.link.budget(self.now);
        if self.storage.failing_for(budget) >= self.config.outage_ms {
            self.storage.succeeded();
            self.fail_all(code, |_| Phase::Send);
        }
    }

    /// Fails everything that needs the API if it has been failing for too long, with the details of the last `verdict`.
    pub(super) fn check_api_outage(&mut self, verdict: Api) {
        let code = match verdict {
            Api::Retry { code, .. } => code,
            _ => ErrorCode::Network,
        };
        let budget = self.link.budget(self.now);
        if self.api.failing_for(budget) >= self.config.outage_ms {
            self.api.succeeded();
            self.fail_all(code, Upload::api_phase);
            self.fail_waiting_reads(code);
        }
    }

    /// A service is down: all uploads that need it next fail now, instead of one by one over hours.
    fn fail_all(&mut self, code: ErrorCode, phase: fn(&Upload) -> Phase) {
        for id in self.uploads.all() {
            let idle = |upload: &&mut Upload| upload.control == Control::Run && !upload.running();
            if let Some(upload) = self.alive(id).filter(idle) {
                let phase = phase(upload);
                self.fail(id, code, phase, &NO_TRACE);
            }
        }
    }
}
