//! The one-verb ports. Each is one right of the IAM policy of whoever holds it.
#![allow(
    async_fn_in_trait,
    reason = "a function is one thread, so no future has to be `Send`"
)]

mod content;
mod multipart;
mod open;
mod sweep;

use crowfly_contract::{Crc64Nvme, Grant, ObjectKey, OwnerId, QueueMessage, UploadId};

use crate::{Fault, Row, Sequencer};

pub use crate::limits::Usage;
pub use crate::row::{Multipart, Place};
pub use content::{Findings, Peek, PeekObject, SetScan};
pub use multipart::{
    AbortMultipart, CompleteMultipart, Completion, CreateMultipart, DeclareChecksum, FindMultipart,
    ListParts, ListedPart, MultipartToCreate, PartPut, PresignPart, SetMultipart, Whole,
};
pub use open::{Advance, AdvanceRate, OpenUploads, Opening, Release, Touch};
pub use sweep::{
    Close, ListMultiparts, ListOpen, ListedMultipart, MarkExpired, MultipartPage,
    MultipartPosition, OpenPage, OpenPosition, OpenUpload, Postpone, QueryRow,
};

/// Names a set of ports: a trait that every type has which has all of them. Each of them is listed once.
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
    /// Writes a new pending upload unless its owner already has one with that id.
    async fn put_pending(&self, row: &Row) -> Result<Put, Fault>;
}

/// What became of [`PutPending::put_pending`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Put {
    /// It was written.
    Created,
    /// Nothing was written: this is the row that exists.
    Exists(Box<Row>),
}

/// IAM: `dynamodb:GetItem`.
pub trait GetRow {
    /// Reads one upload, consistently with all writes before.
    async fn get_row(&self, owner: &OwnerId, id: UploadId) -> Result<Option<Row>, Fault>;
}

/// IAM: `dynamodb:BatchGetItem`.
pub trait GetRows {
    /// Reads those of at most 100 different uploads that exist, in any order.
    async fn get_rows(&self, owner: &OwnerId, ids: &[UploadId]) -> Result<Vec<Row>, Fault>;
}

/// IAM: `dynamodb:Query` on the index `byCreatedAt`.
pub trait ListRows {
    /// One page of the owner's uploads, newest first, starting behind `after`.
    async fn list_rows(
        &self,
        owner: &OwnerId,
        limit: u32,
        after: Option<Position>,
    ) -> Result<Page, Fault>;
}

/// Where a page ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// Creation of the last upload of the page, in Unix milliseconds.
    pub created_at: u64,
    /// Its id.
    pub id: UploadId,
}

/// One page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The uploads; may be fewer than asked for, or none, with more behind.
    pub rows: Vec<Row>,
    /// Where the next page starts; `None` on the last.
    pub next: Option<Position>,
}

/// IAM: `dynamodb:UpdateItem`.
pub trait MarkAborted {
    /// Turns a pending upload into one that was aborted at `now_ms` (Unix milliseconds). False, and nothing
    /// changed, when it is not pending.
    async fn mark_aborted(&self, owner: &OwnerId, id: UploadId, now_ms: u64)
    -> Result<bool, Fault>;
}

/// IAM: `dynamodb:UpdateItem`.
pub trait ApplyEvent {
    /// Writes what storage says about an object, in one conditional update that changes nothing unless
    /// `change.sequencer` is newer than that of the row. What the client said is kept.
    async fn apply_event(&self, change: &Change) -> Result<EventOutcome, Fault>;
}

/// IAM: `dynamodb:UpdateItem`.
pub trait ApplyRemoval {
    /// Writes what storage says about an object after a removal, in one conditional update that changes nothing
    /// unless the row is still in the state in which it was `seen`: status, sequencer and entity tag. What the
    /// client said is kept. `None` when the row has changed.
    async fn apply_removal(
        &self,
        change: &Change,
        seen: Option<&Row>,
    ) -> Result<Option<EventOutcome>, Fault>;
}

/// What became of [`ApplyEvent::apply_event`], and what the upload still holds after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventOutcome {
    /// What became of the event.
    pub applied: Applied,
    /// The place of an upload that has ended, while it is not given back.
    pub held: Option<Place>,
}

