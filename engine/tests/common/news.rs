//! What events must be like.

use crowfly_contract::UploadId;
use crowfly_engine::{Event, Failure, Progress, State};

use super::monitor::Kind;
use super::{Ending, Monitor};

impl Monitor {
    pub fn event(&mut self, now: u64, event: &Event) {
        match event {
            Event::State { upload, state } => self.state(*upload, *state),
            Event::Progress { upload, progress } => self.progress(now, *upload, *progress),
            Event::Unverified { .. } => {
                self.unverified += 1;
                let times = self.unverified;
                self.check(times == 1, || format!("unverified told {times} times"));
            }
            Event::Stored { upload, stored, .. } => {
                let total = self.uploads.entry(*upload).or_default().progress;
                self.check(
                    total.sent == stored.size && total.confirmed == stored.size,
                    || format!("{upload:?} stored at {total:?}"),
                );
                self.ended(*upload, Ending::Stored, State::Stored);
            }
            Event::Failed { upload, failure } => {
                self.ended(
                    *upload,
                    Ending::Failed(Failure::clone(failure)),
                    State::Failed,
                );
            }
            Event::Aborted { upload } => self.ended(*upload, Ending::Aborted, State::Aborted),
            Event::Processed { upload, .. } => {
                self.uploads.entry(*upload).or_default().processed += 1;
            }
            Event::ProcessingFailed { upload, failure } => {
                let watched = self.uploads.entry(*upload).or_default();
                watched.processing_failed.push(failure.code);
            }
            Event::Retried { upload, retry } => {
                let ended = self.uploads.entry(*upload).or_default().ending.is_some();
                self.check(!ended && retry.attempt > 0, || {
                    format!("{upload:?}: {retry:?}, ended {ended}")
                });
            }
            Event::Restarted { upload } => {
                self.uploads.entry(*upload).or_default().progress.confirmed = 0;
                self.restarts += 1;
            }
            Event::LimitReached { upload, max_bytes } => {
                let watched = self.uploads.entry(*upload).or_default();
                let told = watched.limit.replace(*max_bytes);
                self.check(told.is_none(), || {
                    format!("{upload:?}: its limit was told twice")
                });
            }
            Event::HostSilent { .. } => {
                self.silent_hosts += 1;
                let often = self.silent_hosts;
                self.check(often == 1, || format!("{often} silent hosts reported"));
            }
            Event::Silent { storage } => {
                let first = self.silent.insert(*storage);
                self.check(first, || format!("silence of {storage} told twice"));
            }
            Event::ProgressHidden => {
                self.hidden += 1;
                let times = self.hidden;
                self.check(times == 1, || format!("hidden progress told {times} times"));
            }
            Event::ReadDone { read } => self.read_ended(*read, None),
            Event::ReadFailed { read, failure } => self.read_ended(*read, Some(failure.code)),
            other => self.violate(format!("unknown event {other:?}")),
        }
    }

    fn state(&mut self, id: UploadId, state: State) {
        let watched = self.uploads.entry(id).or_default();
        let before = watched.state.replace(state);
        watched.states.push(state);
        let lawful = match before {
            Some(State::Stored) => state == State::Processed,
            Some(State::Failed) => state == State::Queued,
            Some(State::Processed | State::Aborted) => false,
            Some(before) => before != state,
            None => state == State::Queued,
        };
        self.check(lawful, || {
            format!("{id:?} went from {before:?} to {state:?}")
        });
    }

    fn ended(&mut self, id: UploadId, ending: Ending, state: State) {
        let watched = self.uploads.entry(id).or_default();
        watched.endings += 1;
        let before = watched.ending.replace(ending.clone());
        let shown = watched.state;
        self.check(before.is_none(), || {
            format!("{id:?} ended as {before:?} and {ending:?}")
        });
        self.check(shown == Some(state), || {
            format!("{id:?} ended as {ending:?} in {shown:?}")
        });
        let running = self
            .live
            .values()
            .any(|(kind, ids, _)| *kind != Kind::Api && ids.contains(&id));
        self.check(!running, || format!("{id:?} has ended, but something runs"));
    }

    fn progress(&mut self, now: u64, id: UploadId, progress: Progress) {
        let frame = self.limits.map_or(0, |(.., frame)| frame);
        let watched = self.uploads.entry(id).or_default();
        let before = std::mem::replace(&mut watched.progress, progress);
        watched.progress_events += 1;
        let told_at = watched.told_at.replace(now);
        let full = progress.sent == progress.total;
        let ended = watched.ending.is_some();
        self.check(!ended, || format!("{id:?} has ended, but progress comes"));
        self.check(progress.sent <= progress.total, || {
            format!("{id:?}: {progress:?}")
        });
        self.check(progress.hashed <= progress.total, || {
            format!("{id:?}: {progress:?}")
        });
        self.check(progress.confirmed <= progress.sent, || {
            format!("{id:?}: {progress:?}")
        });
        self.check(progress.confirmed >= before.confirmed, || {
            format!("{id:?}: confirmed fell from {before:?} to {progress:?}")
        });
        let early = !full && told_at.is_some_and(|at| now < at + frame);
        self.check(!early, || {
            format!("{id:?}: two progress events in one frame")
        });
        if full && progress.total > 0 {
            let again = before.total > 0 && before.sent == before.total;
            self.check(!again && progress.confirmed == progress.total, || {
                format!("{id:?}: 100 % without being stored")
            });
        }
    }
}
