use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use crowfly_contract::{UploadId, UploadStatus};
use devkit::time::ms_since;
use serde::Serialize;

use super::peers::Known;
use super::trouble::{Fault, Trouble};
use super::upload::{Upload, UploadStats};
use crate::pace::{Pacer, sleep_until};

/// Most uploads that are listed one by one.
const MOST_LISTED: usize = 100;

/// How a sink is started.
#[derive(Clone, Debug)]
pub struct Config {
    /// The port to listen on; 0 takes a free one.
    pub port: u16,
    /// Whether to checksum bodies as they arrive; if not, the client's checksum is trusted.
    pub verify: bool,
    /// Milliseconds of delay before every answer.
    pub answer_delay_ms: u64,
    /// Bandwidth of each connection, in bytes a second.
    pub bytes_per_second: Option<u64>,
    /// How long a grant is valid, in milliseconds: a PUT that begins later is refused as expired.
    pub grant_life_ms: u64,
    /// Whether a create call signs first parts along; if not, every part needs a sign call.
    pub signs_along: bool,
    /// Most uploads that may be open at a time; a stored or cancelled one no longer counts.
    pub open_uploads: Option<usize>,
    /// Whether answers expose the headers to pages that the bucket's CORS rule exposes.
    pub expose_headers: bool,
    /// Bandwidth of all connections together, in bytes a second.
    pub uplink: Option<u64>,
    /// Whether grants name two hosts in turns: `127.0.0.1` and `localhost`.
    pub two_hosts: bool,
    /// What goes wrong with bodies.
    pub trouble: Trouble,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            port: 0,
            verify: true,
            answer_delay_ms: 0,
            bytes_per_second: None,
            grant_life_ms: 300_000,
            signs_along: true,
            open_uploads: None,
            expose_headers: true,
            uplink: None,
            two_hosts: false,
            trouble: Trouble::default(),
        }
    }
}

/// What a sink has counted since its start or its last reset.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Stats {
    /// Bytes of all PUT bodies, whatever the outcome.
    pub bytes: u64,
    /// Requests of all kinds.
    pub requests: u64,
    /// Preflights among them.
    pub preflights: u64,
    /// PUT requests to storage.
    pub puts: u64,
    /// Create calls.
    pub creates: u64,
    /// Most uploads open at once; counted only with a quota.
    pub most_open: u64,
    /// Items of create calls refused because of that quota.
    pub quota_refusals: u64,
    /// Status calls.
    pub status_calls: u64,
    /// Most PUT bodies in flight at once.
    pub max_concurrency: u64,
    /// PUT requests refused for a wrong checksum.
    pub bad_digests: u64,
    /// Parts received that were stored already, over all uploads.
    pub parts_sent_twice: u64,
    /// Uploads created.
    pub uploads: u64,
    /// Uploads completed.
    pub completed: u64,
    /// Milliseconds from the first request to the first byte of a `raw` body.
    pub raw_first_byte_ms: Option<u64>,
    /// The first uploads, in the order of creation.
    pub listed: Vec<UploadStats>,
}

/// All uploads and all counts.
#[derive(Debug)]
pub(super) struct State {
    pub(super) config: Config,
    /// The link that all connections share.
    uplink: Mutex<Pacer>,
    inner: Mutex<Inner>,
    began: Instant,
}

#[derive(Debug, Default)]
pub(super) struct Inner {
    pub(super) stats: Stats,
    pub(super) uploads: BTreeMap<UploadId, Upload>,
    /// In the order of creation.
    pub(super) order: Vec<UploadId>,
    /// The uploads of tus, by path.
    pub(super) tus: BTreeMap<String, Known>,
    running: u64,
    bodies: u64,
    first_request: Option<Instant>,
}

impl State {
    pub(super) fn new(config: Config) -> Self {
        Self {
            uplink: Mutex::new(Pacer::new(config.uplink)),
            config,
            inner: Mutex::default(),
            began: Instant::now(),
        }
    }

