use crowfly_contract::{EventKind, ObjectKey, OwnerId, ScanStatus, UploadId, Withheld};

/// The outcome of one record of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The row was written.
    Written {
        /// The owner.
        owner: OwnerId,
        /// The upload.
        id: UploadId,
        /// The kind of the event.
        kind: EventKind,
        /// Whether the stored object is what the client declared.
        verified: bool,
        /// Whether its first bytes contradict its media type.
        type_mismatch: bool,
        /// Why it is withheld, apart from a scan.
        withheld: Option<Withheld>,
        /// Time of the event, in Unix milliseconds.
        at: u64,
    },
    /// The result of a scan was written to the row.
    Scanned {
        /// The owner.
        owner: OwnerId,
        /// The upload.
        id: UploadId,
        /// The result.
        found: ScanStatus,
    },
    /// A removal event arrived, but storage holds an object: an older version or a delete marker
    /// was removed. The row has the state of storage.
    StillStored {
        /// The owner.
        owner: OwnerId,
        /// The upload.
        id: UploadId,
    },
    /// The row is from this event or a newer one.
    NotNewer,
    /// The row is of an object under another key. Only this API hands out keys, one for each
    /// upload, so somebody else wrote the object; it is not recorded.
    OtherKey {
        /// The owner.
        owner: OwnerId,
        /// The upload.
        id: UploadId,
    },
    /// The object no longer exists; the event of its removal writes the tombstone.
    Gone,
    /// Another object has replaced it; its own event writes the row.
    Superseded,
    /// Ignored, with the reason.
    Ignored(&'static str),
}

impl Outcome {
    /// The outcome of an event whose key is not the one of the row.
    pub(super) fn other_key(key: &ObjectKey) -> Self {
        Self::OtherKey {
            owner: key.owner().clone(),
            id: key.id(),
        }
    }
}
