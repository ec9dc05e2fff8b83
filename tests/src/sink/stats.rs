use serde::Serialize;

/// Most uploads that are listed one by one.
pub(super) const MOST_LISTED: usize = 100;

/// What a sink has counted since its start or its last reset.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Stats {
    /// Bytes of all PUT bodies, whatever the outcome.
    pub bytes: u64,
    /// Requests of all kinds.
    pub requests: u64,
    /// Preflights among them.
    pub preflights: u64,
    /// PUT requests to storage.
    pub puts: u64,
    /// Create calls.
    pub creates: u64,
    /// Most uploads open at once; counted only with a quota.
    pub most_open: u64,
    /// Items of create calls refused because of that quota.
    pub quota_refusals: u64,
    /// Status calls.
    pub status_calls: u64,
    /// Most PUT bodies in flight at once.
    pub max_concurrency: u64,
    /// PUT requests refused for a wrong checksum.
    pub bad_digests: u64,
    /// Parts received that were stored already, over all uploads.
    pub parts_sent_twice: u64,
    /// Uploads created.
    pub uploads: u64,
    /// Uploads completed.
    pub completed: u64,
    /// Milliseconds from the first request to the first byte of a `raw` body.
    pub raw_first_byte_ms: Option<u64>,
    /// The first uploads, in the order of creation.
    pub listed: Vec<UploadStats>,
}

/// What a sink has counted for one upload.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UploadStats {
    /// The upload.
    pub id: String,
    /// Its declared size.
    pub size: u64,
    /// Bytes received for it, over all attempts.
    pub bytes: u64,
    /// Milliseconds from the create call to the first byte of a body.
    pub first_byte_ms: Option<u64>,
    /// Milliseconds from the create call to the answer to complete.
    pub complete_ms: Option<u64>,
    /// Numbers of parts received that were stored already; 0 is a single PUT.
    pub sent_twice: Vec<u32>,
}