    /// Takes a slot in the quota of open uploads, if there is one.
    pub(super) fn take_place(&self, inner: &mut Inner) -> bool {
        let Some(most) = self.config.open_uploads else {
            return true;
        };
        let open = |upload: &&Upload| upload.status == UploadStatus::Pending;
        let open = inner.uploads.values().filter(open).count();
        if open >= most {
            inner.stats.quota_refusals += 1;
            return false;
        }
        inner.stats.most_open = inner.stats.most_open.max(open as u64 + 1);
        true
    }

    /// Milliseconds of this sink's clock.
    pub(super) fn now(&self) -> u64 {
        ms_since(self.began)
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn reset(&self) {
        let mut inner = self.lock();
        let running = inner.running;
        *inner = Inner {
            running,
            ..Inner::default()
        };
    }

    pub(super) fn stats(&self) -> Stats {
        let inner = self.lock();
        let first = inner.order.iter().take(MOST_LISTED);
        let listed = first.filter_map(|id| Some(inner.uploads.get(id)?.seen.clone()));
        Stats {
            listed: listed.collect(),
            ..inner.stats.clone()
        }
    }

    /// Most bytes to read before the next [`State::pass`].
    pub(super) fn chunk_size(&self, most: usize) -> usize {
        match self.config.uplink {
            None => most,
            Some(_) => self.link().chunk_size(most),
        }
    }

    /// Waits until the link that all share would have sent these bytes.
    pub(super) fn pass(&self, bytes: usize) {
        if self.config.uplink.is_some() {
            // The lock is released first: locks are not fair, so one connection could hold up all others.
            let clear = self.link().reserve(Instant::now(), bytes);
            sleep_until(clear);
        }
    }

    fn link(&self) -> MutexGuard<'_, Pacer> {
        self.uplink.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is to go wrong with the body that begins.
    pub(super) fn fault(&self) -> Option<Fault> {
        let mut inner = self.lock();
        inner.bodies += 1;
        self.config.trouble.of(inner.bodies)
    }

    /// The first byte of a body arrived; `None` is a raw one.
    pub(super) fn body_begins(&self, id: Option<UploadId>) {
        let mut inner = self.lock();
        inner.running += 1;
        inner.stats.max_concurrency = inner.stats.max_concurrency.max(inner.running);
        let raw = inner.first_request.map(ms_since);
        match id.and_then(|id| inner.uploads.get_mut(&id)) {
            Some(upload) => {
                let after = ms_since(upload.created);
                upload.seen.first_byte_ms.get_or_insert(after);
            }
            None => {
                inner.stats.raw_first_byte_ms = inner.stats.raw_first_byte_ms.or(raw);
            }
        }
    }

    /// A body ended, complete or not.
    pub(super) fn body_ends(&self, id: Option<UploadId>, bytes: u64) {
        let mut inner = self.lock();
        inner.running = inner.running.saturating_sub(1);
        inner.stats.bytes += bytes;
        if let Some(upload) = id.and_then(|id| inner.uploads.get_mut(&id)) {
            upload.seen.bytes += bytes;
        }
    }

    pub(super) fn request_came(&self, method: &str) {
        let mut inner = self.lock();
        inner.first_request.get_or_insert_with(Instant::now);
        inner.stats.requests += 1;
        inner.stats.preflights += u64::from(method == "OPTIONS");
        inner.stats.puts += u64::from(matches!(method, "PUT" | "PATCH"));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_connection_that_waits_for_the_shared_link_does_not_lock_others_out() {
        let config = Config {
            uplink: Some(1_000),
            ..Config::default()
        };
        let state = Arc::new(State::new(config));
        let first = {
            let state = Arc::clone(&state);
            std::thread::spawn(move || state.pass(1_000))
        };
        let counted = || state.uplink.try_lock().is_ok_and(|link| !link.is_idle());
        while !counted() && !first.is_finished() {
            std::thread::yield_now();
        }
        std::thread::sleep(Duration::from_millis(20));
        assert!(!first.is_finished(), "locked until it was its turn");
    }
}
