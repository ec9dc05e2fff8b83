//! Sends what the outboxes of rows hold, and empties them.

use std::collections::{BTreeMap, BTreeSet};

use crowfly_contract::{Notification, OwnerId, UploadId};

use crate::outbox::{notifications, readable};
use crate::ports::{ClearOutbox, PutEvents};
use crate::{Fault, Row, bounded};

/// Notifications of a call, the limit of the service:
/// <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html>. Together they
/// stay far below its 256 KB
/// (<https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevent-size.html>): a record has
/// a few kilobytes at most.
const AT_ONCE: usize = 10;

/// How many notifications were sent, and how many were not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Notifications {
    /// Accepted by the bus.
    pub sent: usize,
    /// Not accepted; they are sent again.
    pub failed: usize,
}

/// The result of [`notify`].
#[derive(Debug, Default)]
pub(crate) struct Notified {
    pub(crate) counts: Notifications,
    /// Whether the bus could not be reached at all.
    pub(crate) unreachable: bool,
    faults: BTreeMap<(OwnerId, UploadId), Fault>,
}

impl Notified {
    /// Why the outbox of the row still has entries that must be sent.
    pub(crate) fn fault(&self, row: &Row) -> Option<&Fault> {
        self.faults.get(&(row.owner.clone(), row.record.id))
    }
}

/// Sends the notifications of these rows, each once although several of them may be of one upload,
/// and empties the outboxes of those whose notifications were all accepted.
///
/// A row that is not emptied keeps all its entries, so its next attempt may repeat some.
pub(crate) async fn notify(
    rows: &impl ClearOutbox,
    bus: &impl PutEvents,
    unnotified: &[&Row],
) -> Notified {
    let mut notified = Notified::default();
    let mut all: Vec<(&Row, Notification)> = Vec::new();
    let mut seen = BTreeSet::new();
    for row in unnotified {
        let new = notifications(row).into_iter();
        let new = new.filter(|notification| seen.insert(notification.id.clone()));
        all.extend(new.map(|notification| (*row, notification)));
    }
    let mut down: Option<Fault> = None;
    for chunk in all.chunks(AT_ONCE) {
        let batch: Vec<&Notification> =
            chunk.iter().map(|(_, notification)| notification).collect();
        let failed = match &down {
            Some(fault) => Err(fault.clone()),
            None => bus.put_events(&batch).await,
        };
        let failed: Vec<(usize, Fault)> = match failed {
            Ok(failed) => failed
                .into_iter()
                .map(|not| (not.index, not.fault))
                .collect(),
            Err(fault) => {
                down = Some(fault.clone());
                (0..chunk.len())
                    .map(|index| (index, fault.clone()))
                    .collect()
            }
        };
        notified.counts.sent += chunk.len().saturating_sub(failed.len());
        notified.counts.failed += failed.len();
        for (index, fault) in failed {
            if let Some((row, _)) = chunk.get(index) {
                notified.faults.insert(name(row), fault);
            }
        }
    }
    notified.unreachable = down.is_some();
    let mut sent: BTreeMap<(OwnerId, UploadId), BTreeSet<String>> = BTreeMap::new();
    for row in unnotified
        .iter()
        .filter(|row| notified.fault(row).is_none())
    {
        sent.entry(name(row)).or_default().extend(readable(row));
    }
    let clear = |(name, entries): ((OwnerId, UploadId), BTreeSet<String>)| async move {
        let done = rows.clear_outbox(&name.0, name.1, &entries).await;
        done.err().map(|fault| (name, fault))
    };
    let tasks = sent.into_iter().filter(|(_, entries)| !entries.is_empty());
    let faults = bounded(tasks.map(clear).collect(), AT_ONCE).await;
    notified.faults.extend(faults.into_iter().flatten());
    notified
}

fn name(row: &Row) -> (OwnerId, UploadId) {
    (row.owner.clone(), row.record.id)
}
