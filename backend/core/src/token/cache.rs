use std::sync::Arc;

use super::keys::{KeySet, PublicKey};
use super::{EMPTY_PAUSE_MS, FRESH_MS, LAST_GOOD_MS, PAUSE_MS};

/// What is known of one issuer's keys, and what that means for a token. Decides; fetches nothing.
#[derive(Debug, Default)]
pub(super) struct KeyCache {
    good: Option<(KeySet, u64)>,
    /// The last failed fetch, unless a good one came after it.
    failed_at: Option<u64>,
    /// The last fetch that did not bring the key it was made for.
    missed_at: Option<u64>,
}

/// What to do about one key id.
#[derive(Debug)]
pub(super) enum Decision {
    /// The key.
    Use(Arc<PublicKey>),
    /// Fetch the keys; until they are there, this one may be used.
    Fetch(Option<Arc<PublicKey>>),
    /// The issuer has no such key, or is not to be asked again so soon.
    Unknown,
    /// There are no keys, and the issuer did not give any just now.
    Unavailable,
}

impl KeyCache {
    pub(super) fn decide(&self, key_id: &str, now_ms: u64) -> Decision {
        // Callers on several threads may come with moments a little out of order, and a clock may be set
        // back: what is far from now in either direction is old.
        let within = |at: u64, span: u64| now_ms.abs_diff(at) < span;
        let lately = |at: Option<u64>, span: u64| at.is_some_and(|at| within(at, span));
        let Some((keys, at)) = self
            .good
            .as_ref()
            .filter(|(_, at)| within(*at, LAST_GOOD_MS))
        else {
            return if lately(self.failed_at, EMPTY_PAUSE_MS) {
                Decision::Unavailable
            } else {
                Decision::Fetch(None)
            };
        };
        let paused = lately(self.failed_at, PAUSE_MS);
        match keys.find(key_id) {
            Some(key) if paused || within(*at, FRESH_MS) => Decision::Use(key),
            Some(key) => Decision::Fetch(Some(key)),
            None if paused || lately(self.missed_at, PAUSE_MS) => Decision::Unknown,
            None => Decision::Fetch(None),
        }
    }

    /// Takes the keys of a fetch that began at `now_ms` for the sake of `key_id`.
    pub(super) fn store(&mut self, keys: KeySet, key_id: &str, now_ms: u64) {
        if keys.find(key_id).is_none() {
            self.missed_at = Some(now_ms);
        }
        self.failed_at = None;
        self.good = Some((keys, now_ms));
    }

    /// Notes a failed fetch: the last good keys stay.
    pub(super) fn fail(&mut self, now_ms: u64) {
        self.failed_at = Some(now_ms);
    }
}
