//! Answers of the API.

use crowfly_contract::limits::MAX_BATCH;
use crowfly_contract::{CreateResult, Created, ErrorCode, Outcome, Plan, ProblemBody, UploadId};

use super::Queue;
use super::ending::Effort;
use crate::classify::{self, Api};
use crate::failure::Trace;
use crate::job::Work;
use crate::part::Lease;
use crate::{ApiFailure, Completion, Phase};

impl Queue {
    pub(super) fn created(&mut self, ids: &[UploadId], mut results: Vec<CreateResult>) {
        self.bucket.refund();
        self.create_batch = self.create_batch.saturating_mul(2).min(MAX_BATCH);
        for id in ids {
            self.freed(*id, Work::Create);
            // They come in the order asked; whoever left the call meanwhile makes a gap.
            let place = results.iter().position(|result| result.id == *id);
            match place.map(|place| results.swap_remove(place).outcome) {
                Some(Outcome::Created(created)) => self.granted(*id, created),
                Some(Outcome::Refused(problem)) => self.refused(*id, problem),
                None => self.bad_response(*id),
            }
        }
    }

    fn bad_response(&mut self, id: UploadId) {
        let code = ErrorCode::BadResponse;
        self.retry(
            id,
            Effort::Call(Phase::Create),
            code,
            Trace::default(),
            None,
        );
    }

    fn granted(&mut self, id: UploadId, created: Created) {
        let (now, margin) = (self.now, self.config.grant_margin_ms);
        self.pressed = 0;
        self.pressed_since = None;
        let Some(upload) = self.uploads.get_mut(&id) else {
            return;
        };
        let Plan::Single { put } = created.plan else {
            return self.bad_response(id);
        };
        upload.calling = Default::default();
        upload.unauthorized = 0;
        upload.working_since = None;
        if let Some(part) = upload.part(0) {
            part.lease = Some(Lease::new(put, now, margin));
        }
        self.proceed(id);
    }

    fn refused(&mut self, id: UploadId, problem: ProblemBody) {
        let ProblemBody {
            code,
            message,
            request_id,
            retry_after_ms,
        } = problem;
        let verdict = classify::problem(None, code, retry_after_ms);
        let trace = Trace {
            status: code.http_status(),
            request_id: Some(request_id),
            message,
        };
        self.judge_create(id, verdict, trace);
    }

    fn judge_create(&mut self, id: UploadId, verdict: Api, trace: Trace) {
        let call = Effort::Call(Phase::Create);
        match verdict {
            Api::Lost => self.retry(
                id,
                Effort::ReachApi(Phase::Create),
                ErrorCode::Network,
                trace,
                None,
            ),
            Api::Retry { code, told } => self.retry(id, call, code, trace, told),
            Api::Press { code, told } => {
                self.press_create(code, told);
                self.hold_back(id, code, Phase::Create, trace);
            }
            Api::Unauthorized => self.fail(id, ErrorCode::Unauthenticated, Phase::Create, trace),
            Api::Refused(ErrorCode::AlreadyStored) => {
                if let Some(upload) = self.uploads.get_mut(&id) {
                    upload.doubt = true;
                }
                self.proceed(id);
            }
            Api::Refused(code) => self.fail(id, code, Phase::Create, trace),
        }
    }

    pub(super) fn create_failed(
        &mut self,
        ids: Vec<UploadId>,
        generation: u32,
        failure: ApiFailure,
    ) {
        let (verdict, trace) = classify::api(failure);
        self.api_judged(&verdict, generation);
        let outage = outage_code(&verdict);
        for id in &ids {
            self.freed(*id, Work::Create);
        }
        match verdict {
            Api::Unauthorized => self.unauthorized(&ids, generation, Phase::Create, &trace),
            // One item may be to blame: each is asked for by itself.
            Api::Refused(_) if ids.len() > 1 => {
                for id in ids {
                    if let Some(upload) = self.uploads.get_mut(&id) {
                        upload.solo = true;
                    }
                    self.proceed(id);
                }
            }
            Api::Press { code, told } => {
                if code == ErrorCode::QuotaOpenUploads {
                    self.press_create(code, told);
                } else {
                    self.press_api(told);
                }
                for id in ids {
                    self.hold_back(id, code, Phase::Create, trace.clone());
                }
            }
            Api::Lost => {
                for id in ids {
                    self.judge_create(id, Api::Lost, trace.clone());
                }
            }
            Api::Retry { code, told } => {
                for id in ids {
                    self.judge_create(id, Api::Retry { code, told }, trace.clone());
                }
            }
            Api::Refused(code) => {
                for id in ids {
                    self.judge_create(id, Api::Refused(code), trace.clone());
                }
            }
        }
        self.check_api_outage(outage);
    }

