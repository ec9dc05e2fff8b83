use std::collections::BTreeMap;
use std::time::Instant;

use serde::Serialize;

use super::request::Asked;

/// Requests kept; later ones are counted but not listed.
const MOST_ENTRIES: usize = 200_000;

/// One request. Neither its query nor any of its headers is here.
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
    /// Bytes of the body that went upstream.
    pub forwarded: u64,
    /// The answer that the client was sent; absent while there is none, and when there never was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// What befell it, joined by `+`; absent when nothing did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
    /// When its head had come, in milliseconds since the proxy began.
    pub start_ms: u64,
    /// When it was over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_ms: Option<u64>,
}

/// All requests to one part of one object, or to one object sent whole.
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
    /// Those that the client saw succeed.
    pub succeeded: u64,
    /// Bytes that came from the client, over all attempts.
    pub bytes: u64,
}

/// Everything the proxy has seen.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Log {
    /// The seed of every chance.
    pub seed: u64,
    /// The requests in the order of arrival.
    pub requests: Vec<Entry>,
    /// Requests beyond those listed.
    pub unlisted: u64,
    /// Requests that were reset because the line was cut; they are not listed.
    pub cut_off: u64,
    /// PUT requests by part.
    pub parts: Vec<PartTotal>,
}

/// Where requests are counted.
#[derive(Debug)]
pub(super) struct Ledger {
    began: Instant,
    entries: Vec<Entry>,
    unlisted: u64,
    cut_off: u64,
    /// Grows when the list is emptied, so that a request under way does not write into a later one's entry.
    generation: u64,
}

/// A request's place in the ledger.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line {
    generation: u64,
    id: usize,
}

impl Ledger {
    pub(super) fn new() -> Self {
        Self {
            began: Instant::now(),
            entries: Vec::new(),
            unlisted: 0,
            cut_off: 0,
            generation: 0,
        }
    }

    pub(super) fn open(&mut self, asked: &Asked, fault: Option<String>) -> Line {
        let line = Line {
            generation: self.generation,
            id: self.entries.len(),
        };
        if line.id >= MOST_ENTRIES {
            self.unlisted += 1;
            return line;
        }
        self.entries.push(Entry {
            id: line.id,
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
        });
        line
    }

    pub(super) fn update(&mut self, line: Line, change: impl FnOnce(&mut Entry)) {
        if line.generation == self.generation
            && let Some(entry) = self.entries.get_mut(line.id)
        {
            change(entry);
        }
    }

    pub(super) fn close(&mut self, line: Line) {
        let now = self.now();
        self.update(line, |entry| entry.end_ms = Some(now));
    }

    pub(super) fn cut_off(&mut self) {
        self.cut_off += 1;
    }

    pub(super) fn clear(&mut self) {
        self.entries.clear();
        self.unlisted = 0;
        self.cut_off = 0;
        self.generation += 1;
    }

    pub(super) fn log(&self, seed: u64) -> Log {
        let mut parts: BTreeMap<(&str, &str, Option<u32>), PartTotal> = BTreeMap::new();
        for entry in self.entries.iter().filter(|entry| entry.method == "PUT") {
            let total = parts
                .entry((&entry.host, &entry.path, entry.part))
                .or_default();
            total.attempts += 1;
            total.succeeded += u64::from(matches!(entry.status, Some(200..=299)));
            total.bytes += entry.received;
        }
        let named = |((host, path, part), total): (_, PartTotal)| {
            let (host, path): (&str, &str) = (host, path);
            PartTotal {
                host: host.into(),
                path: path.into(),
                part,
                ..total
            }
        };
        Log {
            seed,
            requests: self.entries.clone(),
            unlisted: self.unlisted,
            cut_off: self.cut_off,
            parts: parts.into_iter().map(named).collect(),
        }
    }

    fn now(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}
