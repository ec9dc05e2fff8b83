//! Limits fixed by S3 and by the contract. All sizes are bytes.
//!
//! S3's limits: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html> (multipart) and
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html> (keys).

/// One mebibyte.
pub const MIB: u64 = 1024 * 1024;
/// One gibibyte.
pub const GIB: u64 = 1024 * MIB;

/// Maximum number of parts in one multipart upload.
pub const MAX_PARTS: u32 = 10_000;
/// Minimum size of every part except the last.
pub const MIN_PART_BYTES: u64 = 5 * MIB;
/// Maximum size of one part.
pub const MAX_PART_BYTES: u64 = 5 * GIB;
/// Maximum body of a single PUT.
pub const MAX_SINGLE_PUT_BYTES: u64 = 5 * GIB;
/// Maximum object size: 10,000 parts of maximum size (48.8 TiB).
pub const MAX_OBJECT_BYTES: u64 = MAX_PARTS as u64 * MAX_PART_BYTES;
/// Maximum key length, in bytes of UTF-8.
pub const MAX_KEY_BYTES: usize = 1024;

/// Files up to this size are sent in one PUT; larger ones in parts.
pub const SINGLE_PUT_UP_TO_BYTES: u64 = 16 * MIB;
/// Parts of a new live upload after which their size doubles.
pub const LIVE_DOUBLE_EVERY: u32 = 1_000;
/// Minimum part size that a plan uses if the client asks for none.
pub const SMALLEST_PLANNED_PART_BYTES: u64 = 8 * MIB;
/// Maximum part size that a client may ask for; a file that would have more than 10,000 such parts gets larger ones.
pub const LARGEST_ASKED_PART_BYTES: u64 = 64 * MIB;

/// Maximum number of items in one create, status or parts call.
pub const MAX_BATCH: usize = 100;
/// Maximum number of parts that a create call signs along: as many as a browser sends at once to one host.
pub const MAX_FIRST_PARTS: usize = 6;
/// Maximum number of records on one page of `GET /uploads`.
pub const MAX_PAGE: u32 = 100;
/// Records on one page of `GET /uploads` when no limit is given.
pub const DEFAULT_PAGE: u32 = 25;
/// Maximum JSON body that a route reads.
pub const MAX_BODY_BYTES: usize = 1024 * 1024;

/// Maximum file name length, in characters of its NFC form: the limit of common file systems.
pub const MAX_NAME_CHARS: usize = 255;
/// Maximum file name length, in bytes of UTF-8 of its NFC form.
pub const MAX_NAME_BYTES: usize = 1024;
/// Maximum length of a cleaned name, the last segment of a key, in bytes of UTF-8.
pub const MAX_CLEAN_NAME_BYTES: usize = 200;
/// Maximum length of the folder of a file, in bytes of UTF-8 of its NFC form: with the longest name a key has room for
/// it, unless cleaning makes it longer.
pub const MAX_PATH_BYTES: usize = 700;
/// Maximum media type length, in bytes.
pub const MAX_TYPE_BYTES: usize = 127;
/// Maximum number of metadata entries of one upload.
pub const MAX_METADATA_ENTRIES: usize = 32;
/// Maximum metadata key length, in bytes.
pub const MAX_METADATA_KEY_BYTES: usize = 64;
/// Maximum total length of metadata keys and values of one upload, in bytes.
pub const MAX_METADATA_BYTES: usize = 2048;

/// Maximum length of a server's state of an upload, in bytes.
pub const MAX_STATE_BYTES: usize = 2048;

/// Default lifetime of a presigned URL, in milliseconds.
pub const DEFAULT_URL_LIFETIME_MS: u64 = 300_000;
/// Maximum lifetime of a presigned URL, in milliseconds.
pub const MAX_URL_LIFETIME_MS: u64 = 900_000;

/// Longest duration of a recording that a client may state, in milliseconds: 2^53.
pub const MAX_DURATION_MS: u64 = 1 << 53;

/// Largest integer that a JavaScript number represents exactly (2^53 - 1).
/// <https://developer.mozilla.org/docs/Web/JavaScript/Reference/Global_Objects/Number/MAX_SAFE_INTEGER>
pub const MAX_SAFE_INTEGER: u64 = (1 << 53) - 1;
