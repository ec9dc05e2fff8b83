//! The ports of the sweep.

use crowfly_contract::{ObjectKey, OwnerId, UploadId, UploadStatus};

use super::Slot;
use crate::{Fault, Open, Row};

/// IAM: `dynamodb:Query` on the index `byOpen`.
pub trait ListOpen {
    /// One page of the open uploads of a shard that are due at `due_ms`, by due time.
    async fn list_open(
        &self,
        shard: char,
        due_ms: u64,
        after: Option<&OpenPosition>,
    ) -> Result<OpenPage, Fault>;
}

/// One page of open uploads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenPage {
    /// The uploads; a malformed one does not hide the others.
    pub uploads: Vec<Result<OpenUpload, Fault>>,
    /// Where the next page starts; `None` on the last.
    pub next: Option<OpenPosition>,
}

/// The position of the last upload of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenPosition {
    /// Owner of the last upload of the page.
    pub owner: OwnerId,
    /// Its id.
    pub id: UploadId,
    /// When it was due.
    pub sweep_at: u64,
}

/// An open upload as the index shows it. The index is eventually consistent, so every action on it
/// is conditional: <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html>.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenUpload {
    /// Its owner.
    pub owner: OwnerId,
    /// Its id.
    pub id: UploadId,
    /// Its declared size in bytes.
    pub bytes: u64,
    /// The key of its object.
    pub key: ObjectKey,
    /// Its status.
    pub status: UploadStatus,
    /// Its S3 upload id.
    pub s3_upload_id: Option<String>,
    /// When it was created, in Unix milliseconds.
    pub created_at: u64,
    /// Its state in the index.
    pub open: Open,
}

impl OpenUpload {
    /// The slot to release once it has ended; see [`Row::slot_to_release`]. The index does not show
    /// the outbox, which only stored and deleted uploads have.
    pub fn slot_to_release(&self) -> Option<Slot> {
        self.open.slot(self.id, self.status, self.bytes, false)
    }
}

/// IAM: `dynamodb:Query` on the table.
pub trait QueryRow {
    /// Reads one upload with strong consistency.
    async fn query_row(&self, owner: &OwnerId, id: UploadId) -> Result<Option<Row>, Fault>;
}

/// IAM: `dynamodb:UpdateItem`.
pub trait MarkExpired {
    /// Marks an upload as expired at `now_ms` (Unix milliseconds) if it is still pending and unused
    /// since `open` was read, and returns the new row. Otherwise `None`, without a change.
    async fn mark_expired(&self, open: &OpenUpload, now_ms: u64) -> Result<Option<Row>, Fault>;
}

/// IAM: `dynamodb:UpdateItem`.
pub trait Postpone {
    /// Schedules the next look of the sweep for `sweep_at` (Unix milliseconds); no change if the
    /// status differs from that of `open`.
    async fn postpone(&self, open: &OpenUpload, sweep_at: u64) -> Result<(), Fault>;
}

/// IAM: `dynamodb:UpdateItem`.
pub trait Close {
    /// Removes an aborted or expired upload without a slot from the index `byOpen`, and sets its
    /// time to live to `expires_at` (Unix milliseconds). Otherwise false, without a change.
    async fn close(&self, open: &OpenUpload, expires_at: u64) -> Result<bool, Fault>;
}

/// IAM: `s3:ListBucketMultipartUploads`.
pub trait ListMultiparts {
    /// One page of the multipart uploads under `uploads/`.
    async fn list_multiparts(
        &self,
        after: Option<&MultipartPosition>,
    ) -> Result<MultipartPage, Fault>;
}

/// One page of multipart uploads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MultipartPage {
    /// The multipart uploads.
    pub multiparts: Vec<ListedMultipart>,
    /// Where the next page starts; `None` on the last.
    pub next: Option<MultipartPosition>,
}

/// The position after which a page of multipart uploads starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MultipartPosition {
    /// The key of the last one.
    pub key: String,
    /// Its S3 upload id; `None` starts after all multipart uploads of that key.
    pub s3_upload_id: Option<String>,
}

/// A multipart upload in storage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedMultipart {
    /// The key; other tools may use other forms of keys.
    pub key: String,
    /// Its id in storage.
    pub s3_upload_id: String,
    /// When it started, in Unix milliseconds.
    pub initiated_at: u64,
}
