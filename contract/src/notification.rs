use serde::{Deserialize, Serialize};

use crate::word::words;
use crate::{OwnerId, Record};

words! {
    /// What an application is notified of.
    pub enum NotificationKind, "a kind of notification" {
        /// An object was stored, or a scan released it.
        Stored = "stored",
        /// The stored object is what the client declared.
        Verified = "verified",
        /// The stored object is withheld; the record says why.
        Withheld = "withheld",
        /// The object was deleted.
        Deleted = "deleted",
    }
}

impl NotificationKind {
    /// The `detail-type` of its event on EventBridge.
    pub const fn detail_type(self) -> &'static str {
        match self {
            Self::Stored => "Upload Stored",
            Self::Verified => "Upload Verified",
            Self::Withheld => "Upload Withheld",
            Self::Deleted => "Upload Deleted",
        }
    }
}

/// The `detail` of an event on EventBridge: <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events.html>.
///
/// It may be sent more than once, then with the same `id`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notification {
    /// The version of this shape: [`Notification::VERSION`].
    pub v: u32,
    /// The same for each copy of the notification: owner, upload, kind and sequencer, and the scan result that it is
    /// about, if any.
    pub id: String,
    /// What happened.
    pub kind: NotificationKind,
    /// The owner of the upload.
    pub owner: OwnerId,
    /// The record, as `GET /uploads/{id}` answered at the time of sending.
    pub record: Record,
}

impl Notification {
    /// The version that this code writes.
    pub const VERSION: u32 = 1;
    /// The `source` of its event on EventBridge.
    pub const SOURCE: &'static str = "crowfly";
}
