//! Checks every output against the engine's promises, without looking inside.

use std::collections::{BTreeMap, BTreeSet};

use crowfly_contract::{ErrorCode, UploadId};
use crowfly_engine::{Command, Config, Event, Failure, NewUpload, Progress, RequestId, State};

use super::{Reads, Waits};

#[derive(Clone, Debug, PartialEq)]
pub enum Ending {
    Stored,
    Failed(Failure),
    Aborted,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Hash,
    Send,
    Api,
    Token,
    Save,
}

#[derive(Debug, Default)]
pub struct Watched {
    pub state: Option<State>,
    pub states: Vec<State>,
    pub ending: Option<Ending>,
    pub endings: u32,
    pub progress: Progress,
    pub progress_events: u32,
    pub(super) told_at: Option<u64>,
    pub commands: u32,
    pub sends: u32,
    creates: u32,
    /// The journal has it, as far as can be waited for.
    pub journalled: bool,
    /// Its size over the smallest part size: what its parts may cost.
    pub parts: u32,
    /// Opened by adding, and again by each retry of the user.
    pub openings: u32,
    /// The limit that a live upload has reached.
    pub limit: Option<u64>,
    pub processed: u32,
    pub processing_failed: Vec<ErrorCode>,
}

#[derive(Debug, Default)]
pub struct Monitor {
    pub uploads: BTreeMap<UploadId, Watched>,
    pub(super) live: BTreeMap<RequestId, (Kind, Vec<UploadId>, Option<u64>)>,
    used: BTreeSet<RequestId>,
    /// The host of each request to storage.
    hosts: BTreeMap<RequestId, String>,
    pub violations: Vec<String>,
    pub commands: u64,
    pub creates: u32,
    pub completes: u32,
    pub deletes: u32,
    pub statuses: u32,
    pub lists: u32,
    pub signs: u32,
    pub saves: u32,
    pub restarts: u32,
    /// How often this page received `Unverified`.
    pub unverified: u32,
    /// Whether the silence of storage (`true`) and of the API was reported to this page.
    pub silent: BTreeSet<bool>,
    /// How often this page received `ProgressHidden`.
    pub hidden: u32,
    pub tokens: u32,
    pub most_sends: usize,
    /// How often a host name was said to be silent.
    pub silent_hosts: u32,
    /// Create calls of one upload, besides those of a line that moves.
    pub most_creates: u32,
    pub(super) limits: Option<(usize, usize, usize, u64)>,
    pub waits: Waits,
    pub reads: Reads,
}

impl Monitor {
    pub fn new(config: &Config) -> Self {
        Self {
            most_creates: 100,
            limits: Some((
                config.window,
                config.api_window,
                config.hash_window,
                config.frame_ms,
            )),
            ..Self::default()
        }
    }

    pub fn violate(&mut self, what: impl Into<String>) {
        self.violations.push(what.into());
    }

    pub(super) fn check(&mut self, holds: bool, what: impl FnOnce() -> String) {
        if !holds {
            self.violations.push(what());
        }
    }

    /// The page is gone, and with it all that was under way.
    pub fn crashed(&mut self) {
        self.live.clear();
        self.unverified = 0;
        self.silent.clear();
        self.hidden = 0;
        self.silent_hosts = 0;
        self.waits_for_nothing();
        self.reads_crashed();
        self.used.clear();
        self.uploads.retain(|_, watched| watched.ending.is_some());
    }

    pub fn opened(&mut self, new: &NewUpload) {
        self.reopened(new.id);
        let watched = self.uploads.entry(new.id).or_default();
        watched.journalled |= new.resumed;
        watched.creates += u32::from(new.resumed);
        let parts = new
            .live
            .map_or(new.size / (8 << 20), |live| live.bytes / (5 << 20));
        watched.parts = watched.parts.max(u32::try_from(parts).unwrap_or(u32::MAX));
    }

    /// By a retry, or by an abort after a failure.
    pub fn reopened(&mut self, id: UploadId) {
        let watched = self.uploads.entry(id).or_default();
        watched.openings += 1;
        watched.ending = None;
        watched.limit = None;
    }

    pub fn maybe_created(&self, id: UploadId) -> bool {
        self.uploads
            .get(&id)
            .is_some_and(|watched| watched.creates > 0)
    }

    pub fn live(&self) -> usize {
        self.live.len()
    }

    pub fn is_live(&self, request: RequestId) -> bool {
        self.live.contains_key(&request)
    }

    /// A reply is about to be given back.
    pub fn replied(&mut self, request: RequestId) {
        if let Some((Kind::Save, ids, _)) = self.live.remove(&request) {
            for id in ids {
                self.uploads.entry(id).or_default().journalled = true;
            }
        }
    }

    fn count(&self, kind: Kind) -> usize {
        self.live
            .values()
            .filter(|(other, ..)| *other == kind)
            .count()
    }

