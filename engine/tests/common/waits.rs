//! How long the engine may wait for what does not come. The figures are those of the documents, written down
//! here a second time, so that a change of the engine's own rule does not change what it is held to.

use std::collections::BTreeMap;

use crowfly_engine::{Command, RequestId};

use super::Monitor;

/// Nothing is waited for less than this after the last byte.
const ANSWER_MS: u64 = 30_000;
/// Bodies below this have no rate.
const RATE_FROM_BYTES: u64 = 256 * 1024;
/// The rate decides how long this much may take after the last byte.
const ANSWER_BYTES: u64 = 4 * 1024 * 1024;
/// Longest time that is granted for it, however slow the rate.
const MOST_NEEDED_MS: u64 = 600_000;
/// Silence before the last byte: on a link without slow steps, and at most.
const STALL_MS: (u64, u64) = (10_000, 60_000);
/// One that has moved nothing waits for a connection of the browser, while others to its host have one: at most for so
/// long, and so much longer than the last of them.
const CONNECTION_MS: (u64, u64) = (70_000, 10_000);
const HASH_STALL_MS: u64 = 30_000;
const HASH_HOLD_MS: u64 = 5_000;
/// Hashing jobs of so many bytes count as an eighth of one.
const SMALL: u64 = 256 * 1024;
const API_MS: u64 = 30_000;
const SAVE_MS: u64 = 3_000;
/// Bytes a millisecond of a body whose progress is hidden.
const HIDDEN_BYTES_PER_MS: u64 = 16;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Bytes,
    Hash,
    Call,
    Save,
}

/// One command without its answer.
#[derive(Debug)]
struct Wait {
    what: What,
    /// That of storage.
    host: String,
    began: u64,
    moved_at: u64,
    moved: u64,
    total: u64,
    /// Reports that came at moments of their own.
    steps: u32,
    /// Its progress may be hidden.
    hidden: bool,
    /// The clock jumped meanwhile: what happens at once afterwards is not judged.
    slept: bool,
}

/// All commands without their answers.
#[derive(Debug, Default)]
pub struct Waits {
    live: BTreeMap<RequestId, Wait>,
    slowest_step: u64,
    /// When a request to each host last had a connection.
    connected: BTreeMap<String, u64>,
    /// Requests report no progress.
    hidden: bool,
    /// The longest wait for the answer to a body after its last byte, in milliseconds.
    pub longest_answer: u64,
}

impl Wait {
    /// Longest time since the last byte, in milliseconds.
    fn most(&self, slowest_step: u64) -> u64 {
        let took = self.moved_at - self.began;
        match self.what {
            What::Call => API_MS,
            What::Save => SAVE_MS,
            What::Hash if self.moved < self.total || self.total == 0 => HASH_STALL_MS,
            What::Bytes if self.moved == 0 && self.total > 0 && self.hidden => {
                ANSWER_MS + self.total / HIDDEN_BYTES_PER_MS + 1_000
            }
            What::Bytes if self.moved < self.total => {
                STALL_MS.0.max(2 * slowest_step).min(STALL_MS.1)
            }
            _ if self.total < RATE_FROM_BYTES || self.steps < 2 => ANSWER_MS + 2 * took,
            _ => {
                let needed = (ANSWER_BYTES.saturating_mul(took)).div_ceil(self.total);
                ANSWER_MS + 2 * needed.min(MOST_NEEDED_MS).max(took)
            }
        }
    }
}

