use std::borrow::Cow;

use crowfly_contract::ErrorCode;

/// Why an upload failed. Holds no URL, no query string and no token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The stable code.
    pub code: ErrorCode,
    /// What was being done.
    pub phase: Phase,
    /// The HTTP status, if there was an answer.
    pub status: Option<u16>,
    /// Finds the request in the server's or storage's logs.
    pub request_id: Option<String>,
    /// One sentence for a developer.
    pub message: Cow<'static, str>,
    /// Whether trying again later, without any change, can succeed.
    pub retryable: bool,
}

/// What was being done when an upload failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    /// Reading and hashing the file.
    Hash,
    /// Asking the API for leave to upload.
    Create,
    /// Sending bytes to storage.
    Send,
    /// Asking the API whether storage has the object.
    Complete,
    /// Cancelling on the server.
    Abort,
    /// Waiting for the record.
    Process,
}

impl Phase {
    /// The word that the SDK's errors carry.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hash => "hash",
            Self::Create => "create",
            Self::Send => "send",
            Self::Complete => "complete",
            Self::Abort => "abort",
            Self::Process => "process",
        }
    }
}
