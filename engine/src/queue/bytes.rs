//! Replies of storage, and progress of everything that moves bytes.

use crowfly_contract::ErrorCode;

use super::Queue;
use super::live::Flight;
use super::retry::Attempt;
use crate::answer_timeout::answer_timeout;
use crate::classify::{self, Storage};
use crate::facts::Proof;
use crate::failure::Trace;
use crate::job::{Job, Slot, Step, Work};
use crate::part::Doubt;
use crate::{Millis, Phase, Receipt, RequestId, SendFailure};

impl Queue {
    pub(super) fn progress(&mut self, request: RequestId, sent: u64) {
        let Some(live) = self.live.iter_mut().find(|live| live.request == request) else {
            return;
        };
        let sent = sent.min(live.total);
        if sent <= live.moved {
            return;
        }
        let gap = self.now.since(live.moved_at);
        let (first, more) = (live.moved == 0, sent.saturating_sub(live.moved));
        let (host, started) = (live.host, live.started);
        if first {
            (live.first_moved, live.first_at) = (sent, self.now);
        }
        let settled = live.moved_at.since(live.first_at) >= self.window.settles_ms();
        live.moved = sent;
        live.moved_at = self.now;
        let (job, index, hashing) = match live.flight {
            Flight::Hash(job, index) => (job, index, true),
            Flight::Send(job, index) => {
                self.progress_hidden = false;
                (job, index, false)
            }
            _ => return,
        };
        let patience = if sent == live.total {
            answer_timeout(&self.config, live.handover(self.now))
        } else if hashing {
            self.config.hash_stall_ms
        } else {
            if !first && !live.woken {
                self.slowest_step_ms = self.slowest_step_ms.max(gap);
            }
            self.config.stall_patience(self.slowest_step_ms)
        };
        live.deadline = self.now.after(patience);
        live.woken = false;
        // A timer that fires early re-reads the deadline; it must not fire late.
        live.armed = live.armed.min(live.deadline);
        if !hashing {
            if first {
                self.host_reached(host, started);
            } else if settled {
                self.window.moved(self.now, self.counts.send, more, gap);
            }
        }
        let Some(upload) = self.uploads.get_mut(job.id) else {
            return;
        };
        if let Some(part) = upload.part_mut(index) {
            *(if hashing {
                &mut part.hashed
            } else {
                &mut part.sent
            }) = sent;
        }
        if upload.count() {
            self.has_moved(job.id);
        }
    }

    pub(super) fn sent(&mut self, job: Job, index: u16, receipt: Receipt) {
        self.freed(job.id, job.work);
        self.storage.succeeded();
        self.bucket.refund();
        self.window.succeeded();
        let Some(upload) = self.uploads.get_mut(job.id) else {
            return;
        };
        let ours = upload.part(index).and_then(|part| part.crc);
        if let (Some(ours), Some(stated)) = (ours, receipt.crc64nvme) {
            let multipart = upload.parts.multipart();
            if ours != stated && multipart {
                // Storage accepted the bytes, but they differ from those hashed.
                let trace = upload.trace(index);
                self.mismatched(job.id, index, &trace);
                return self.show_progress(job.id);
            }
            if !multipart {
                upload.proof = if ours == stated {
                    Proof::Stated
                } else {
                    Proof::Contradicted
                };
            }
        }
        upload.parts.done(index);
        upload.parts.refresh(index);
        match upload.stored_by(receipt) {
            Some(stored) => self.end_stored(job.id, stored),
            None => {
                self.show_progress(job.id);
                self.proceed(job.id);
            }
        }
    }

    /// Stalled, or no answer in time. The request is already cancelled.
    pub(super) fn stalled(&mut self, job: Job, index: u16, started: Millis) {
        self.window.cut(self.now, started);
        self.freed(job.id, job.work);
        if !self.link.offline() {
            self.storage.failed(self.link.budget(self.now));
        }
        self.lost(job, index, ErrorCode::Stalled, true);
    }

    /// There is no answer. Once every byte was out, storage may hold the object: ask the API.
    fn lost(&mut self, job: Job, index: u16, code: ErrorCode, counts: bool) {
        let hidden = self.progress_hidden;
        let Some(upload) = self.uploads.get_mut(job.id) else {
            return;
        };
        let trace = upload.trace(index);
        upload.parts.refresh(index);
        let some = upload.part(index).is_some_and(|part| part.sent > 0);
        upload.lose(index, hidden);
        let part = upload.part_mut(index);
        let lease = part.and_then(|part| part.lease.take());
        if let Some(lease) = lease.filter(|_| !some) {
            self.host_lost(lease);
        }
        self.show_progress(job.id);
        let attempt = if (counts || some) && !self.link.offline() {
            self.config.path.failed();
            Attempt::Send(index)
        } else {
            Attempt::SendLost(index)
        };
        self.retry(job.id, attempt, code, &trace, None);
        self.check_storage_outage(code);
    }

