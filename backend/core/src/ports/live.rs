//! The ports of live uploads.

use crowfly_contract::Crc64Nvme;

use crate::limits::{Limits, Usage};
use crate::{Fault, Granting, Row};

/// IAM: `dynamodb:UpdateItem`; of a counted upload in one transaction with the quota of its owner.
pub trait GrantLive {
    /// Writes what will have been signed of a live upload, and that it is in use at `now_ms` (Unix milliseconds); the
    /// quota counts the bytes that it has more than before, never above `limits`: all or nothing.
    async fn grant_live(
        &self,
        seen: &Row,
        next: Granting,
        limits: Limits,
        now_ms: u64,
    ) -> Result<LiveGrant, Fault>;
}

/// The result of [`GrantLive::grant_live`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LiveGrant {
    /// It was written.
    Done,
    /// Nothing was written: the upload is not pending any more, or more was signed since it was read.
    Stale,
    /// Nothing was written: this is what the owner has open, and it leaves no room.
    Full(Usage),
}

/// IAM: `dynamodb:UpdateItem`; of a counted upload in one transaction with the quota of its owner.
pub trait EndLive {
    /// Writes the size of a live upload, and corrects the quota to it. False, without a change, unless the upload is
    /// pending and nothing was signed or ended since `seen` was read.
    async fn end_live(&self, seen: &Row, end: &LiveEnd) -> Result<bool, Fault>;
}

/// How a live upload ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LiveEnd {
    /// The bytes of the file.
    pub size: u64,
    /// Who ends it.
    pub by: EndedBy,
}

/// Who ends a live upload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndedBy {
    /// Its client, by a complete call. Its size does not change any more.
    Client {
        /// The checksum that it computed.
        crc64nvme: Option<Crc64Nvme>,
        /// How long the recording plays, in milliseconds.
        duration_ms: Option<u64>,
    },
    /// The sweep, since its client has gone away: the record is marked as truncated. What a client declared is removed.
    Sweep,
}
