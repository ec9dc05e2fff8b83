use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use devkit::time::ms_since;
use serde::Serialize;

use super::request::Asked;

/// Requests kept; later ones are counted but not listed.
const MOST_ENTRIES: usize = 200_000;

/// One request. Its query and its headers are left out: they hold secrets.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// From 0, in the order of arrival.
    pub id: usize,
    /// The method.
    pub method: String,
    /// Host and port.
    pub host: String,
    /// The path without the query.
    pub path: String,
    /// The part's number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part: Option<u32>,
    /// Bytes of the body that came from the client.
    pub received: u64,
    /// Bytes of the body that were relayed upstream.
    pub forwarded: u64,
    /// The status sent to the client; absent while, or if, there is no answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The faults that were injected, joined by `+`; absent for none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
    /// When its head was complete, in milliseconds since the proxy started.
    pub start_ms: u64,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_ms: Option<u64>,
}

/// Totals of all PUT requests for one part of an object, or for an object sent as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PartTotal {
    /// Host and port.
    pub host: String,
    /// The path without the query.
    pub path: String,
    /// The part's number; absent for a single PUT.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part: Option<u32>,
    /// PUT requests.
    pub attempts: u64,
    /// Those for which the client got a success.
    pub succeeded: u64,
    /// Bytes from the client, over all attempts.
    pub bytes: u64,
}

/// Everything the proxy has seen.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Log {
    /// The seed of every random choice.
    pub seed: u64,
    /// The requests in the order of arrival.
    pub requests: Vec<Entry>,
    /// Requests beyond those listed.
    pub unlisted: u64,
    /// Requests that were reset while the proxy was offline; they are not listed.
    pub cut_off: u64,
    /// PUT requests by part.
    pub parts: Vec<PartTotal>,
}

/// One entry while it is written; a request keeps its own when the log is cleared.
pub(super) type Line = Arc<Mutex<Entry>>;

pub(super) fn note(line: &Line, change: impl FnOnce(&mut Entry)) {
    change(&mut line.lock().unwrap_or_else(PoisonError::into_inner));
}

/// The log while it is written.
#[derive(Debug)]
pub(super) struct RequestLog {
    began: Instant,
    entries: Vec<Line>,
    unlisted: u64,
    /// See [`Log::cut_off`].
    pub(super) cut_off: u64,
}

impl RequestLog {
    pub(super) fn new() -> Self {
        Self {
            began: Instant::now(),
            entries: Vec::new(),
            unlisted: 0,
            cut_off: 0,
        }
    }

    pub(super) fn open(&mut self, asked: &Asked, fault: Option<String>) -> Line {
        let line = Arc::new(Mutex::new(Entry {
            id: self.entries.len(),
            method: asked.method.clone(),
            host: asked.host.clone(),
            path: asked.path.clone(),
            part: asked.part,
            received: 0,
            forwarded: 0,
            status: None,
            fault,
            start_ms: self.now(),
            end_ms: None,
        }));
        if self.entries.len() < MOST_ENTRIES {
            self.entries.push(Arc::clone(&line));
        } else {
            self.unlisted += 1;
        }
        line
    }

    /// Milliseconds since the proxy started.
    pub(super) fn now(&self) -> u64 {
        ms_since(self.began)
    }

    pub(super) fn clear(&mut self) {
        self.entries.clear();
        (self.unlisted, self.cut_off) = (0, 0);
    }

    pub(super) fn log(&self, seed: u64) -> Log {
        let mut requests = Vec::with_capacity(self.entries.len());
        let mut parts = BTreeMap::new();
        for line in &self.entries {
            note(line, |entry| requests.push(entry.clone()));
        }
        for entry in requests.iter().filter(|entry| entry.method == "PUT") {
            let key = (&entry.host, &entry.path, entry.part);
            let total: &mut PartTotal = parts.entry(key).or_default();
            (total.host, total.path) = (entry.host.clone(), entry.path.clone());
            total.part = entry.part;
            total.attempts += 1;
            total.succeeded += u64::from(matches!(entry.status, Some(200..=299)));
            total.bytes += entry.received;
        }
        let parts = parts.into_values().collect();
        Log {
            seed,
            parts,
            requests,
            unlisted: self.unlisted,
            cut_off: self.cut_off,
        }
    }
}
