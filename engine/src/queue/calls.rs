//! Replies of the API.

use crowfly_contract::{
    CreateResult, Created, ErrorCode, Outcome, PartGrant, PartPlan, Plan, ProblemBody,
};

use super::Queue;
use super::retry::Attempt;
use crate::classify::{self, Api};
use crate::facts::Proof;
use crate::failure::{NO_TRACE, Trace};
use crate::job::{Slot, Work};
use crate::{Completion, Failure, LIVE, Millis, Phase};

impl Queue {
    pub(super) fn created(&mut self, ids: &[Slot], mut results: Vec<CreateResult>, asked: Millis) {
        self.bucket.refund();
        self.throttle.created();
        for id in ids {
            self.freed(*id, Work::Create);
            // Results come in request order; an upload that left the call meanwhile leaves a gap.
            let name = self.uploads.name(*id);
            let place = results.iter().position(|result| result.id == name);
            match place.map(|place| results.swap_remove(place).outcome) {
                Some(Outcome::Created(created)) => self.granted(*id, created, asked),
                Some(Outcome::Refused(problem)) => self.refused(*id, problem),
                None => {
                    let problem = "expected a result for each id of the call";
                    self.bad_response(*id, Phase::Create, "uploads", problem);
                }
            }
        }
    }

    /// An answer does not fit the upload, though each of its fields has the right form.
    pub(super) fn bad_response(&mut self, id: Slot, phase: Phase, path: &str, problem: &str) {
        let trace = Trace::wrong(path, problem);
        self.fail(id, ErrorCode::BadResponse, phase, &trace);
    }

    fn granted(&mut self, id: Slot, mut created: Created, asked: Millis) {
        let (now, margin) = (self.now, self.config.grant_margin_ms);
        self.throttle.clear();
        let Some(upload) = self.uploads.get_mut(id) else {
            return;
        };
        if !upload.has_place() {
            self.throttle.place_granted(now);
        }
        let (size, live) = (upload.size(), upload.live.is_some());
        let ignored = std::mem::take(&mut upload.asked) && created.grants.is_empty();
        let (plan, put) = match created.plan {
            Plan::Live { plan, max_bytes } if LIVE && live => {
                self.live_planned(id, plan, max_bytes);
                (None, None)
            }
            Plan::Single { put } if !live => (None, Some(put)),
            Plan::Multipart {
                part_size,
                part_count,
            } if !live => match PartPlan::new(size, part_size) {
                Ok(plan) if plan.part_count() == part_count => (Some(plan), None),
                _ => {
                    let problem = "expected the number of parts of partSize bytes in this file";
                    return self.bad_response(id, Phase::Create, "plan.partCount", problem);
                }
            },
            _ => {
                let problem = "expected live for a live upload, and for no other";
                return self.bad_response(id, Phase::Create, "plan.kind", problem);
            }
        };
        let Some(upload) = self.uploads.get_mut(id) else {
            return;
        };
        let as_asked = upload.parts.plan() == plan;
        if ignored && !as_asked && self.config.ask_part_size {
            // It may sign parts of its own plan all the same.
            self.config.ask_part_size = false;
        } else if ignored {
            self.config.first_parts = 0;
        }
        if live || as_asked {
            while let Some(PartGrant { number, grant }) = created.grants.pop() {
                if let Some(index) = upload.parts.index(number)
                    && let Some(part) = upload.part_mut(index)
                {
                    part.take(grant, asked, now, margin);
                }
            }
        } else {
            self.cut(id, plan);
        }
        let Some(upload) = self.uploads.get_mut(id) else {
            return;
        };
        upload.key = Some(created.key);
        upload.confirm = created.confirm || self.config.confirm;
        upload.no_place = false;
        upload.multipart_open = upload.parts.multipart();
        if let (Some(part), Some(put)) = (upload.part_mut(0), put) {
            part.take(put, asked, now, margin);
        }
        upload.calling = Default::default();
        upload.unauthorized = 0;
        upload.working_since = None;
        self.proceed(id);
    }

    /// One item was refused, others possibly not.
    fn refused(&mut self, id: Slot, problem: ProblemBody) {
        let (verdict, trace) = classify::item(problem);
        match verdict {
            Api::Unauthorized => {
                self.fail(id, ErrorCode::Unauthenticated, Phase::Create, &trace);
            }
            verdict => {
                if let Api::Throttled {
                    code,
                    retry_after_ms,
                } = verdict
                {
                    self.throttle_create(code, retry_after_ms);
                }
                self.judge(id, Work::Create, verdict, &trace);
            }
        }
    }

    /// A call for these uploads failed.
    pub(super) fn call_failed(
        &mut self,
        work: Work,
        ids: &[Slot],
        generation: u32,
        verdict: Api,
        trace: &Trace,
    ) {
        for id in ids {
            if work.part().is_none() {
                self.freed(*id, work);
            }
            if work == Work::List {
                self.unlisted(*id);
            }
        }
        match verdict {
            Api::Unauthorized => self.unauthorized(ids, generation, work.phase(), trace),
            // Retry each in a call of its own.
            Api::Refused(_) if ids.len() > 1 && classify::blames_an_item(trace) => {
                for id in ids {
                    if let Some(upload) = self.uploads.get_mut(*id) {
                        upload.solo = true;
                    }
                    self.proceed(*id);
                }
            }
            _ => {
                if let Api::Throttled {
                    code,
                    retry_after_ms,
                } = verdict
                {
                    if work == Work::Create && code == ErrorCode::QuotaOpenUploads {
                        self.throttle_create(code, retry_after_ms);
                    } else {
                        self.throttle_api(retry_after_ms);
                    }
                }
                for id in ids {
                    self.judge(*id, work, verdict, trace);
                }
            }
        }
        if work != Work::Delete {
            self.check_api_outage(verdict);
        }
    }

