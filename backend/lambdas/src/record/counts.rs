use crowfly_contract::{EventKind, ScanStatus};
use crowfly_core::denied::DeniedOwners;
use crowfly_core::record::{Outcome, RecordError};
use serde_json::json;

use crate::log;

/// What became of the events of one batch.
pub(super) struct Counts<'a> {
    now_ms: u64,
    denied: &'a DeniedOwners,
    stored: usize,
    stored_by_denied: usize,
    verified: usize,
    mismatches: usize,
    withheld: usize,
    scanned: usize,
    infected: usize,
    removed: usize,
    /// Of each event that was written: milliseconds between storage and record.
    lags: Vec<u64>,
    repeated: usize,
    ignored: usize,
    poison: usize,
    failed: usize,
}

impl<'a> Counts<'a> {
    /// Of a batch that came at this moment, in Unix milliseconds, while these owners are turned away.
    pub(super) fn new(now_ms: u64, denied: &'a DeniedOwners) -> Self {
        Self {
            now_ms,
            denied,
            stored: 0,
            stored_by_denied: 0,
            verified: 0,
            mismatches: 0,
            withheld: 0,
            scanned: 0,
            infected: 0,
            removed: 0,
            lags: Vec::new(),
            repeated: 0,
            ignored: 0,
            poison: 0,
            failed: 0,
        }
    }

    /// Counts what became of one event, and writes its line.
    pub(super) fn add(&mut self, message: &str, result: &Result<Outcome, RecordError>) {
        let (count, level, fields) = match result {
            Ok(Outcome::Written {
                owner,
                id,
                kind,
                verified,
                type_mismatch,
                withheld,
                at,
            }) => {
                self.lags.push(self.now_ms.saturating_sub(*at));
                self.verified += usize::from(*verified);
                self.mismatches += usize::from(*type_mismatch);
                self.withheld += usize::from(withheld.is_some());
                if *kind == EventKind::Created && self.denied.contains(owner) {
                    self.stored_by_denied += 1;
                    let fields = json!({"owner": owner.as_str(), "upload": id});
                    log::line("warn", "stored-by-denied", fields);
                }
                let count = match kind {
                    EventKind::Created => &mut self.stored,
                    EventKind::Removed => &mut self.removed,
                };
                (
                    count,
                    "info",
                    json!({"outcome": "written", "owner": owner.as_str(), "upload": id, "kind": kind,
                    "verified": verified, "typeMismatch": type_mismatch, "withheld": withheld}),
                )
            }
            Ok(Outcome::Scanned { owner, id, found }) => {
                self.infected += usize::from(*found == ScanStatus::Infected);
                (
                    &mut self.scanned,
                    "info",
                    json!({"outcome": "scanned", "owner": owner.as_str(), "upload": id, "scan": found}),
                )
            }
            Ok(Outcome::StillStored { owner, id }) => (
                &mut self.repeated,
                "info",
                json!({"outcome": "stands", "owner": owner.as_str(), "upload": id}),
            ),
            Ok(Outcome::NotNewer) => (&mut self.repeated, "info", json!({"outcome": "not newer"})),
            Ok(Outcome::Gone) => (&mut self.repeated, "info", json!({"outcome": "gone"})),
            Ok(Outcome::Superseded) => {
                (&mut self.repeated, "info", json!({"outcome": "superseded"}))
            }
            Ok(Outcome::Ignored(why)) => (&mut self.ignored, "info", json!({"outcome": why})),
            Err(RecordError::Malformed(malformed)) => (
                &mut self.poison,
                "error",
                json!({"poison": malformed.to_string()}),
            ),
            Err(error) => (
                &mut self.failed,
                "error",
                json!({"fault": error.to_string()}),
            ),
        };
        *count += 1;
        let mut fields = fields;
        if let Some(fields) = fields.as_object_mut() {
            fields.insert("message".to_owned(), message.into());
        }
        log::line(level, "record", fields);
    }

    /// Writes the metrics.
    pub(super) fn log(&self) {
        log::Metrics::at(self.now_ms)
            .count("UploadsStored", self.stored)
            .count("StoredByDenied", self.stored_by_denied)
            .count("UploadsVerified", self.verified)
            .count("TypeMismatches", self.mismatches)
            .count("UploadsWithheld", self.withheld)
            .count("UploadsScanned", self.scanned)
            .count("UploadsInfected", self.infected)
            .count("UploadsRemoved", self.removed)
            .count("EventsRepeated", self.repeated)
            .count("EventsIgnored", self.ignored)
            .count("EventsPoison", self.poison)
            .count("EventsFailed", self.failed)
            .times("EventLag", &self.lags)
            .write();
    }
}

#[cfg(test)]
mod tests {
    use crowfly_contract::{OwnerId, UploadId};

    use super::*;

    #[test]
    fn a95_what_a_denied_owner_stores_is_counted() {
        let owner = |letter: &str| letter.repeat(26).parse::<OwnerId>().unwrap();
        let denied = owner("a").as_str().parse().unwrap();
        let mut counts = Counts::new(1, &denied);
        let mut tell = |owner: &OwnerId, kind| {
            let done = Outcome::Written {
                owner: owner.clone(),
                id: UploadId::from_parts(1, 1),
                kind,
                verified: true,
                type_mismatch: false,
                withheld: None,
                at: 1,
            };
            counts.add("m", &Ok(done));
            (counts.stored, counts.stored_by_denied)
        };
        assert_eq!(tell(&owner("b"), EventKind::Created), (1, 0));
        assert_eq!(tell(&owner("a"), EventKind::Created), (2, 1));
        assert_eq!(tell(&owner("a"), EventKind::Removed), (2, 1));
    }
}
