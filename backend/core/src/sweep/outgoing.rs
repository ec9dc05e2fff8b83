//! Notifications that the function which changed the row did not send.

use std::sync::atomic::{AtomicBool, Ordering};

use super::Observer;
use crate::notify::notify;
use crate::ports::{ClearOutbox, PutEvents};
use crate::{Fault, FaultKind, Outbox, Row};

/// The bus of a sweep. Once it cannot be reached, this sweep does not ask it again, so that waiting
/// for it does not take the time of everything else.
pub(super) struct Outgoing<'a, B, O> {
    pub(super) observer: &'a O,
    bus: &'a B,
    outbox: Outbox,
    unreachable: AtomicBool,
}

impl<'a, B: PutEvents, O: Observer> Outgoing<'a, B, O> {
    pub(super) fn new(bus: &'a B, outbox: Outbox, observer: &'a O) -> Self {
        Self {
            observer,
            bus,
            outbox,
            unreachable: AtomicBool::new(false),
        }
    }

    /// Empties the outbox of a row. What was entered for a bus that is no longer configured is
    /// dropped.
    ///
    /// # Errors
    /// If its notifications were not sent, or the row could not be written.
    pub(super) async fn empty(&self, rows: &impl ClearOutbox, row: &mut Row) -> Result<(), Fault> {
        if row.outbox.is_empty() {
            return Ok(());
        }
        if self.outbox == Outbox::Off {
            let all = std::mem::take(&mut row.outbox);
            return rows.clear_outbox(&row.owner, row.record.id, &all).await;
        }
        if self.unreachable.load(Ordering::Relaxed) {
            let detail = "not asked again in this sweep";
            return Err(Fault::new(
                "events.PutEvents",
                FaultKind::Unavailable,
                detail,
            ));
        }
        let notified = notify(rows, self.bus, &[row]).await;
        self.observer.notified(notified.counts);
        self.unreachable
            .fetch_or(notified.unreachable, Ordering::Relaxed);
        match notified.fault(row) {
            Some(fault) => Err(fault.clone()),
            None => {
                row.outbox = crate::outbox::unreadable(row);
                Ok(())
            }
        }
    }
}
