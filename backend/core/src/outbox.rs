//! The outbox of a row: what the application is still to be notified of.
//!
//! The update that changes a row adds an entry for each notification about the change, in the same
//! write; an entry is removed only after the bus has accepted its notification. So a function that
//! crashes at any call may send a notification twice, and loses none. An entry is
//! `kind/sequencer`, or `kind/sequencer/result` for the result of a scan; with owner and upload it
//! is the id of the notification, the same for each copy.
//!
//! A notification has the record at the time of sending. Kinds are stated by the update, as far as
//! it knows them; whether a result that arrived before its object withholds or releases it shows in
//! the row.

use std::collections::BTreeSet;

use crowfly_contract::{Notification, NotificationKind, ScanStatus, UploadStatus};

use crate::ports::Change;
use crate::scan::strength;
use crate::{Row, Scanned, Sequencer};

/// How long after a change the sweep looks whether its notifications were sent, in milliseconds.
/// Until then the queue delivers the message again.
const NOTIFY_WITHIN_MS: u64 = 15 * 60 * 1_000;
/// The sequencer of a change that no event reported.
const NO_SEQUENCER: &str = "-";

/// Whether changes are entered in the outbox of their row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Outbox {
    /// They are not: no bus is configured.
    #[default]
    Off,
    /// They are.
    On,
}

impl Outbox {
    /// When the sweep looks whether the notifications of a change at `now_ms` were sent; `None` if
    /// the application is not notified.
    pub(crate) fn notify_by(self, now_ms: u64) -> Option<u64> {
        (self == Self::On).then(|| now_ms.saturating_add(NOTIFY_WITHIN_MS))
    }
}

/// A parsed entry.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    kind: NotificationKind,
    sequencer: String,
    scan: Option<ScanStatus>,
}

impl Entry {
    fn new(
        kind: NotificationKind,
        sequencer: Option<&Sequencer>,
        scan: Option<ScanStatus>,
    ) -> Self {
        Self {
            kind,
            sequencer: sequencer
                .map_or(NO_SEQUENCER, Sequencer::as_written)
                .to_owned(),
            scan,
        }
    }

    /// `None` for an entry of another version.
    fn parse(text: &str) -> Option<Self> {
        let mut words = text.split('/');
        Some(Self {
            kind: words.next()?.parse().ok()?,
            sequencer: words.next()?.to_owned(),
            scan: words.next().map(str::parse).transpose().ok()?,
        })
    }

    fn text(&self) -> String {
        let scan = self.scan.map(|scan| format!("/{scan}"));
        format!(
            "{}/{}{}",
            self.kind,
            self.sequencer,
            scan.unwrap_or_default()
        )
    }

    /// By event; of one event by what follows what.
    fn place(&self) -> impl Ord + use<> {
        let order = Sequencer::parse(&self.sequencer).ok();
        let kind = NotificationKind::ALL
            .iter()
            .position(|kind| *kind == self.kind);
        (
            order.map(|sequencer| sequencer.order().to_owned()),
            self.kind == NotificationKind::Deleted,
            self.scan.map(strength),
            kind,
        )
    }
}

impl Change {
    /// The entries that this change adds to the outbox of its row, which becomes `verified` or not.
    pub fn notices(&self, verified: bool) -> BTreeSet<String> {
        if self.notify_by.is_none() {
            return BTreeSet::new();
        }
        let withheld = self.findings.withheld.is_some() || self.awaits_scan;
        let kinds: &[(NotificationKind, bool)] = match self.object {
            None => &[(NotificationKind::Deleted, true)],
            Some(_) => &[
                (NotificationKind::Stored, true),
                (NotificationKind::Verified, verified),
                (NotificationKind::Withheld, withheld),
            ],
        };
        let kinds = kinds.iter().filter(|(_, holds)| *holds);
        kinds
            .map(|(kind, _)| Entry::new(*kind, self.sequencer.as_ref(), None).text())
            .collect()
    }
}

/// The entries that the result of a scan of `object` adds to the outbox of `row`: of an object that
/// it condemns that it is withheld, and of one that it releases what is said of a stored one.
pub(crate) fn of_scan(row: &Row, object: &Scanned, found: ScanStatus) -> BTreeSet<String> {
    if row.record.status != UploadStatus::Stored {
        // The event of the object is still to come, and finds the result in the row.
        return BTreeSet::new();
    }
    let before = row.clone().shown().withheld;
    let mut scanned = row.clone();
    scanned.record.scan = Some(found);
    scanned.scanned = Some(object.clone());
    let after = scanned.shown().withheld;
    let kinds: &[(NotificationKind, bool)] = match (before, after) {
        (before, after) if before == after => &[],
        (_, Some(_)) => &[(NotificationKind::Withheld, true)],
        (_, None) => &[
            (NotificationKind::Stored, true),
            (NotificationKind::Verified, row.record.verified),
        ],
    };
    let sequencer = row.sequencer();
    let kinds = kinds.iter().filter(|(_, holds)| *holds);
    kinds
        .map(|(kind, _)| Entry::new(*kind, sequencer.as_ref(), Some(found)).text())
        .collect()
}

/// The entries of the outbox that this version can send.
pub(crate) fn readable(row: &Row) -> BTreeSet<String> {
    let entries = row.outbox.iter().cloned();
    entries
        .filter(|text| Entry::parse(text).is_some())
        .collect()
}

/// The others, which stay for the version that wrote them.
pub(crate) fn unreadable(row: &Row) -> BTreeSet<String> {
    let entries = row.outbox.iter().cloned();
    entries
        .filter(|text| Entry::parse(text).is_none())
        .collect()
}

/// The notifications that the entries of the outbox stand for, in the order of what they are about.
pub(crate) fn notifications(row: &Row) -> Vec<Notification> {
    let record = row.clone().shown();
    let sequencer = row.sequencer();
    let of_row = Entry::new(NotificationKind::Withheld, sequencer.as_ref(), None);
    let mut entries: Vec<Entry> = row
        .outbox
        .iter()
        .filter_map(|text| Entry::parse(text))
        .collect();
    if record.status == UploadStatus::Stored {
        let current = |entry: &Entry| entry.sequencer == of_row.sequencer;
        let is = |entry: &Entry, kind| current(entry) && entry.kind == kind;
        let new = |entry: &Entry| is(entry, NotificationKind::Stored) && entry.scan.is_none();
        let said = |entry: &Entry| is(entry, NotificationKind::Withheld);
        if record.withheld.is_none() {
            entries.retain(|entry| !said(entry));
        } else if entries.iter().any(new) && !entries.iter().any(said) {
            entries.push(of_row);
        }
    }
    entries.sort_by_key(Entry::place);
    let notification = |entry: Entry| Notification {
        v: Notification::VERSION,
        id: format!("{}/{}/{}", row.owner, row.record.id, entry.text()),
        kind: entry.kind,
        owner: row.owner.clone(),
        record: record.clone(),
    };
    entries.into_iter().map(notification).collect()
}