    pub(super) fn send_failed(
        &mut self,
        job: Job,
        index: u16,
        started: Millis,
        failure: SendFailure,
    ) {
        self.freed(job.id, job.work);
        let id = job.id;
        let (verdict, trace) = classify::storage(failure);
        let upload = self.uploads.get(id);
        let part = upload.and_then(|upload| upload.part(index)?.number);
        let trace = &Trace { part, ..trace };
        match verdict {
            Storage::Lost => {
                if !self.link.offline() {
                    self.storage.failed(self.link.budget(self.now));
                }
                return self.lost(job, index, ErrorCode::Network, false);
            }
            Storage::Retry { code, slow, .. } => {
                self.storage.answered();
                self.storage.failed(self.link.budget(self.now));
                if slow {
                    self.window.cut(self.now, started);
                }
                if code != ErrorCode::StorageUnavailable {
                    self.storage.succeeded();
                }
            }
            _ => self.storage.succeeded(),
        }
        let Some(upload) = self.uploads.get_mut(id) else {
            return;
        };
        let multipart = upload.parts.multipart();
        upload.parts.refresh(index);
        let Some(part) = upload.part_mut(index) else {
            return;
        };
        let checked = part.crc.is_some();
        part.sent = 0;
        match verdict {
            Storage::Lost => {}
            Storage::Retry {
                code,
                retry_after_ms,
                ..
            } => {
                self.retry(id, Attempt::Send(index), code, trace, retry_after_ms);
                self.check_storage_outage(code);
            }
            Storage::Resign { code, fatal } => {
                part.lease = None;
                part.refused = part.refused.wrapping_add(1);
                if fatal || part.refused > 1 {
                    self.fail(id, code, Phase::Send, trace);
                } else {
                    let tries = part.refused;
                    self.emit_retried(id, (code, Phase::Send), trace, tries, 0);
                    // RequestTimeTooSkewed: one short pause for a clock that is slightly off.
                    let moment = self.config.backoff_base_ms;
                    if code == ErrorCode::ServerClock {
                        self.proceed_after(id, Some(index), moment);
                    } else {
                        self.proceed(id);
                    }
                }
            }
            // Either the multipart upload is gone, or the API has other information.
            Storage::Gone if multipart => {
                part.lease = None;
                part.doubt = Doubt::Open;
                self.retry(
                    id,
                    Attempt::Send(index),
                    ErrorCode::MultipartGone,
                    trace,
                    None,
                );
            }
            Storage::Gone => self.fail(id, ErrorCode::StorageRefused, Phase::Send, trace),
            Storage::CheckStored => {
                part.sending.failed(false);
                let spent = part.sending.spent(&self.config);
                upload.doubt = true;
                if spent {
                    self.fail(id, ErrorCode::Conflict, Phase::Send, trace);
                } else {
                    self.proceed(id);
                }
            }
            Storage::Rehash if checked => self.mismatched(id, index, trace),
            Storage::Rehash => self.fail(id, ErrorCode::StorageRefused, Phase::Send, trace),
            Storage::Fail(code) => self.fail(id, code, Phase::Send, trace),
        }
        self.show_progress(id);
    }

    /// Storage received other bytes than were hashed: read, hash and send them again.
    fn mismatched(&mut self, id: Slot, index: u16, trace: &Trace) {
        let Some(upload) = self.uploads.get_mut(id) else {
            return;
        };
        let multipart = upload.parts.multipart();
        if let Some(part) = upload.part_mut(index) {
            part.sent = 0;
            // The URL is bound to the checksum of the bytes.
            if multipart {
                part.lease = None;
            }
        }
        upload.parts.unhash(index);
        let code = ErrorCode::ChecksumMismatch;
        self.retry(id, Attempt::Send(index), code, trace, None);
    }

    /// Stops the transfers of an upload. Bytes that were all out may have arrived.
    pub(super) fn stop_bytes(&mut self, id: Slot) {
        let hidden = self.progress_hidden;
        let Some(upload) = self.uploads.get(id) else {
            return;
        };
        for index in upload.parts.active() {
            if let Some(upload) = self.uploads.get_mut(id)
                && let Some(part) = upload.part_mut(index)
                && let Step::Running(request, work) = part.step
            {
                part.step = Step::Idle;
                part.hashed = 0;
                if let Work::Send(_) = work {
                    upload.lose(index, hidden);
                }
                self.cancel(request);
            }
        }
        self.show_progress(id);
    }

    /// Reports the current figures with the next frame.
    pub(super) fn show_progress(&mut self, id: Slot) {
        if let Some(upload) = self.uploads.get_mut(id)
            && !upload.ended()
            && upload.count()
        {
            self.has_moved(id);
        }
    }
}
