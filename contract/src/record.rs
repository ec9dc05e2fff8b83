use serde::{Deserialize, Serialize};

use crate::word::words;
use crate::{Crc64Nvme, Metadata, ObjectKey, UploadId};

words! {
    /// Who may read an object without a credential.
    #[derive(Default)]
    pub enum Visibility, "a visibility" {
        /// Nobody; reading needs a presigned URL.
        #[default]
        Private = "private",
        /// Everybody who knows the address.
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
    /// Where an upload stands, as the record says.
    #[non_exhaustive]
    pub enum UploadStatus, "an upload's status" {
        /// Created; storage's event has not come yet.
        Pending = "pending",
        /// Storage holds the object and its event was processed.
        Stored = "stored",
        /// Cancelled by its owner.
        Aborted = "aborted",
        /// The object was deleted from storage.
        Deleted = "deleted",
        /// It never came.
        Expired = "expired",
        /// There is no such upload, or it is not the caller's. Only in a [`StatusResponse`].
        NotFound = "not_found",
    }
}

words! {
    /// What a scan for malware has found in the stored object.
    #[non_exhaustive]
    pub enum ScanStatus, "a scan's status" {
        /// The result has not come yet.
        Pending = "pending",
        /// Nothing.
        Clean = "clean",
        /// Malware.
        Infected = "infected",
        /// The scanner could not read the object.
        Unscannable = "unscannable",
    }
}

words! {
    /// Why nobody is told where the bytes of a stored object are.
    #[non_exhaustive]
    pub enum Withheld, "a reason to withhold" {
        /// The first bytes are a page, a script or a program, and the media type says something harmless.
        ActiveContent = "active_content",
        /// A scan has to find it clean first.
        ScanPending = "scan_pending",
        /// A scan has found malware, or could not read it.
        Infected = "infected",
        /// It was sent with a `Content-Encoding`: who downloads it would see other bytes than were looked at.
        ContentEncoding = "content_encoding",
    }
}

/// One upload as the database knows it. Our own backend's keys are [`ObjectKey`]s ([`Record`]); a client, which may
/// talk to another, reads any [`StorageKey`](crate::StorageKey).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RecordOf<K> {
    /// The upload.
    pub id: UploadId,
    /// Where it stands.
    pub status: UploadStatus,
    /// The bucket of the object.
    pub bucket: String,
    /// The key of the object.
    pub key: K,
    /// The file's original name.
    pub name: String,
    /// Bytes: as declared while pending, as storage states once stored.
    pub size: u64,
    /// The media type, by its standard name.
    #[serde(rename = "type")]
    pub media_type: String,
    /// Who may read it.
    pub visibility: Visibility,
    /// The application's free text.
    #[serde(default, skip_serializing_if = "Metadata::is_empty")]
    pub metadata: Metadata,
    /// Bytes of a part, when the upload goes in parts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part_size: Option<u64>,
    /// The checksum: as the client computed it while pending, as storage states it once stored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crc64nvme: Option<Crc64Nvme>,
    /// True only if the client's checksum, the size and the type equal what storage says it holds.
    pub verified: bool,
    /// The object's entity tag, without quotes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
    /// The object's version, in a versioned bucket.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version_id: Option<String>,
    /// The sequencer of the newest event, as storage wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sequencer: Option<String>,
    /// True when the object's first bytes are not what its media type says.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub type_mismatch: bool,
    /// On a type mismatch, what the first bytes look like: a media type. Under it the object is given out,
    /// unless a browser could run it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen_type: Option<String>,
    /// What the scan of the object says; absent where nothing is scanned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scan: Option<ScanStatus>,
    /// Why the stored object is withheld; absent if it is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withheld: Option<Withheld>,
    /// The object's address without a signature, percent-encoded. It opens by itself only if public. Absent
    /// while it is withheld.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// When the upload was created, by the server's clock, in Unix milliseconds.
    pub created_at: u64,
    /// When storage had the object, in Unix milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stored_at: Option<u64>,
    /// When this record goes away, in Unix milliseconds; only for aborted and expired uploads, and only once
    /// nothing of them can arrive any more: not in the first day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<u64>,
}

/// A record of our own backend.
pub type Record = RecordOf<ObjectKey>;

/// A page of records of our own backend.
pub type ListResponse = ListResponseOf<ObjectKey>;

/// Where uploads stand, as our own backend says it.
pub type StatusResponse = StatusResponseOf<ObjectKey>;

/// Where one upload stands, as our own backend says it.
pub type StatusEntry = StatusEntryOf<ObjectKey>;

/// Answer of `GET /uploads`: one page, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListResponseOf<K> {
    /// The records; a page may be short, or empty, and still have a cursor.
    pub uploads: Vec<RecordOf<K>>,
    /// Where the next page starts; opaque; absent on the last page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}

/// Body of `POST /uploads/status`: 1 to 100 ids.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatusRequest<Id = UploadId> {
    /// The uploads asked for.
    pub ids: Vec<Id>,
}

/// Answer of `POST /uploads/status`: one entry for each id, in the order asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusResponseOf<K> {
    /// The entries.
    pub uploads: Vec<StatusEntryOf<K>>,
}

/// Where one upload stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(bound(deserialize = "K: Deserialize<'de>"))]
pub struct StatusEntryOf<K> {
    /// The upload.
    pub id: UploadId,
    /// Its status; `not_found` for unknown and foreign ids alike.
    pub status: UploadStatus,
    /// The record, unless pending or not found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<RecordOf<K>>,
}

/// Answer of `GET /uploads/{id}/content`: where to read the bytes.
///
/// For a private object the URL is a credential, so there is no `Debug` that shows it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Content {
    /// A presigned GET that downloads as an attachment, or the public address.
    pub url: String,
    /// How long the URL may be used, in milliseconds; absent for a public object.
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
