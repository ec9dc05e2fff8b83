use std::collections::BTreeMap;

use crowfly_contract::{EventKind, ScanStatus};
use crowfly_core::Notifications;
use crowfly_core::denied::DeniedOwners;
use crowfly_core::record::{Outcome, RecordError};
use serde_json::{Value, json};

use crate::log;

/// Counts and logs the outcomes of a batch.
pub(super) struct Counts<'a> {
    now_ms: u64,
    denied: &'a DeniedOwners,
    /// The count of each metric.
    times: BTreeMap<&'static str, usize>,
    /// Milliseconds from the storage event to the record, per written event.
    lags: Vec<u64>,
    lines: log::Lines,
}

impl<'a> Counts<'a> {
    /// The counts of a batch received at `now_ms` (Unix milliseconds), with these denied owners.
    pub(super) fn new(now_ms: u64, denied: &'a DeniedOwners) -> Self {
        Self {
            now_ms,
            denied,
            times: BTreeMap::new(),
            lags: Vec::new(),
            lines: log::Lines::default(),
        }
    }

    fn count(&mut self, metric: &'static str, times: impl Into<usize>) {
        *self.times.entry(metric).or_default() += times.into();
    }

    /// Counts an event that changed nothing; returns level and fields of its log line.
    fn repeated(&mut self, fields: Value) -> (&'static str, Value) {
        self.count("EventsRepeated", true);
        ("info", fields)
    }

    /// Counts the outcome of one event, and adds its line to the log.
    pub(super) fn add(&mut self, message: &str, result: &Result<Outcome, RecordError>) {
        let (level, mut fields) = match result {
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
                self.count("UploadsVerified", *verified);
                self.count("TypeMismatches", *type_mismatch);
                self.count("UploadsWithheld", withheld.is_some());
                if *kind == EventKind::Created && self.denied.contains(owner) {
                    self.count("StoredByDenied", true);
                    let fields = json!({"owner": owner.as_str(), "upload": id});
                    self.lines.add("warn", "stored-by-denied", fields);
                }
                match kind {
                    EventKind::Created => self.count("UploadsStored", true),
                    EventKind::Removed => self.count("UploadsRemoved", true),
                }
                let fields = json!({"outcome": "written", "owner": owner.as_str(), "upload": id,
                    "kind": kind, "verified": verified, "typeMismatch": type_mismatch,
                    "withheld": withheld});
                ("info", fields)
            }
            Ok(Outcome::Scanned { owner, id, found }) => {
                self.count("UploadsScanned", true);
                self.count("UploadsInfected", *found == ScanStatus::Infected);
                let fields = json!({"outcome": "scanned", "owner": owner.as_str(), "upload": id,
                    "scan": found});
                ("info", fields)
            }
            Ok(Outcome::StillStored { owner, id }) => {
                let fields =
                    json!({"outcome": "still stored", "owner": owner.as_str(), "upload": id});
                self.repeated(fields)
            }
            Ok(Outcome::OtherKey { owner, id }) => {
                self.count("EventsOtherKey", true);
                let fields =
                    json!({"outcome": "another key", "owner": owner.as_str(), "upload": id});
                ("warn", fields)
            }
            Ok(Outcome::NotNewer) => self.repeated(json!({"outcome": "not newer"})),
            Ok(Outcome::Gone) => self.repeated(json!({"outcome": "gone"})),
            Ok(Outcome::Superseded) => self.repeated(json!({"outcome": "superseded"})),
            Ok(Outcome::Ignored(why)) => {
                self.count("EventsIgnored", true);
                ("info", json!({"outcome": why}))
            }
            Err(RecordError::Malformed(malformed)) => {
                self.count("EventsPoison", true);
                ("error", json!({"poison": malformed.to_string()}))
            }
            Err(error) => {
                self.count("EventsFailed", true);
                ("error", json!({"fault": error.to_string()}))
            }
        };
        if let Some(fields) = fields.as_object_mut() {
            fields.insert("message".to_owned(), message.into());
        }
        self.lines.add(level, "record", fields);
    }

    /// Counts what was sent to the application.
    pub(super) fn notified(&mut self, notifications: Notifications) {
        self.count("NotificationsSent", notifications.sent);
        self.count("NotificationsFailed", notifications.failed);
    }

    /// Writes the lines and the metrics.
    pub(super) fn log(&self) {
        self.lines.write();
        let metrics = log::Metrics::at(self.now_ms);
        let counted = self.times.iter();
        counted
            .fold(metrics, |metrics, (name, times)| {
                metrics.count(name, *times)
            })
            .times("EventLag", &self.lags)
            .write();
    }
}

#[cfg(test)]
mod tests {
    use crowfly_contract::{OwnerId, UploadId};

    use super::*;

    #[test]
    fn h11_a_second_object_of_an_upload_is_counted() {
        let denied = DeniedOwners::default();
        let mut counts = Counts::new(1, &denied);
        let outcome = Outcome::OtherKey {
            owner: "a".repeat(26).parse().unwrap(),
            id: UploadId::from_parts(1, 1),
        };
        counts.add("m", &Ok(outcome));
        assert_eq!(counts.times, BTreeMap::from([("EventsOtherKey", 1)]));
    }

    #[test]
    fn a95_what_a_denied_owner_stores_is_counted() {
        let owner = |letter: &str| letter.repeat(26).parse::<OwnerId>().unwrap();
        let denied = owner("a").as_str().parse().unwrap();
        let mut counts = Counts::new(1, &denied);
        let mut add = |owner: &OwnerId, kind| {
            let outcome = Outcome::Written {
                owner: owner.clone(),
                id: UploadId::from_parts(1, 1),
                kind,
                verified: true,
                type_mismatch: false,
                withheld: None,
                at: 1,
            };
            counts.add("m", &Ok(outcome));
            let times = |metric| counts.times.get(metric).copied().unwrap_or_default();
            (times("UploadsStored"), times("StoredByDenied"))
        };
        assert_eq!(add(&owner("b"), EventKind::Created), (1, 0));
        assert_eq!(add(&owner("a"), EventKind::Created), (2, 1));
        assert_eq!(add(&owner("a"), EventKind::Removed), (2, 1));
    }
}
