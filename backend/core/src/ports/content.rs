use std::collections::BTreeSet;

use crowfly_contract::{ObjectKey, OwnerId, ScanStatus, UploadId, Withheld};

use crate::{Fault, Row, Scanned};

/// IAM: `s3:GetObject`.
pub trait PeekObject {
    /// The first [`crowfly_contract::SNIFF_BYTES`] bytes of an object, or all of a shorter one, if
    /// it still has this entity tag.
    async fn peek_object(&self, key: &ObjectKey, etag: &str) -> Result<Peek, Fault>;
}

/// The result of [`PeekObject::peek_object`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Peek {
    /// The first bytes.
    First(Vec<u8>),
    /// There is no object.
    Gone,
    /// The object has another entity tag.
    Replaced,
}

/// The result of inspecting a stored object.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    /// The media type that the first bytes show, if it contradicts the stored type.
    pub seen_type: Option<String>,
    /// Why it is withheld, apart from a scan.
    pub withheld: Option<Withheld>,
}

/// IAM: `dynamodb:UpdateItem`.
pub trait SetScan {
    /// Writes the result of a scan of one object.
    ///
    /// False, without a change, if there is no such row, if the row is of another object already,
    /// or if it has a result of the same or higher precedence for this object; with `notices`, also
    /// if status, sequencer or entity tag of the row are not as they were `seen`.
    async fn set_scan(
        &self,
        owner: &OwnerId,
        id: UploadId,
        object: &Scanned,
        found: ScanStatus,
        notices: Option<&ScanNotices<'_>>,
    ) -> Result<bool, Fault>;
}

/// What the result of a scan adds to the outbox of its row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScanNotices<'a> {
    /// The row that the entries were derived from.
    pub seen: &'a Row,
    /// The entries; without any the outbox is left as it is.
    pub entries: BTreeSet<String>,
    /// When the sweep looks whether they were sent, in Unix milliseconds.
    pub notify_by: u64,
}
