use serde::{Deserialize, Serialize};

use crate::word::words;

words! {
    /// What happened to an object.
    pub enum EventKind, "an event" {
        /// It was written (`ObjectCreated:*`).
        Created = "created",
        /// It was deleted (`ObjectRemoved:*`).
        Removed = "removed",
    }
}

/// The queue message that the `forward` Lambda makes of an S3 event (route `lambda`).
///
/// `key` is decoded UTF-8 and `url` is percent-encoded; only S3's own event JSON is form-encoded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct QueueMessage {
    /// The version of this shape: [`QueueMessage::VERSION`].
    pub v: u32,
    /// The bucket's name.
    pub bucket: String,
    /// The decoded key.
    pub key: String,
    /// The object's address, without a signature.
    pub url: String,
    /// Bytes; absent for a removal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// The entity tag, without quotes; absent for a removal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
    /// The version, in a versioned bucket.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version_id: Option<String>,
    /// The sequencer as S3 wrote it.
    pub sequencer: String,
    /// What happened.
    pub event: EventKind,
    /// When it happened, RFC 3339, as S3 wrote it.
    pub time: String,
}

impl QueueMessage {
    /// The version that this code reads and writes.
    pub const VERSION: u32 = 1;
}
