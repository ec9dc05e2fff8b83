//! The ports of the sweep.

use crowfly_contract::{ObjectKey, OwnerId, UploadId, UploadStatus};

use super::Place;
use crate::{Fault, Open, Row};

/// IAM: `dynamodb:Query` on the index `byOpen`.
pub trait ListOpen {
    /// One page of the open uploads of one shard that are due at `due_ms`, those due longest first.
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
    /// The uploads; one that cannot be read hides no other.
    pub uploads: Vec<Result<OpenUpload, Fault>>,
    /// Where the next page starts; `None` on the last.
    pub next: Option<OpenPosition>,
}

/// Where a page of open uploads ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenPosition {
    /// Owner of the last upload of the page.
    pub owner: OwnerId,
    /// Its id.
    pub id: UploadId,
    /// When it was due.
    pub sweep_at: u64,
}

/// An open upload as the index shows it: a moment late, so that whatever is done about it has a condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenUpload {
    /// Whose it is.
    pub owner: OwnerId,
    /// Its id.
    pub id: UploadId,
    /// Its bytes, as declared.
    pub bytes: u64,
    /// Where its object goes.
    pub key: ObjectKey,
    /// Its status.
    pub status: UploadStatus,
    /// Its multipart upload in storage.
    pub s3_upload_id: Option<String>,
    /// When it was created, in Unix milliseconds.
    pub created_at: u64,
    /// What kept it in sight.
    pub open: Open,
}

impl OpenUpload {
    /// The place that it held, if it had ended; see [`Row::place_to_release`].
    pub fn place_to_release(&self) -> Option<Place> {
        self.open.place(self.id, self.status, self.bytes)
    }
}

/// IAM: `dynamodb:Query` on the table.
pub trait QueryRow {
    /// Reads one upload, consistently with all writes before.
    async fn query_row(&self, owner: &OwnerId, id: UploadId) -> Result<Option<Row>, Fault>;
}

/// IAM: `dynamodb:UpdateItem`.
pub trait MarkExpired {
    /// Turns an upload that is still pending, and not used since `open` was read, into one that has expired
    /// at `now_ms` (Unix milliseconds), and gives the new row. `None`, and nothing changed,
    /// otherwise.
    async fn mark_expired(&self, open: &OpenUpload, now_ms: u64) -> Result<Option<Row>, Fault>;
}

/// IAM: `dynamodb:UpdateItem`.
pub trait Postpone {
    /// Lets the sweep look at an open upload at `sweep_at` (Unix milliseconds) again; nothing changes when its
    /// status is not that of `open` any more.
    async fn postpone(&self, open: &OpenUpload, sweep_at: u64) -> Result<(), Fault>;
}

/// IAM: `dynamodb:UpdateItem`.
pub trait Close {
    /// Takes an upload that was aborted or has expired, and is not counted any more, out of the sweep's sight,
    /// and lets it go away at `expires_at` (Unix milliseconds). False, and nothing changed, otherwise.
    async fn close(&self, open: &OpenUpload, expires_at: u64) -> Result<bool, Fault>;
}

/// IAM: `s3:ListBucketMultipartUploads`.
pub trait ListMultiparts {
    /// One page of the multipart uploads that storage has under `uploads/`.
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

/// Where a page of multipart uploads ended, or shall start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MultipartPosition {
    /// The key of the last one.
    pub key: String,
    /// Its id in storage; without, all of that key lie before.
    pub s3_upload_id: Option<String>,
}

/// A multipart upload that storage has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedMultipart {
    /// The key of the object that it would make; not necessarily one of ours.
    pub key: String,
    /// Its id in storage.
    pub s3_upload_id: String,
    /// When it was begun, in Unix milliseconds.
    pub initiated_at: u64,
}
