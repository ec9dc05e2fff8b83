//! Outage detection. When a service only fails, all uploads that need it fail together.

use crowfly_contract::ErrorCode;

use super::Queue;
use crate::classify::Api;
use crate::facts::Control;
use crate::failure::NO_TRACE;
use crate::link::Service;
use crate::upload::Upload;
use crate::{Event, Millis, Phase};

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
            Api::Retry { .. } => {
                self.api.answered();
                self.api.failed(self.link.budget(self.now));
            }
            Api::Unauthorized => self.api.answered(),
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
            self.storage.forget();
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
            self.api.forget();
            self.fail_all(code, Upload::api_phase);
            self.fail_waiting_reads(code);
        }
    }

    /// When the silence of a service that has never answered is to be reported.
    pub(super) fn silence_at(&self) -> Millis {
        if self.link.offline() {
            return Millis::NEVER;
        }
        let (budget, limit) = (self.link.budget(self.now), self.config.first_answer_ms);
        let at = |service: &Service| match service.first_answer_in(budget, limit) {
            Some(left) => self.now.after(left),
            None => Millis::NEVER,
        };
        at(&self.api).min(at(&self.storage))
    }

    pub(super) fn report_silence(&mut self) {
        if self.link.offline() {
            return;
        }
        let (budget, limit) = (self.link.budget(self.now), self.config.first_answer_ms);
        for storage in [false, true] {
            let service = if storage {
                &mut self.storage
            } else {
                &mut self.api
            };
            if service.first_answer_in(budget, limit) == Some(0) {
                service.report();
                self.emit(Event::Silent { storage });
            }
        }
    }

    /// Whether the service that a phase needs has never answered.
    pub(super) fn unreached(&self, code: ErrorCode, phase: Phase) -> bool {
        let service = match phase {
            Phase::Hash => return false,
            Phase::Send => &self.storage,
            _ => &self.api,
        };
        code == ErrorCode::Network && service.unreached()
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
