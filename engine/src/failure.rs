use std::borrow::Cow;
use std::rc::Rc;

use crowfly_contract::ErrorCode;

/// Why an upload or a read failed. Contains no URL, query string or token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The stable code.
    pub code: ErrorCode,
    /// The operation that failed.
    pub phase: Phase,
    /// The part concerned, from 1, if any.
    pub part: Option<u32>,
    /// The HTTP status, if there was a response.
    pub status: Option<u16>,
    /// Identifies the request in the server's or storage's logs.
    pub request_id: Option<String>,
    /// One sentence for a developer.
    pub message: Cow<'static, str>,
    /// Whether retrying later without any change can succeed.
    pub retryable: bool,
}

/// The operation during which something failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    /// Reading and hashing the file.
    Hash,
    /// Requesting grants from the API.
    Create,
    /// Requesting part grants from the API.
    Sign,
    /// Sending bytes to storage.
    Send,
    /// Asking the API for the list of stored parts.
    List,
    /// Asking the API to complete, or whether storage has the object.
    Complete,
    /// Cancelling on the server.
    Abort,
    /// Waiting for the record.
    Process,
    /// Reading records.
    Read,
}

impl Phase {
    /// The value of `phase` in the SDK's errors.
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

/// The details of an answer besides its code.
#[derive(Debug)]
pub(crate) struct Trace {
    pub(crate) part: Option<u32>,
    pub(crate) status: Option<u16>,
    pub(crate) request_id: Option<String>,
    pub(crate) message: String,
}

impl Trace {
    /// No answer, or one without details.
    pub(crate) const NONE: Self = Self {
        part: None,
        status: None,
        request_id: None,
        message: String::new(),
    };
}

/// [`Trace::NONE`] by reference.
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

/// The message if the server sent none.
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
