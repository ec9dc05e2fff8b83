//! The one-verb ports. Each is one action of the IAM policy of the function that uses it.
#![allow(
    async_fn_in_trait,
    reason = "a function is one thread, so no future has to be `Send`"
)]

mod content;
mod live;
mod multipart;
mod notify;
mod open;
mod sweep;

use crowfly_contract::{Crc64Nvme, Grant, ObjectKey, OwnerId, QueueMessage, UploadId};

use crate::{Fault, Row, Sequencer};

pub use crate::limits::Usage;
pub use crate::row::{Multipart, Slot};
pub use content::{Findings, Peek, PeekObject, ScanNotices, SetScan};
pub use live::{EndLive, EndedBy, GrantLive, LiveEnd, LiveGrant};
pub use multipart::{
    AbortMultipart, ClearMultipart, CompleteMultipart, Completion, CreateMultipart,
    DeclareChecksum, ExpectedObject, FindMultipart, ListParts, ListedPart, MultipartToCreate,
    PartPut, PresignPart, SetMultipart,
};
pub use notify::{ClearOutbox, NotAccepted, PutEvents};
pub use open::{Advance, AdvanceRate, Limited, OpenUploads, Opening, Release, Touch};
pub use sweep::{
    Close, ListMultiparts, ListOpen, ListedMultipart, MarkExpired, MultipartPage,
    MultipartPosition, OpenPage, OpenPosition, OpenUpload, Postpone, QueryRow,
};

/// Defines a trait for a set of ports, implemented by every type that implements all of them.
#[macro_export]
macro_rules! port_set {
    ($(#[$doc:meta])* $vis:vis trait $name:ident = $first:ident $(+ $port:ident)*;) => {
        $(#[$doc])*
        $vis trait $name: $first $(+ $port)* {}
        impl<T: $first $(+ $port)*> $name for T {}
    };
}

/// IAM: `dynamodb:PutItem`.
pub trait PutPending {
    /// Writes a new pending upload unless the owner already has one with that id.
    async fn put_pending(&self, row: &Row) -> Result<Put, Fault>;
}

/// The result of [`PutPending::put_pending`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Put {
    /// The row was written.
    Created,
    /// Nothing was written; this row exists.
    Exists(Box<Row>),
}

/// IAM: `dynamodb:GetItem`.
pub trait GetRow {
    /// Reads one upload with strong consistency:
    /// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.ReadConsistency.html>.
    async fn get_row(&self, owner: &OwnerId, id: UploadId) -> Result<Option<Row>, Fault>;
}

/// IAM: `dynamodb:BatchGetItem`.
pub trait GetRows {
    /// Reads the existing ones of at most 100 distinct uploads, in any order.
    async fn get_rows(
        &self,
        owner: &OwnerId,
        ids: &[UploadId],
        consistency: Consistency,
    ) -> Result<Vec<Row>, Fault>;
}

/// What a read shows:
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.ReadConsistency.html>.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consistency {
    /// Possibly not the latest writes, for half the price.
    Eventual,
    /// All earlier writes.
    Strong,
}

/// IAM: `dynamodb:Query` on the index `byCreatedAt`.
pub trait ListRows {
    /// One page of the owner's uploads, newest first, starting after `after`.
    async fn list_rows(
        &self,
        owner: &OwnerId,
        limit: u32,
        after: Option<Position>,
    ) -> Result<Page, Fault>;
}

/// The position of the last upload of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// Creation time of that upload, in Unix milliseconds.
    pub created_at: u64,
    /// Its id.
    pub id: UploadId,
}

/// One page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The uploads; there may be fewer than requested, even none, with more to follow:
    /// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.Pagination.html>.
    pub rows: Vec<Row>,
    /// Where the next page starts; `None` on the last.
    pub next: Option<Position>,
}

/// IAM: `dynamodb:UpdateItem`.
pub trait MarkAborted {
    /// Marks a pending upload as aborted at `now_ms` (Unix milliseconds). False, without a change,
    /// if it is not pending.
    async fn mark_aborted(&self, owner: &OwnerId, id: UploadId, now_ms: u64)
    -> Result<bool, Fault>;
}

/// IAM: `dynamodb:UpdateItem`.
pub trait ApplyEvent {
    /// Writes what storage holds, in one conditional update that changes nothing unless
    /// `change.sequencer` is newer than that of the row and the row, if there is one, has the same
    /// key and is no tombstone without a sequencer. The declared values are kept.
    async fn apply_event(&self, change: &Change) -> Result<EventOutcome, Fault>;
}

/// IAM: `dynamodb:UpdateItem`.
pub trait ApplyRemoval {
    /// Writes what storage holds after a removal, in one conditional update that changes nothing
    /// unless key, status, sequencer and entity tag of the row are as `seen`. The declared values
    /// are kept. `None` if the row has changed.
    async fn apply_removal(
        &self,
        change: &Change,
        seen: Option<&Row>,
    ) -> Result<Option<EventOutcome>, Fault>;
}

/// The result of [`ApplyEvent::apply_event`], and what is left to do for the row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventOutcome {
    /// Whether the event was applied.
    pub applied: Applied,
    /// The slot of an upload that has ended, until it is released.
    pub slot: Option<Slot>,
    /// The row, if its outbox has entries, whether of this event or of an earlier one.
    pub unnotified: Option<Box<Row>>,
}

