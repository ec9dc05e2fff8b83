//! The numbers that S3 and the contract fix. All sizes are bytes.
//!
//! Source for the S3 numbers: Amazon S3 User Guide, "Amazon S3 multipart upload limits" and
//! "Naming Amazon S3 objects".

/// One mebibyte.
pub const MIB: u64 = 1024 * 1024;
/// One gibibyte.
pub const GIB: u64 = 1024 * MIB;

/// Most parts that one multipart upload may have.
pub const MAX_PARTS: u32 = 10_000;
/// Smallest size of any part but the last.
pub const MIN_PART_BYTES: u64 = 5 * MIB;
/// Largest size of one part.
pub const MAX_PART_BYTES: u64 = 5 * GIB;
/// Largest body of a single PUT.
pub const MAX_SINGLE_PUT_BYTES: u64 = 5 * GIB;
/// Largest object: every part at its largest (48.8 TiB).
pub const MAX_OBJECT_BYTES: u64 = MAX_PARTS as u64 * MAX_PART_BYTES;
/// Largest key, in bytes of UTF-8.
pub const MAX_KEY_BYTES: usize = 1024;

/// Files up to this size go in one PUT; larger ones in parts.
pub const SINGLE_PUT_UP_TO_BYTES: u64 = 16 * MIB;
/// Smallest part size that a plan uses.
pub const SMALLEST_PLANNED_PART_BYTES: u64 = 8 * MIB;

/// Most items in one create, status or parts call.
pub const MAX_BATCH: usize = 100;
/// Most records on one page of `GET /uploads`.
pub const MAX_PAGE: u32 = 100;
/// Records on one page of `GET /uploads` when no limit is given.
pub const DEFAULT_PAGE: u32 = 25;
/// Largest JSON body that a route reads.
pub const MAX_BODY_BYTES: usize = 1024 * 1024;

/// Longest file name, in characters of its composed form (Unicode NFC): what file systems allow.
pub const MAX_NAME_CHARS: usize = 255;
/// Longest file name, in bytes of UTF-8 of its composed form.
pub const MAX_NAME_BYTES: usize = 1024;
/// Longest cleaned name, the last segment of a key, in bytes of UTF-8.
pub const MAX_CLEAN_NAME_BYTES: usize = 200;
/// Longest media type, in bytes.
pub const MAX_TYPE_BYTES: usize = 127;
/// Most metadata entries of one upload.
pub const MAX_METADATA_ENTRIES: usize = 32;
/// Longest metadata key, in bytes.
pub const MAX_METADATA_KEY_BYTES: usize = 64;
/// All metadata keys and values of one upload together, in bytes.
pub const MAX_METADATA_BYTES: usize = 2048;

/// Life of a presigned URL when nothing else is configured, in milliseconds.
pub const DEFAULT_URL_LIFETIME_MS: u64 = 300_000;
/// Longest life of a presigned URL, in milliseconds.
pub const MAX_URL_LIFETIME_MS: u64 = 900_000;

/// Largest integer that JSON carries through JavaScript unharmed (2^53 - 1).
pub const MAX_SAFE_INTEGER: u64 = (1 << 53) - 1;
