//! The ports of uploads that are open: their places in the owner's quota, and how lately they were used.

use crowfly_contract::{OwnerId, UploadId};

use super::Place;
use crate::limits::{Limits, Usage};
use crate::{Fault, Row};

/// IAM: `dynamodb:PutItem` and `dynamodb:UpdateItem`, in one transaction.
pub trait OpenUploads {
    /// Writes at most 50 new pending uploads, whose ids are different, and counts them in their owner's
    /// quota: all of it or nothing, and never above `limits`.
    async fn open_uploads(
        &self,
        owner: &OwnerId,
        rows: &[&Row],
        limits: Limits,
    ) -> Result<Opening, Fault>;
}

/// What became of [`OpenUploads::open_uploads`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Opening {
    /// All were written and counted.
    Done,
    /// Nothing was written.
    Refused {
        /// Which of the uploads exist already, by their place in the call, and how they stand.
        existing: Vec<(usize, Row)>,
        /// What the owner had open, when all of them would have been too much.
        full: Option<Usage>,
    },
}

/// IAM: `dynamodb:UpdateItem`, in one transaction.
pub trait Release {
    /// Takes at most 50 different uploads that have ended out of their owner's quota, and those whose place
    /// says so out of the sweep's sight: all of it (an empty answer) or nothing (those that prevented it:
    /// they hold no such place any more, or are pending).
    async fn release(&self, owner: &OwnerId, places: &[Place]) -> Result<Vec<UploadId>, Fault>;
}

/// IAM: `dynamodb:UpdateItem`.
pub trait Touch {
    /// Notes that a pending upload is in use; nothing changes when it is not pending.
    async fn touch(&self, owner: &OwnerId, id: UploadId, now_ms: u64) -> Result<(), Fault>;
}

/// IAM: `dynamodb:UpdateItem`.
pub trait AdvanceRate {
    /// Moves the moment until which an owner's requests are paid for, by one conditional update; an owner
    /// without one is at 0. Gives the current moment when the condition fails.
    async fn advance_rate(
        &self,
        owner: &OwnerId,
        advance: Advance,
    ) -> Result<Result<(), u64>, Fault>;
}

/// One step of the rate, in Unix microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Advance {
    /// To `step` further, if it is after `now` and at most `latest`.
    Further {
        /// The present.
        now: u64,
        /// The latest moment from which a further step is allowed.
        latest: u64,
        /// What one request costs.
        step: u64,
    },
    /// To `step` after `now`, if it is at or before `now`.
    Afresh {
        /// The present.
        now: u64,
        /// What one request costs.
        step: u64,
    },
}
