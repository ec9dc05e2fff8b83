use crowfly_contract::{Crc64Nvme, OwnerId, Record};

/// One upload as the table keeps it: the record that its owner may read, and what the client declared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Whose upload it is: the table's partition.
    pub owner: OwnerId,
    /// What the API shows.
    pub record: Record,
    /// What the client declared when it created the upload. It never changes afterwards, whatever
    /// storage reports; `None` for an object that no create call announced.
    pub declared: Option<Declared>,
}

/// What a client promised to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declared {
    /// Bytes.
    pub size: u64,
    /// The media type.
    pub media_type: String,
    /// The checksum, when the client had computed it.
    pub crc64nvme: Option<Crc64Nvme>,
}

impl Row {
    /// Whether the table's time-to-live has passed. Such rows may linger for days and are shown to nobody.
    pub fn is_past_its_life(&self, now_ms: u64) -> bool {
        self.record.expires_at.is_some_and(|at| at <= now_ms)
    }
}
