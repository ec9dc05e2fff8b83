use std::borrow::Cow;
use std::rc::Rc;

use crowfly_contract::ErrorCode;

/// Why an upload, or a read, failed. Holds no URL, no query string and no token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The stable code.
    pub code: ErrorCode,
    /// What was being done.
    pub phase: Phase,
    /// The part that it was about, from 1, if it was about one.
    pub part: Option<u32>,
    /// The HTTP status, if there was an answer.
    pub status: Option<u16>,
    /// Finds the request in the server's or storage's logs.
    pub request_id: Option<String>,
    /// One sentence for a developer.
    pub message: Cow<'static, str>,
    /// Whether trying again later, without any change, can succeed.
    pub retryable: bool,
}

/// What was being done when something failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    /// Reading and hashing the file.
    Hash,
    /// Asking the API for leave to upload.
    Create,
    /// Asking the API for leave to send parts.
    Sign,
    /// Sending bytes to storage.
    Send,
    /// Asking the API which parts storage holds.
    List,
    /// Asking the API whether storage has the object.
    Complete,
    /// Cancelling on the server.
    Abort,
    /// Waiting for the record.
    Process,
    /// Reading records.
    Read,
}

impl Phase {
    /// The word that the SDK's errors carry.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hash => "hash",
            Self::Create => "create",
            Self::Sign => "sign",
            Self::Send => "send",
            Self::List => "list",
            Self::Complete => "complete",
            Self::Abort => "abort",
            Self::Process => "process",
            Self::Read => "read",
        }
    }
}

/// What an answer said beside its code.
#[derive(Debug)]
pub(crate) struct Trace {
    pub(crate) part: Option<u32>,
    pub(crate) status: Option<u16>,
    pub(crate) request_id: Option<String>,
    pub(crate) message: String,
}

impl Trace {
    /// No answer, or one that said nothing.
    pub(crate) const NONE: Self = Self {
        part: None,
        status: None,
        request_id: None,
        message: String::new(),
    };
}

/// [`Trace::NONE`], to be borrowed.
pub(crate) static NO_TRACE: Trace = Trace::NONE;

impl Failure {
    pub(crate) fn new(code: ErrorCode, phase: Phase, trace: &Trace) -> Rc<Self> {
        let message = if trace.message.is_empty() {
            Cow::Borrowed(sentence(code))
        } else {
            Cow::Owned(trace.message.clone())
        };
        Rc::new(Self {
            code,
            phase,
            part: trace.part,
            status: trace.status,
            request_id: trace.request_id.clone(),
            message,
            retryable: code.retryable(),
        })
    }
}

/// The message when no server sent one.
fn sentence(code: ErrorCode) -> &'static str {
    match code {
        ErrorCode::Network => "no network path to the server; check the connection and try again",
        ErrorCode::Stalled => "data stopped moving, again and again",
        ErrorCode::StorageUnavailable => "storage kept failing; try again later",
        ErrorCode::StorageRefused => "storage refused the request although its URL was fresh",
        ErrorCode::ServerClock => "the signer's clock is wrong, so storage refuses its URLs",
        ErrorCode::Misconfigured => "the bucket's address or region is configured wrongly",
        ErrorCode::TokenProvider => "the token function gave no token",
        ErrorCode::Unauthenticated => "the API refused a fresh token",
        ErrorCode::BadResponse => "the API answered with something that is not its contract",
        ErrorCode::FileChanged => "the file changed after it was picked; pick it again",
        ErrorCode::FileUnreadable => "the file can no longer be read; pick it again",
        ErrorCode::ChecksumMismatch => "storage received other bytes than were hashed",
        ErrorCode::SizeMismatch => "storage holds another number of bytes than the file has",
        ErrorCode::TooLarge => "the file is larger than the largest object, 48.8 TiB",
        ErrorCode::MultipartGone => "storage lets go of the parts again and again",
        ErrorCode::PartsMismatch => "storage keeps other parts than were sent",
        ErrorCode::Unverified => {
            "storage holds the object but has not proved that its bytes are those of the file"
        }
        ErrorCode::ProcessingTimeout => {
            "the record did not appear in time; the object is stored all the same"
        }
        ErrorCode::Aborted => "the upload was aborted",
        ErrorCode::Closed => "the client was closed",
        _ => "",
    }
}
