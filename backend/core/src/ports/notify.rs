//! The ports of notifications.

use std::collections::BTreeSet;

use crowfly_contract::{Notification, OwnerId, UploadId};

use crate::Fault;

/// IAM: `events:PutEvents`.
pub trait PutEvents {
    /// Puts at most ten notifications on the bus, in this order; returns those that the bus did not
    /// accept.
    async fn put_events(&self, notifications: &[&Notification]) -> Result<Vec<NotAccepted>, Fault>;
}

/// A notification that the bus did not accept, while it may have accepted others of the same call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotAccepted {
    /// Its index in the call.
    pub index: usize,
    /// Why.
    pub fault: Fault,
}

/// IAM: `dynamodb:UpdateItem`.
pub trait ClearOutbox {
    /// Removes these entries from the outbox of a row. Entries that were added since stay.
    async fn clear_outbox(
        &self,
        owner: &OwnerId,
        id: UploadId,
        entries: &BTreeSet<String>,
    ) -> Result<(), Fault>;
}

/// Without a bus nothing is accepted; it is never asked then.
impl<B: PutEvents> PutEvents for Option<B> {
    async fn put_events(&self, notifications: &[&Notification]) -> Result<Vec<NotAccepted>, Fault> {
        match self {
            Some(bus) => bus.put_events(notifications).await,
            None => {
                let detail = "no bus is configured";
                Err(Fault::new(
                    "events.PutEvents",
                    crate::FaultKind::Unexpected,
                    detail,
                ))
            }
        }
    }
}