    /// Consequence of a failed call for one of its uploads.
    fn judge(&mut self, id: Slot, work: Work, verdict: Api, trace: &Trace) {
        let phase = work.phase();
        let code = match verdict {
            Api::Lost => {
                let attempt = Attempt::CallLost(phase);
                return self.retry(id, attempt, ErrorCode::Network, trace, None);
            }
            Api::Retry {
                code,
                retry_after_ms,
            } => {
                return self.retry(id, Attempt::Call(phase), code, trace, retry_after_ms);
            }
            Api::Throttled { .. } if work == Work::Delete => return self.proceed(id),
            Api::Throttled { code, .. } => return self.throttled(id, code, phase, trace),
            Api::Unauthorized => ErrorCode::Unauthenticated,
            Api::Refused(code) => code,
        };
        let Some(upload) = self.uploads.get_mut(id) else {
            return;
        };
        match (work, code) {
            // A server of another version, or another one, may know neither of first parts nor of their size.
            (Work::Create, ErrorCode::UnknownField | ErrorCode::BadResponse) if upload.asked => {
                self.config.first_parts = 0;
                self.proceed(id);
            }
            (Work::Create | Work::Sign(_) | Work::List, ErrorCode::AlreadyStored) => {
                upload.doubt = true;
                self.stop_bytes(id);
                self.drop_waiting(id);
                self.proceed(id);
            }
            (Work::Sign(_) | Work::List | Work::Complete, ErrorCode::MultipartGone) => {
                self.restart(id, phase, trace);
            }
            (Work::Complete, ErrorCode::NotStored)
                if upload.parts.multipart() || upload.comparing() =>
            {
                self.restart(id, phase, trace);
            }
            (Work::Complete, ErrorCode::PartsMismatch) => self.recount(id, trace),
            (Work::Complete, ErrorCode::NotStored) => {
                upload.doubt = false;
                if matches!(upload.proof, Proof::Contradicted | Proof::Stated) {
                    upload.proof = Proof::None;
                }
                upload.calling = Default::default();
                upload.parts.undo();
                self.show_progress(id);
                self.retry(id, Attempt::Send(0), code, trace, None);
            }
            (Work::Delete, ErrorCode::AlreadyStored) => {
                upload.doubt = true;
                if upload.proof != Proof::Contradicted {
                    upload.proof = Proof::Waived;
                }
                self.drop_abort_timer(id);
                if let Some(upload) = self.uploads.get_mut(id) {
                    upload.forgive();
                }
                self.proceed(id);
            }
            (Work::Delete, _) => self.end_aborted(id, true),
            _ => self.fail(id, code, phase, trace),
        }
    }

    pub(super) fn completed(&mut self, id: Slot, completion: Completion) {
        self.freed(id, Work::Complete);
        let Some(upload) = self.uploads.get_mut(id) else {
            return;
        };
        upload.calling = Default::default();
        upload.unauthorized = 0;
        let mut stored = match completion {
            Completion::Stored(stored) => stored,
            Completion::Working { retry_after_ms } => {
                let wait = retry_after_ms.min(self.config.retry_after_cap_ms).max(100);
                let budget = self.link.budget(self.now);
                let since = *upload.working_since.get_or_insert(budget);
                if budget.since(since) >= self.config.back_pressure_ms {
                    let code = ErrorCode::StorageUnavailable;
                    return self.fail(id, code, Phase::Complete, &NO_TRACE);
                }
                self.proceed_after(id, None, wait);
                if let Some(upload) = self.uploads.get_mut(id) {
                    upload.is_retry = false;
                }
                return;
            }
        };
        let ours = upload.crc();
        if upload.proof == Proof::Stated {
            // What storage has said to the page itself needs no repetition by the server.
            stored.crc64nvme = stored.crc64nvme.or(ours);
        }
        let stated = stored.crc64nvme;
        let same_bytes = match stated {
            None => upload.proof != Proof::Contradicted,
            Some(_) => ours.is_none() || stated == ours,
        };
        // An object at another location is a different object, whatever else matches.
        let here = upload.key.as_ref().is_none_or(|key| *key == stored.key);
        let elsewhere = || Trace::wrong("id, key", "expected those of this upload");
        let (code, trace) = if stored.id != upload.item.id {
            (ErrorCode::BadResponse, elsewhere())
        } else if upload.size() != stored.size {
            (ErrorCode::SizeMismatch, Trace::NONE)
        } else if !same_bytes {
            (ErrorCode::ChecksumMismatch, Trace::NONE)
        } else if !here {
            (ErrorCode::BadResponse, elsewhere())
        } else {
            self.bucket.refund();
            let compare = upload.checksum.hashes() && ours.is_none() && stated.is_some();
            if compare && upload.proof != Proof::Waived {
                return self.prove(id);
            }
            return self.end_stored(id, stored);
        };
        self.fail_now(id, Failure::new(code, Phase::Complete, &trace));
    }
}
