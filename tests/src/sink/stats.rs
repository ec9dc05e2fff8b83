use serde::Serialize;

/// Uploads listed one by one.
pub(super) const MOST_LISTED: usize = 100;

/// What a sink has seen since its start or its last reset.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Stats {
    /// Bytes of bodies that were PUT, whatever came of them.
    pub bytes: u64,
    /// Requests of all kinds.
    pub requests: u64,
    /// Preflights among them.
    pub preflights: u64,
    /// PUT requests to storage.
    pub puts: u64,
    /// Create calls.
    pub creates: u64,
    /// Uploads that were open at once, at most; counted where there is a quota of them.
    pub most_open: u64,
    /// Items of create calls that found no place in that quota.
    pub quota_refusals: u64,
    /// Status calls.
    pub status_calls: u64,
    /// Bodies of PUT requests that were under way at once, at most.
    pub max_concurrency: u64,
    /// PUT requests refused for a wrong checksum.
    pub bad_digests: u64,
    /// Parts that were taken although they were stored already, over all uploads.
    pub parts_sent_twice: u64,
    /// Uploads created.
    pub uploads: u64,
    /// Uploads completed.
    pub completed: u64,
    /// Milliseconds from the first request to the first byte of a `raw` body.
    pub raw_first_byte_ms: Option<u64>,
    /// The first uploads in the order of creation.
    pub listed: Vec<UploadStats>,
}

/// What a sink has seen of one upload.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UploadStats {
    /// The upload.
    pub id: String,
    /// Its size as declared.
    pub size: u64,
    /// Bytes received for it, over all attempts.
    pub bytes: u64,
    /// Milliseconds from the create call to the first byte of a body.
    pub first_byte_ms: Option<u64>,
    /// Milliseconds from the create call to the answer of complete.
    pub complete_ms: Option<u64>,
    /// Numbers of parts that were taken although they were stored already; 0 is a single PUT.
    pub sent_twice: Vec<u32>,
}