impl Monitor {
    /// A command goes out.
    pub(super) fn waits_from(&mut self, now: u64, command: &Command) {
        let (request, what, total) = match command {
            Command::Cancel { request } => return self.waits_no_more(now, *request),
            Command::Hash { request, bytes, .. } => (request, What::Hash, bytes.end - bytes.start),
            Command::Send { request, bytes, .. } => (request, What::Bytes, bytes.end - bytes.start),
            Command::Save { request, .. } => (request, What::Save, 0),
            Command::Token { request, .. }
            | Command::Create { request, .. }
            | Command::Sign { request, .. }
            | Command::List { request, .. }
            | Command::Complete { request, .. }
            | Command::Delete { request, .. }
            | Command::Status { request, .. }
            | Command::Read { request, .. } => (request, What::Call, 0),
            _ => return,
        };
        let host = match command {
            Command::Send { grant, .. } => grant.url.split('/').nth(2).unwrap_or_default(),
            _ => "",
        };
        let wait = Wait {
            what,
            host: host.to_owned(),
            began: now,
            moved_at: now,
            moved: 0,
            total,
            steps: 0,
            hidden: self.waits.hidden,
            slept: false,
        };
        self.waits.live.insert(*request, wait);
        if what != What::Hash {
            return;
        }
        // A job that is silent for longer holds up no other.
        let moving = |wait: &&Wait| wait.what == What::Hash && now - wait.moved_at < HASH_HOLD_MS;
        let eighths = |wait: &Wait| if wait.total <= SMALL { 1 } else { 8 };
        let hashes: usize = self.waits.live.values().filter(moving).map(eighths).sum();
        if let Some((_, _, most, _)) = self.limits {
            self.check(hashes <= 8 * most, || {
                format!("{hashes} eighths of hashing jobs at a time")
            });
        }
    }

    /// Bytes moved.
    pub(super) fn waits_less(&mut self, now: u64, request: RequestId, sent: u64) {
        let waits = &mut self.waits;
        let Some(wait) = waits.live.get_mut(&request) else {
            return;
        };
        let sent = sent.min(wait.total);
        if sent <= wait.moved {
            return;
        }
        if wait.what == What::Bytes {
            waits.hidden = false;
        }
        if wait.moved > 0 && wait.what == What::Bytes {
            waits.slowest_step = waits.slowest_step.max(now - wait.moved_at);
        }
        wait.steps += u32::from(wait.steps == 0 || now > wait.moved_at);
        wait.moved = sent;
        wait.moved_at = now;
    }

    /// Progress is hidden: the driver says so, or a body was answered without any.
    pub(super) fn waits_unseen(&mut self, answered: Option<RequestId>) {
        let waits = &mut self.waits;
        let told = |request| {
            let wait: Option<&Wait> = waits.live.get(&request);
            wait.is_some_and(|wait| wait.moved == 0 && wait.total > 0)
        };
        if answered.is_none_or(told) {
            waits.hidden = true;
            for wait in waits.live.values_mut() {
                wait.hidden = true;
            }
        }
    }

    /// It was answered, or cut off.
    pub(super) fn waits_no_more(&mut self, now: u64, request: RequestId) {
        let Some(wait) = self.waits.live.remove(&request) else {
            return;
        };
        if wait.moved > 0 {
            self.waits.connected.insert(wait.host.clone(), now);
        }
        if wait.slept {
            return;
        }
        let (waited, mut most) = (now - wait.moved_at, wait.most(self.waits.slowest_step));
        if wait.what == What::Bytes && wait.moved == 0 && self.connected(now, &wait.host) {
            most = most.max(CONNECTION_MS.0);
        }
        if wait.what == What::Bytes && wait.moved == wait.total {
            self.waits.longest_answer = self.waits.longest_answer.max(waited);
        }
        self.check(waited <= most, || {
            format!("{request:?} was waited for {waited} ms, {most} ms at most: {wait:?}")
        });
    }

    /// Whether another request to this host has a connection, or had one a moment ago.
    fn connected(&self, now: u64, host: &str) -> bool {
        let has = |other: &Wait| other.moved > 0 && other.host == host;
        let last = self.waits.connected.get(host);
        self.waits.live.values().any(has) || last.is_some_and(|at| now <= at + CONNECTION_MS.1)
    }

    /// The clock jumps.
    pub(super) fn waits_asleep(&mut self) {
        for wait in self.waits.live.values_mut() {
            wait.slept = true;
        }
    }

    /// Stops waiting for the reply.
    pub(super) fn waits_for_nothing(&mut self) {
        self.waits.live.clear();
    }
}
