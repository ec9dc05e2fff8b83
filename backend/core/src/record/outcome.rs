use crowfly_contract::{EventKind, OwnerId, ScanStatus, UploadId, Withheld};

/// What became of one record of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The row was written.
    Written {
        /// Whose.
        owner: OwnerId,
        /// Which upload.
        id: UploadId,
        /// What happened to the object.
        kind: EventKind,
        /// Whether the stored object is what the client declared.
        verified: bool,
        /// Whether its first bytes are not what its media type says.
        type_mismatch: bool,
        /// Why it is withheld, apart from a scan.
        withheld: Option<Withheld>,
        /// When it happened, in Unix milliseconds.
        at: u64,
    },
    /// The result of a scan was written to the row.
    Scanned {
        /// Whose.
        owner: OwnerId,
        /// Which upload.
        id: UploadId,
        /// What was found.
        found: ScanStatus,
    },
    /// A removal event came, and yet storage holds an object: an older version was removed, or a delete marker. The
    /// row says what storage holds.
    StillStored {
        /// Whose.
        owner: OwnerId,
        /// Which upload.
        id: UploadId,
    },
    /// The row is already from this event or a newer one.
    NotNewer,
    /// The object is gone by now; the event of its removal writes the tombstone.
    Gone,
    /// Another object is there by now; its own event writes the row.
    Superseded,
    /// Not ours to record, and why.
    Ignored(&'static str),
}