    pub fn command(&mut self, command: &Command) {
        self.commands += 1;
        let place = match command {
            Command::Hash { bytes, .. } | Command::Send { bytes, .. } => Some(bytes.start),
            _ => None,
        };
        let (request, kind, ids) = match command {
            Command::Hash {
                request, upload, ..
            } => (*request, Kind::Hash, vec![*upload]),
            Command::Save {
                request, upload, ..
            } => {
                self.saves += 1;
                (*request, Kind::Save, vec![*upload])
            }
            Command::Read { request, read } => return self.read_command(*request, *read),
            Command::Cancel { request } if self.read_cancelled(*request) => return,
            Command::Erase { .. } | Command::NoteCancel { .. } => return,
            Command::Sign {
                request,
                upload,
                parts,
            } => {
                self.signs += 1;
                let mut numbers: Vec<u32> = parts.iter().map(|part| part.number).collect();
                numbers.sort_unstable();
                numbers.dedup();
                self.check(
                    (1..=100).contains(&parts.len()) && numbers.len() == parts.len(),
                    || format!("{numbers:?} in one sign call"),
                );
                (*request, Kind::Api, vec![*upload])
            }
            Command::List { request, upload } => {
                self.lists += 1;
                (*request, Kind::Api, vec![*upload])
            }
            Command::Send {
                request,
                upload,
                grant,
                ..
            } => {
                let host = grant.url.split('/').nth(2).unwrap_or_default();
                self.hosts.insert(*request, host.to_owned());
                self.uploads.entry(*upload).or_default().sends += 1;
                (*request, Kind::Send, vec![*upload])
            }
            Command::Create { request, items } => {
                self.creates += 1;
                (
                    *request,
                    Kind::Api,
                    items.iter().map(|one| one.item.id).collect(),
                )
            }
            Command::Complete {
                request, upload, ..
            } => {
                self.completes += 1;
                (*request, Kind::Api, vec![*upload])
            }
            Command::Delete { request, upload } => {
                self.deletes += 1;
                (*request, Kind::Api, vec![*upload])
            }
            Command::Status { request, ids } => {
                self.statuses += 1;
                let count = ids.len();
                self.check((1..=100).contains(&count), || {
                    format!("{count} ids in one status call")
                });
                (*request, Kind::Api, vec![])
            }
            Command::Token { request, .. } => {
                self.tokens += 1;
                (*request, Kind::Token, vec![])
            }
            Command::Cancel { request } => {
                let save = matches!(self.live.get(request), Some((Kind::Save, ..)));
                let known = self.live.contains_key(request);
                if save {
                    // It was not confirmed in time, and is not waited for.
                    self.replied(*request);
                }
                self.live.remove(request);
                return self.check(known, || {
                    format!("{request:?} cancelled, but it is not live")
                });
            }
            other => return self.violate(format!("unknown command {other:?}")),
        };
        let fresh = self.used.insert(request);
        self.check(fresh, || format!("{request:?} used twice"));
        if matches!(command, Command::Create { .. }) {
            let count = ids.len();
            self.check((1..=100).contains(&count), || {
                format!("{count} items in one create call")
            });
        }
        let everybody = u32::try_from(self.uploads.len()).unwrap_or(u32::MAX);
        for id in &ids {
            let watched = self.uploads.entry(*id).or_default();
            if matches!(command, Command::Create { .. }) {
                watched.creates += 1;
            } else {
                watched.commands += 1;
            }
            let (ended, openings) = (watched.ending.is_some(), watched.openings);
            let (commands, creates) = (watched.commands, watched.creates);
            let journalled = watched.journalled || !matches!(command, Command::Create { .. });
            let most = (200 + 60 * watched.parts) * openings;
            self.check(journalled, || {
                format!("{id:?} is created before the journal knows it")
            });
            self.check(!ended, || {
                format!("{id:?} has ended, but {kind:?} goes out")
            });
            self.check(commands <= most, || {
                format!("{id:?} has needed {commands} commands in {openings} openings")
            });
            // The head of the line asks again whenever the quota may have a place.
            let most_creates = self.most_creates;
            self.check(creates <= most_creates * openings + 20 * everybody, || {
                format!("{id:?} was created {creates} times in {openings} openings")
            });
            let twice = self.live.values().any(|(other, whose, at)| {
                *other == kind && kind != Kind::Api && whose == &[*id] && *at == place
            });
            self.check(!twice, || format!("{id:?} has two {kind:?} at a time"));
        }
        self.live.insert(request, (kind, ids, place));
        if let Some((window, api, ..)) = self.limits {
            let sends = self.count(Kind::Send);
            self.most_sends = self.most_sends.max(sends);
            let live = self.live.iter();
            let live = live.filter(|(_, (kind, ..))| *kind == Kind::Send);
            let mut hosts: BTreeMap<&str, usize> = BTreeMap::new();
            for (request, _) in live {
                *hosts.entry(&self.hosts[request]).or_default() += 1;
            }
            let most = hosts.values().copied().max().unwrap_or(0);
            self.check(most <= window, || {
                format!("{most} requests to one host of storage at a time")
            });
            let (calls, tokens) = (self.count(Kind::Api), self.count(Kind::Token));
            self.check(calls <= api, || format!("{calls} API calls at a time"));
            self.check(tokens <= 1, || format!("{tokens} token requests at a time"));
        }
    }
}
