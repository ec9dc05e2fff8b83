use serde::{Deserialize, Serialize};

use crate::word::words;
use crate::{Crc64Nvme, Metadata, ObjectKey, UploadId};

words! {
    /// Who may read an object without credentials.
    #[derive(Default)]
    pub enum Visibility, "a visibility" {
        /// Private: reading needs a presigned URL.
        #[default]
        Private = "private",
        /// Anyone with the address.
        Public = "public",
    }
}

impl Visibility {
    /// Whether this is [`Visibility::Private`].
    pub fn is_private(&self) -> bool {
        *self == Self::Private
    }
}

words! {
    /// State of an upload according to its record.
    #[non_exhaustive]
    pub enum UploadStatus, "an upload's status" {
        /// Created; storage's event has not arrived yet.
        Pending = "pending",
        /// The object is stored and its event was processed.
        Stored = "stored",
        /// Cancelled by its owner.
        Aborted = "aborted",
        /// The object was deleted from storage.
        Deleted = "deleted",
        /// The object did not arrive in time.
        Expired = "expired",
        /// Unknown, or owned by another caller. Only in a [`StatusResponse`].
        NotFound = "not_found",
    }
}

words! {
    /// Result of the malware scan of the stored object.
    #[non_exhaustive]
    pub enum ScanStatus, "a scan's status" {
        /// No result yet.
        Pending = "pending",
        /// Clean.
        Clean = "clean",
        /// Malware.
        Infected = "infected",
        /// The scanner could not read the object.
        Unscannable = "unscannable",
    }
}

words! {
    /// Why the address of a stored object is withheld.
    #[non_exhaustive]
    pub enum Withheld, "a reason to withhold" {
        /// The first bytes are those of a page, a script or a program, but the media type claims a harmless format.
        ActiveContent = "active_content",
        /// A clean scan result is required first.
        ScanPending = "scan_pending",
        /// The scan found malware, or could not read the object.
        Infected = "infected",
        /// It was sent with a `Content-Encoding`: a download would decode to bytes that were not checked.
        ContentEncoding = "content_encoding",
    }
}

/// The database record of one upload. Our own backend's keys are [`ObjectKey`]s ([`Record`]); a client, which may
/// use another backend, reads any [`StorageKey`](crate::StorageKey).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(
    feature = "schema",
    schemars(rename = "Record", description = "The database record of one upload.")
)]
#[serde(rename_all = "camelCase")]
pub struct RecordOf<K> {
    /// The upload.
    pub id: UploadId,
    /// Its state.
    pub status: UploadStatus,
    /// The bucket of the object.
    pub bucket: String,
    /// The key of the object.
    pub key: K,
    /// The file's original name.
    pub name: String,
    /// The folder of the file, relative to what the person picked: `photos/2026`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Bytes: as declared while pending, as reported by storage once stored. Of a live upload 0 until its size is
    /// known.
    pub size: u64,
    /// The media type, under its canonical name.
    #[serde(rename = "type")]
    pub media_type: String,
    /// Who may read it.
    pub visibility: Visibility,
    /// The application's metadata.
    #[serde(default, skip_serializing_if = "Metadata::is_empty")]
    pub metadata: Metadata,
    /// Part size of a multipart upload; of a live one that of its first parts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part_size: Option<u64>,
    /// True of a live upload: its size was not known when it was created.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub live: bool,
    /// Of a live upload: how long the recording plays, in milliseconds, as its client said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<u64>,
    /// True of a live upload whose client went away: the object has what had been sent until then.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub truncated: bool,
    /// The checksum: the client's while pending, storage's once stored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crc64nvme: Option<Crc64Nvme>,
    /// True only if the client's checksum, the size and the type all match what storage reports.
    pub verified: bool,
    /// The object's entity tag, without quotes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
    /// The object's version, in a versioned bucket.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version_id: Option<String>,
    /// The sequencer of the newest event, as sent by S3.
    /// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html>
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sequencer: Option<String>,
    /// True if the object's first bytes do not match its media type.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub type_mismatch: bool,
    /// On a type mismatch: the media type detected from the first bytes. The object is served with it, unless a
    /// browser could execute it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen_type: Option<String>,
    /// Scan result; absent where scanning is off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scan: Option<ScanStatus>,
    /// Why the stored object is withheld; absent if it is available.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withheld: Option<Withheld>,
    /// The object's unsigned address, percent-encoded. Readable without credentials only if public. Absent while
    /// withheld.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Creation time by the server's clock, in Unix milliseconds.
    pub created_at: u64,
    /// When the object was stored, in Unix milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stored_at: Option<u64>,
    /// When this record expires, in Unix milliseconds. Only for aborted and expired uploads, at least one day
    /// later, when no request of theirs can arrive any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<u64>,
}

/// A record of our own backend.
pub type Record = RecordOf<ObjectKey>;

/// A page of records of our own backend.
pub type ListResponse = ListResponseOf<ObjectKey>;

/// Status answer of our own backend.
pub type StatusResponse = StatusResponseOf<ObjectKey>;

/// Status of one upload, of our own backend.
pub type StatusEntry = StatusEntryOf<ObjectKey>;

/// Answer of `GET /uploads`: one page, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "ListResponse"))]
pub struct ListResponseOf<K> {
    /// The records; a page may be short or empty and still have a cursor.
    pub uploads: Vec<RecordOf<K>>,
    /// Opaque start of the next page; absent on the last page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}

/// Body of `POST /uploads/status`: 1 to 100 ids.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "StatusRequest"))]
#[serde(deny_unknown_fields)]
pub struct StatusRequest<Id = UploadId> {
    /// The requested uploads.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = crate::limits::MAX_BATCH)))]
    #[cfg_attr(feature = "schema", schemars(extend("uniqueItems" = true)))]
    pub ids: Vec<Id>,
}

/// Answer of `POST /uploads/status`: one entry per id, in request order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "StatusResponse"))]
pub struct StatusResponseOf<K> {
    /// The entries.
    pub uploads: Vec<StatusEntryOf<K>>,
}

/// Status of one upload.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "StatusEntry"))]
#[serde(bound(deserialize = "K: Deserialize<'de>"))]
pub struct StatusEntryOf<K> {
    /// The upload.
    pub id: UploadId,
    /// Its status; `not_found` for unknown ids and for those of other owners.
    pub status: UploadStatus,
    /// The record, unless pending or not found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<RecordOf<K>>,
}

/// Answer of `GET /uploads/{id}/content`: the address of the bytes.
///
/// For a private object the URL is a credential, so `Debug` does not show it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Content {
    /// A presigned GET that downloads as an attachment, or the public address.
    pub url: String,
    /// Lifetime of the URL, in milliseconds; absent for a public object.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_in_ms: Option<u64>,
}

impl std::fmt::Debug for Content {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let address = self.url.split('?').next().unwrap_or_default();
        out.debug_struct("Content")
            .field("url", &format_args!("{address}?<redacted>"))
            .field("expires_in_ms", &self.expires_in_ms)
            .finish()
    }
}
