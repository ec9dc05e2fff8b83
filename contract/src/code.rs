use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::pieces::words;

/// Builds the enum, its texts and its table from one list, so that they cannot drift apart.
macro_rules! codes {
    ($( $(#[doc = $doc:literal])* $variant:ident = $text:literal, $status:expr, $retryable:literal; )*) => {
        /// Every stable error code of Crowfly, as carried by a Problem and by the SDK's `UploadError`.
        /// A code never changes its meaning; new ones may be added.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[non_exhaustive]
        pub enum ErrorCode {
            $( $(#[doc = $doc])* #[serde(rename = $text)] $variant, )*
            /// A code that this version does not know, sent by a newer backend.
            #[serde(other, rename = "unknown")]
            Unknown,
        }

        impl ErrorCode {
            /// All codes but [`ErrorCode::Unknown`].
            pub const ALL: &'static [Self] = &[$( Self::$variant ),*];

            /// The code as written in JSON.
            pub fn as_str(self) -> &'static str {
                words(Self::WORDS).nth(self as usize).unwrap_or_default()
            }

            /// All texts in order, in one string: a slice of `&str` would double their size in the module.
            const WORDS: &'static str = concat!($( $text, " ", )* "unknown");

            /// The HTTP status of a Problem with this code; `None` for codes that only the SDK raises.
            pub const fn http_status(self) -> Option<u16> {
                match self { $( Self::$variant => $status, )* Self::Unknown => None }
            }

            /// What it means, in the words of this list.
            #[cfg(feature = "schema")]
            pub const fn meaning(self) -> &'static str {
                match self { $( Self::$variant => concat!($( $doc ),*), )* Self::Unknown => "" }
            }

            /// Whether repeating the same request later can succeed without any change by the caller.
            pub const fn retryable(self) -> bool {
                match self { $( Self::$variant => $retryable, )* Self::Unknown => false }
            }
        }

        impl FromStr for ErrorCode {
            type Err = Infallible;

            /// A text that this version does not know is [`ErrorCode::Unknown`].
            fn from_str(text: &str) -> Result<Self, Infallible> {
                let known = words(Self::WORDS).position(|known| known == text);
                let known = known.and_then(|place| Self::ALL.get(place));
                Ok(known.copied().unwrap_or(Self::Unknown))
            }
        }
    };
}

codes! {
    // What is wrong with a request.
    /// The body is not JSON, or not an object of the expected shape.
    InvalidJson = "invalid_json", Some(400), false;
    /// The body has a field that the contract does not name.
    UnknownField = "unknown_field", Some(400), false;
    /// The content type of the request is not `application/json`.
    UnsupportedMediaType = "unsupported_media_type", Some(415), false;
    /// The body of the request is longer than the route reads.
    BodyTooLarge = "body_too_large", Some(413), false;
    /// A list has no item, more than 100, or the same id twice.
    InvalidBatch = "invalid_batch", Some(400), false;
    /// An id is not a ULID.
    InvalidId = "invalid_id", Some(400), false;
    /// The file name is empty, too long, or has a character that no name may have.
    InvalidName = "invalid_name", Some(400), false;
    /// The folder of the file has `..`, a character that no path may have, or more than 700 bytes, or makes the
    /// object's key longer than S3 allows.
    InvalidPath = "invalid_path", Some(400), false;
    /// A size is missing, given where there is none, or not a non-negative integer; or `live`, `maxBytes` or
    /// `durationMs` is wrong.
    InvalidSize = "invalid_size", Some(400), false;
    /// The media type is not `type/subtype` in visible ASCII without parameters.
    InvalidType = "invalid_type", Some(400), false;
    /// The checksum is not base64 of eight bytes.
    InvalidChecksum = "invalid_checksum", Some(400), false;
    /// The metadata is not a small map of printable text.
    InvalidMetadata = "invalid_metadata", Some(400), false;
    /// The visibility is neither `private` nor `public`.
    InvalidVisibility = "invalid_visibility", Some(400), false;
    /// A part number is outside the plan, or stands twice in the list; or the part of a live upload cannot have that
    /// size.
    InvalidPart = "invalid_part", Some(400), false;
    /// The cursor is not one that this version of the API makes. Read the list from its start.
    InvalidCursor = "invalid_cursor", Some(400), false;
    /// The limit is not an integer from 1 to 100.
    InvalidLimit = "invalid_limit", Some(400), false;

    // What the policy refuses.
    /// The file is larger than the configured maximum.
    TooLarge = "too_large", Some(413), false;
    /// The media type, or the name's suffix, is not allowed here.
    TypeNotAllowed = "type_not_allowed", Some(400), false;
    /// Public objects are switched off (`PublicRead=off`).
    PublicNotAllowed = "public_not_allowed", Some(400), false;
    /// The caller sends requests faster than allowed.
    RateLimited = "rate_limited", Some(429), true;
    /// The caller has as many unfinished uploads as allowed; finishing one frees its place.
    QuotaOpenUploads = "quota_open_uploads", Some(429), true;
    /// The caller's bytes quota is used up.
    QuotaBytes = "quota_bytes", Some(403), false;

    // Who the caller is.
    /// There is no valid token.
    Unauthenticated = "unauthenticated", Some(401), false;
    /// The token is valid but lacks the required scope.
    InsufficientScope = "insufficient_scope", Some(403), false;
    /// The token's subject is missing, too long, or has a forbidden character.
    InvalidSubject = "invalid_subject", Some(403), false;
    /// The caller may not do this.
    Forbidden = "forbidden", Some(403), false;

    // State of the upload.
    /// There is no such upload or route, or it is not the caller's.
    NotFound = "not_found", Some(404), false;
    /// The route exists, but not with this method.
    MethodNotAllowed = "method_not_allowed", Some(405), false;
    /// The id was used before for a different file.
    UploadMismatch = "upload_mismatch", Some(409), false;
    /// The upload was aborted or has expired; a new one needs a new id.
    UploadEnded = "upload_ended", Some(409), false;
    /// The object is stored already, so the upload can no longer be aborted.
    AlreadyStored = "already_stored", Some(409), false;
    /// Storage does not hold the object.
    NotStored = "not_stored", Some(409), false;
    /// The file's first bytes are a page, a script or a program, and its media type says something harmless, so
    /// its address is withheld. As an event of the SDK it only warns, of any first bytes that are not what the
    /// type says.
    TypeMismatch = "type_mismatch", Some(409), false;
    /// The file was not scanned yet, so its address is withheld.
    ScanPending = "scan_pending", Some(409), true;
    /// The scan found malware, or could not read the file, so its address is withheld.
    Infected = "infected", Some(403), false;
    /// The file was sent with a `Content-Encoding`, so its address is withheld: who downloads it would see other
    /// bytes than were checked.
    ContentEncoding = "content_encoding", Some(409), false;
    /// Storage holds another number of bytes than was declared.
    SizeMismatch = "size_mismatch", Some(409), false;
    /// Storage holds other bytes than were hashed.
    ChecksumMismatch = "checksum_mismatch", Some(409), false;
    /// Storage holds other parts than the plan: some are missing, or differ in size. List them, and send
    /// those that differ.
    PartsMismatch = "parts_mismatch", Some(409), true;
    /// The multipart upload is gone from storage, and with it all its parts. Creating the upload again, by
    /// the same id, begins a new one.
    MultipartGone = "multipart_gone", Some(409), true;
    /// Someone else wrote the same key at the same time.
    Conflict = "conflict", Some(409), false;

    // Failures behind the API.
    /// A service behind the API is unavailable or throttles.
    ServiceUnavailable = "service_unavailable", Some(503), true;
    /// The API failed in an unforeseen way.
    Internal = "internal", Some(500), true;
    /// The server has no such function: one that keeps no records gives none. As an error of the SDK: it was used where
    /// there is no browser (such as during server-side rendering), or Uppy gave it a file that is not on this device.
    Unsupported = "unsupported", Some(501), false;

    // Raised by the SDK only.
    /// The upload was aborted by its user. The `done` promise rejects with an `AbortError`.
    Aborted = "aborted", None, false;
    /// An option or argument has a wrong type or value; the message names it.
    InvalidOption = "invalid_option", None, false;
    /// The WebAssembly module could not be loaded.
    WasmUnavailable = "wasm_unavailable", None, true;
    /// No network path to the API or to storage within the retry budget.
    Network = "network", None, true;
    /// Data stopped moving, again and again, within the retry budget.
    Stalled = "stalled", None, true;
    /// Storage kept failing (5xx, SlowDown) within the retry budget.
    StorageUnavailable = "storage_unavailable", None, true;
    /// Storage refused the request although the URL was fresh.
    StorageRefused = "storage_refused", None, false;
    /// The signer's clock is wrong, so storage refuses every URL.
    ServerClock = "server_clock", None, false;
    /// The bucket's address or region is configured wrongly (a redirect came back).
    Misconfigured = "misconfigured", None, false;
    /// The `token` function threw, rejected, or gave no token in time.
    TokenProvider = "token_provider", None, true;
    /// The API answered with something that is not this contract.
    BadResponse = "bad_response", None, true;
    /// The file changed on disk while it was read.
    FileChanged = "file_changed", None, false;
    /// The file can no longer be read.
    FileUnreadable = "file_unreadable", None, false;
    /// Storage holds the object, but states no checksum of it, and `requireVerified` asks for that proof.
    Unverified = "unverified", None, false;
    /// The record did not appear within the waiting time; the object is stored all the same.
    ProcessingTimeout = "processing_timeout", None, true;
    /// Another tab or window works on this upload.
    Locked = "locked", None, true;
    /// The client was closed.
    Closed = "closed", None, false;
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}