/// What storage says about one object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The object. Its owner and id are the row.
    pub key: ObjectKey,
    /// The bucket.
    pub bucket: String,
    /// The object's address, without a signature.
    pub url: String,
    /// The place of this event in the key's history. `None` when there was no event and storage was asked:
    /// that counts only for an upload that is pending, aborted or expired and that no event has reached.
    pub sequencer: Option<Sequencer>,
    /// When it happened, in Unix milliseconds.
    pub at: u64,
    /// The object, or `None` when it was deleted.
    pub object: Option<Head>,
    /// What was found out about the object.
    pub findings: Findings,
    /// Whether the object is withheld until a scan has found it clean.
    pub awaits_scan: bool,
}

/// What became of one event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Applied {
    /// The row says what the event says.
    Written {
        /// Whether checksum, size and type equal what the client declared.
        verified: bool,
    },
    /// The row is from the same event or a newer one; nothing changed.
    NotNewer,
}

/// IAM: `s3:GetObject`, and `s3:ListBucket` without which a missing object could not be distinguished from a
/// missing right.
pub trait HeadObject {
    /// What storage holds under `key`; `None` when there is nothing.
    async fn head_object(&self, key: &ObjectKey) -> Result<Option<Head>, Fault>;
}

/// An object as storage describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Bytes.
    pub size: u64,
    /// The media type.
    pub media_type: String,
    /// The `Content-Encoding`, if there is one: whoever downloads the object gets it unpacked.
    pub content_encoding: Option<String>,
    /// The entity tag, without quotes.
    pub etag: String,
    /// The version, in a versioned bucket.
    pub version_id: Option<String>,
    /// The checksum of the full object.
    pub crc64nvme: Option<Crc64Nvme>,
    /// When storage says that it was last modified, in Unix milliseconds; storage counts whole seconds. Of an
    /// object that was made of parts this is when the multipart upload began.
    ///
    /// Source: Amazon S3 User Guide, "System-defined object metadata", `Last-Modified`.
    pub last_modified: Option<u64>,
}

/// IAM: `s3:PutObject`, which the presigned URL carries, and `s3:PutObjectAcl` for public objects.
pub trait PresignPut {
    /// Signs leave for one exact PUT, starting at `now_ms`.
    async fn presign_put(&self, put: &PutToSign<'_>, now_ms: u64) -> Result<Grant, Fault>;
}

/// The one PUT that a grant allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PutToSign<'a> {
    /// Where to.
    pub key: &'a ObjectKey,
    /// The exact number of bytes.
    pub size: u64,
    /// The media type.
    pub media_type: &'a str,
    /// The checksum that storage compares.
    pub crc64nvme: Option<Crc64Nvme>,
    /// For a public object: its `Content-Disposition`.
    pub public_disposition: Option<String>,
}

/// IAM: `s3:GetObject`, which the presigned URL carries.
pub trait PresignGet {
    /// Signs leave to download an object, starting at `now_ms`.
    async fn presign_get(&self, get: &GetToSign<'_>, now_ms: u64) -> Result<Grant, Fault>;
}

/// The one GET that a grant allows. Nothing that a PUT may have smuggled in counts in its answer: neither
/// encoding, nor for how long it may be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GetToSign<'a> {
    /// What.
    pub key: &'a ObjectKey,
    /// The `Content-Disposition` of the answer.
    pub disposition: String,
    /// The `Content-Type` of the answer.
    pub media_type: &'a str,
}

/// IAM: `sqs:SendMessage`.
pub trait SendMessages {
    /// Sends at most ten messages and gives the places of those that were not accepted.
    async fn send_messages(&self, messages: &[QueueMessage]) -> Result<Vec<usize>, Fault>;
}

/// IAM: `sqs:ChangeMessageVisibility`.
pub trait HideMessages {
    /// Lets each of at most ten received messages come again after its own time instead of the queue's.
    async fn hide_messages(&self, messages: &[Hidden]) -> Result<(), Fault>;
}

/// A received message, and when it comes again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hidden {
    /// What the queue gave with this receive of the message.
    pub receipt: String,
    /// Seconds from now.
    pub seconds: u32,
}
