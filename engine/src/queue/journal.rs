//! What the journal records, so that a later page can resume an upload or carry out its cancellation.

use crowfly_contract::ErrorCode;

use super::Queue;
use super::live::Flight;
use crate::job::{Slot, Step, Work};
use crate::{Command, Phase, State};

impl Queue {
    pub(super) fn start_saving(&mut self) {
        while let Some(place) = self.lanes.save.pop_first() {
            let (id, request) = (place.job.id, self.request_id());
            let Some(upload) = self.uploads.get_mut(id) else {
                continue;
            };
            upload.call = Step::Running(request, Work::Save);
            upload.saved = true;
            let (name, item) = (upload.item.id, upload.item.clone());
            let patience = self.config.journal_ms;
            self.launch(request, Flight::Save(id), patience, 0, 0);
            self.order(Command::Save {
                request,
                upload: name,
                item,
            });
        }
    }

    /// The entry is written, or cannot be.
    pub(super) fn saved(&mut self, id: Slot) {
        self.freed(id, Work::Save);
        self.proceed(id);
        let upload = self.uploads.get(id);
        if upload.is_some_and(|upload| upload.call == Step::Idle) {
            // Its create call waits for a checksum; the token need not.
            self.pass_gate();
        }
    }

    /// The upload has ended: remove the entry, unless something is left to resume or to cancel.
    pub(super) fn settle_journal(&mut self, id: Slot, state: State, cancelled: bool) {
        let Some(upload) = self.uploads.get_mut(id).filter(|upload| upload.saved) else {
            return;
        };
        let known = upload.maybe_created;
        let failed = upload.failure.as_ref();
        let fate = match failed.map(|failure| (failure.code, failure.phase, failure.retryable)) {
            Some((code, phase, retryable)) if state == State::Failed => {
                fate(code, phase, retryable)
            }
            _ if state == State::Aborted && known && !cancelled => Fate::Cancel,
            _ => Fate::Erase,
        };
        let name = upload.item.id;
        match fate {
            Fate::Keep => {}
            Fate::Cancel if known => self.order(Command::NoteCancel { upload: name }),
            _ => {
                upload.saved = false;
                self.order(Command::Erase { upload: name });
            }
        }
    }
}

/// What happens to the entry of a failed upload.
enum Fate {
    /// It can be resumed.
    Keep,
    /// It cannot, but the server holds a slot and perhaps parts for it.
    Cancel,
    /// It has no use.
    Erase,
}

fn fate(code: ErrorCode, phase: Phase, retryable: bool) -> Fate {
    match code {
        ErrorCode::FileChanged
        | ErrorCode::ChecksumMismatch
        | ErrorCode::SizeMismatch
        | ErrorCode::Conflict => Fate::Cancel,
        ErrorCode::UploadEnded
        | ErrorCode::UploadMismatch
        | ErrorCode::NotFound
        | ErrorCode::Unverified => Fate::Erase,
        ErrorCode::Closed
        | ErrorCode::Unauthenticated
        | ErrorCode::Forbidden
        | ErrorCode::InsufficientScope
        | ErrorCode::FileUnreadable => Fate::Keep,
        // Refused at creation: it would be refused again.
        _ if phase == Phase::Create && !retryable => Fate::Erase,
        _ => Fate::Keep,
    }
}
