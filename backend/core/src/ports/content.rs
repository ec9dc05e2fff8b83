use crowfly_contract::{ObjectKey, OwnerId, ScanStatus, UploadId, Withheld};

use crate::{Fault, Scanned};

/// IAM: `s3:GetObject`.
pub trait PeekObject {
    /// The first [`crowfly_contract::SNIFF_BYTES`] bytes of an object, or all of a shorter one, provided that
    /// it still has this entity tag.
    async fn peek_object(&self, key: &ObjectKey, etag: &str) -> Result<Peek, Fault>;
}

/// What [`PeekObject::peek_object`] found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Peek {
    /// The first bytes.
    First(Vec<u8>),
    /// There is no object.
    Gone,
    /// The object has another entity tag.
    Replaced,
}

/// What is found out about a stored object when it is recorded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    /// What its first bytes look like, if that is not what its media type says: a media type.
    pub seen_type: Option<String>,
    /// Why it is withheld, apart from a scan.
    pub withheld: Option<Withheld>,
}

/// IAM: `dynamodb:UpdateItem`.
pub trait SetScan {
    /// Notes what a scan has found in one object.
    ///
    /// False, and nothing changed, when there is no such row, when it is of another object already, or when
    /// as strong a result of the same object is there.
    async fn set_scan(
        &self,
        owner: &OwnerId,
        id: UploadId,
        object: &Scanned,
        found: ScanStatus,
    ) -> Result<bool, Fault>;
}
