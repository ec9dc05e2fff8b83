//! The ports of open uploads: their slots in the quota, and their last use.

use crowfly_contract::{OwnerId, UploadId};

use super::Slot;
use crate::limits::{Limits, Usage};
use crate::{Fault, Row};

/// IAM: `dynamodb:PutItem` and `dynamodb:UpdateItem`, in one transaction.
pub trait OpenUploads {
    /// Writes at most 50 new pending uploads with distinct ids and counts them in the quota of
    /// their owner: all or nothing, and never above `limits`.
    async fn open_uploads(
        &self,
        owner: &OwnerId,
        rows: &[&Row],
        limits: Limits,
    ) -> Result<Opening, Fault>;
}

/// The result of [`OpenUploads::open_uploads`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Opening {
    /// All were written and counted.
    Done,
    /// Nothing was written.
    Refused {
        /// The uploads that exist already: index in the call, and existing row.
        existing: Vec<(usize, Row)>,
        /// What the owner had open, if the uploads together exceed the limits.
        full: Option<Usage>,
    },
}

/// IAM: `dynamodb:UpdateItem`, in one transaction.
pub trait Release {
    /// Releases the quota slots of at most 50 distinct uploads that have ended, and removes from
    /// the index `byOpen` those whose slot says so: all (an empty result) or nothing (the result
    /// lists the uploads that no longer hold that slot, or are pending).
    async fn release(&self, owner: &OwnerId, slots: &[Slot]) -> Result<Vec<UploadId>, Fault>;
}

/// IAM: `dynamodb:UpdateItem`.
pub trait Touch {
    /// Records that a pending upload is in use; no change if it is not pending.
    async fn touch(&self, owner: &OwnerId, id: UploadId, now_ms: u64) -> Result<(), Fault>;
}

/// IAM: `dynamodb:UpdateItem`.
pub trait AdvanceRate {
    /// Moves a rate timestamp of an owner by one conditional update; an owner without one is at
    /// 0. Returns the current timestamp if the condition fails.
    async fn advance_rate(
        &self,
        owner: &OwnerId,
        of: Limited,
        advance: Advance,
    ) -> Result<Result<(), u64>, Fault>;
}

/// What a rate limits; an owner has a timestamp for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Limited {
    /// The upload routes.
    Uploads,
    /// The record routes.
    Reads,
}

/// One step of the timestamp, in Unix microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Advance {
    /// Add `step` if the timestamp is after `now` and at most `latest`.
    Extend {
        /// The current time.
        now: u64,
        /// The latest timestamp that may be extended.
        latest: u64,
        /// The interval that one request takes.
        step: u64,
    },
    /// Set to `step` after `now` if the timestamp is at or before `now`.
    Restart {
        /// The current time.
        now: u64,
        /// The interval that one request takes.
        step: u64,
    },
}