    pub(super) fn completed(&mut self, id: UploadId, completion: Completion) {
        self.freed(id, Work::Complete);
        let Some(upload) = self.uploads.get_mut(&id) else {
            return;
        };
        upload.calling = Default::default();
        upload.unauthorized = 0;
        let stored = match completion {
            Completion::Stored(stored) => stored,
            Completion::Working { retry_after_ms } => {
                let wait = retry_after_ms.min(self.config.retry_after_cap_ms).max(100);
                let budget = self.link.budget(self.now);
                let since = *upload.working_since.get_or_insert(budget);
                if budget.since(since) >= self.config.back_pressure_ms {
                    let code = ErrorCode::StorageUnavailable;
                    return self.fail(id, code, Phase::Complete, Trace::default());
                }
                self.proceed_after(id, Some(wait));
                if let Some(upload) = self.uploads.get_mut(&id) {
                    upload.owes = false;
                }
                return;
            }
        };
        let ours = upload.item.crc64nvme;
        let same_bytes = ours.is_none() || stored.crc64nvme.is_none() || stored.crc64nvme == ours;
        let code = if stored.id != id {
            ErrorCode::BadResponse
        } else if stored.size != upload.item.size {
            ErrorCode::SizeMismatch
        } else if !same_bytes {
            ErrorCode::ChecksumMismatch
        } else {
            self.bucket.refund();
            return self.end_stored(id, stored);
        };
        self.fail_now(
            id,
            crate::Failure::new(code, Phase::Complete, Trace::default()),
        );
    }

    pub(super) fn complete_failed(&mut self, id: UploadId, generation: u32, failure: ApiFailure) {
        let (verdict, trace) = classify::api(failure);
        self.api_judged(&verdict, generation);
        let outage = outage_code(&verdict);
        self.freed(id, Work::Complete);
        let phase = Phase::Complete;
        match verdict {
            Api::Lost => {
                let effort = Effort::ReachApi(phase);
                self.retry(id, effort, ErrorCode::Network, trace, None);
            }
            Api::Retry { code, told } => self.retry(id, Effort::Call(phase), code, trace, told),
            Api::Press { code, told } => {
                self.press_api(told);
                self.hold_back(id, code, phase, trace);
            }
            Api::Unauthorized => self.unauthorized(&[id], generation, phase, &trace),
            Api::Refused(ErrorCode::NotStored) => {
                let Some(upload) = self.uploads.get_mut(&id) else {
                    return;
                };
                upload.doubt = false;
                upload.calling = Default::default();
                for part in &mut upload.parts {
                    part.done = false;
                    part.sent = 0;
                }
                self.show_progress(id);
                self.retry(id, Effort::Send(0), ErrorCode::NotStored, trace, None);
            }
            Api::Refused(code) => self.fail(id, code, phase, trace),
        }
        self.check_api_outage(outage);
    }

    pub(super) fn delete_failed(&mut self, id: UploadId, generation: u32, failure: ApiFailure) {
        let (verdict, trace) = classify::api(failure);
        self.api_judged(&verdict, generation);
        self.freed(id, Work::Delete);
        let phase = Phase::Abort;
        match verdict {
            Api::Refused(ErrorCode::AlreadyStored) => {
                let Some(upload) = self.uploads.get_mut(&id) else {
                    return;
                };
                upload.aborting = false;
                upload.doubt = true;
                upload.forgive();
                self.drop_abort_timer(id);
                self.proceed(id);
            }
            Api::Refused(_) => self.end_aborted(id),
            Api::Unauthorized => self.unauthorized(&[id], generation, phase, &trace),
            Api::Press { told, .. } => {
                self.press_api(told);
                self.proceed(id);
            }
            Api::Lost => {
                let effort = Effort::ReachApi(phase);
                self.retry(id, effort, ErrorCode::Network, trace, None);
            }
            Api::Retry { code, told } => self.retry(id, Effort::Call(phase), code, trace, told),
        }
    }
}

/// What an upload fails with when the API has answered so, or not at all, for too long.
fn outage_code(verdict: &Api) -> ErrorCode {
    match verdict {
        Api::Retry { code, .. } => *code,
        _ => ErrorCode::Network,
    }
}
