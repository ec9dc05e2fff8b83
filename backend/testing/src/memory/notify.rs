use std::collections::BTreeSet;

use crowfly_contract::{Notification, OwnerId, UploadId};
use crowfly_core::ports::{ClearOutbox, NotAccepted, PutEvents};
use crowfly_core::{Fault, FaultKind};

use super::{Memory, lock, pause};

/// The event bus.
#[derive(Default)]
pub(super) struct Bus {
    accepted: Vec<Notification>,
    /// How many entries of the next calls it refuses.
    refusals: usize,
}

impl Memory {
    /// Everything that the bus accepted, in order.
    pub fn notifications(&self) -> Vec<Notification> {
        lock(&self.bus).accepted.clone()
    }

    /// Makes the bus refuse this many entries, while it accepts others of the same call.
    pub fn refuse_next(&self, entries: usize) {
        lock(&self.bus).refusals += entries;
    }
}

impl PutEvents for Memory {
    async fn put_events(&self, notifications: &[&Notification]) -> Result<Vec<NotAccepted>, Fault> {
        pause().await;
        self.begin_call("put_events")?;
        assert!(
            (1..=10).contains(&notifications.len()),
            "as many as a call takes"
        );
        let mut bus = lock(&self.bus);
        let mut refused = Vec::new();
        for (index, notification) in notifications.iter().enumerate() {
            if bus.refusals > 0 {
                bus.refusals -= 1;
                let fault = Fault::new("memory", FaultKind::Throttled, "put_events");
                refused.push(NotAccepted { index, fault });
            } else {
                bus.accepted.push((*notification).clone());
            }
        }
        self.end_call("put_events", refused)
    }
}

impl ClearOutbox for Memory {
    async fn clear_outbox(
        &self,
        owner: &OwnerId,
        id: UploadId,
        entries: &BTreeSet<String>,
    ) -> Result<(), Fault> {
        pause().await;
        self.begin_call("clear_outbox")?;
        let mut rows = lock(&self.rows);
        if let Some(row) = rows.get_mut(&(owner.clone(), id)) {
            row.outbox.retain(|entry| !entries.contains(entry));
        }
        self.end_call("clear_outbox", ())
    }
}