impl EventOutcome {
    /// The outcome after which this row, if there is one, is in the table.
    pub fn of(applied: Applied, row: Option<&Row>) -> Self {
        Self {
            applied,
            slot: row.and_then(Row::slot_to_release),
            unnotified: row
                .filter(|row| !row.outbox.is_empty())
                .map(|row| Box::new(row.clone())),
        }
    }
}

/// What storage holds for one upload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The key of the object; it contains owner and id of the row.
    pub key: ObjectKey,
    /// The bucket.
    pub bucket: String,
    /// The object's URL, without a signature.
    pub url: String,
    /// The sequencer of the event. `None` if storage was asked without an event: such a change
    /// applies only to an upload that is pending, aborted or expired and has had no event.
    pub sequencer: Option<Sequencer>,
    /// When it happened, in Unix milliseconds.
    pub at: u64,
    /// The object, or `None` when it was deleted.
    pub object: Option<Head>,
    /// The result of the inspection.
    pub findings: Findings,
    /// Whether the object is withheld until a scan finds it clean.
    pub awaits_scan: bool,
    /// If the application is notified of the change: when the sweep looks whether it was, in Unix
    /// milliseconds. The write then adds `Change::notices` to the outbox of the row, and keeps the
    /// row in the index `byOpen`.
    pub notify_by: Option<u64>,
}

/// Whether an event was applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Applied {
    /// The row was written.
    Written {
        /// Whether checksum, size and type equal what the client declared.
        verified: bool,
    },
    /// The row is from the same or a newer event; nothing changed.
    NotNewer,
    /// The row is a tombstone without an event (the owner deleted an object whose own event was
    /// late), so sequencers cannot tell whether this event is newer; nothing changed.
    Unordered,
    /// The row is of an object under another key; nothing changed.
    OtherKey,
}

/// IAM: `s3:GetObject`, and `s3:ListBucket`, without which S3 answers 403 for a missing object:
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html>.
pub trait HeadObject {
    /// The object under `key`; `None` if there is none.
    async fn head_object(&self, key: &ObjectKey) -> Result<Option<Head>, Fault>;
}

/// IAM: `s3:DeleteObject`.
pub trait DeleteObject {
    /// Deletes the object under `key`; done if there is none. In a versioned bucket its bytes stay
    /// behind a delete marker:
    /// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/DeletingObjectVersions.html>.
    async fn delete_object(&self, key: &ObjectKey) -> Result<(), Fault>;
}

/// An object as storage describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Size in bytes.
    pub size: u64,
    /// The media type.
    pub media_type: String,
    /// The `Content-Encoding`, if there is one: browsers decode such a download.
    pub content_encoding: Option<String>,
    /// The entity tag, without quotes.
    pub etag: String,
    /// The version, in a versioned bucket.
    pub version_id: Option<String>,
    /// The checksum of the full object.
    pub crc64nvme: Option<Crc64Nvme>,
    /// When it was last modified, in Unix milliseconds with a resolution of seconds. For a
    /// multipart upload it is the time at which the upload started:
    /// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html>.
    pub last_modified: Option<u64>,
}

/// IAM: `s3:PutObject`, which the presigned URL carries, and `s3:PutObjectAcl` for public objects.
pub trait PresignPut {
    /// Presigns exactly one PUT, valid from `now_ms`.
    async fn presign_put(&self, put: &PutToSign<'_>, now_ms: u64) -> Result<Grant, Fault>;
}

/// The PUT that a grant allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PutToSign<'a> {
    /// The key.
    pub key: &'a ObjectKey,
    /// The exact size in bytes.
    pub size: u64,
    /// The media type.
    pub media_type: &'a str,
    /// The checksum that storage verifies.
    pub crc64nvme: Option<Crc64Nvme>,
    /// `Content-Disposition` of a public object; `None` for a private one.
    pub public_disposition: Option<String>,
}

/// IAM: `s3:GetObject`, which the presigned URL carries.
pub trait PresignGet {
    /// Presigns the download of an object, valid from `now_ms`.
    async fn presign_get(&self, get: &GetToSign<'_>, now_ms: u64) -> Result<Grant, Fault>;
}

/// The GET that a grant allows. It overrides headers that a PUT may have added unsigned, such as
/// encoding and cache lifetime:
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html>.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GetToSign<'a> {
    /// The key.
    pub key: &'a ObjectKey,
    /// `Content-Disposition` of the response.
    pub disposition: String,
    /// `Content-Type` of the response.
    pub media_type: &'a str,
}

/// IAM: `sqs:SendMessage`.
pub trait SendMessages {
    /// Sends at most ten messages; returns the indexes of those that were not accepted.
    async fn send_messages(&self, messages: &[QueueMessage]) -> Result<Vec<usize>, Fault>;
}

/// IAM: `sqs:ChangeMessageVisibility`.
pub trait SetVisibilityTimeouts {
    /// Sets the visibility timeout of each of at most ten received messages:
    /// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html>.
    async fn set_visibility_timeouts(&self, messages: &[VisibilityTimeout]) -> Result<(), Fault>;
}

/// The visibility timeout of a received message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VisibilityTimeout {
    /// The receipt handle of this receive.
    pub receipt: String,
    /// Seconds until the message is received again.
    pub seconds: u32,
}
