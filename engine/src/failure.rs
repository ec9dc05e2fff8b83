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
    /// What storage said of itself.
    pub storage: Option<StorageAnswer>,
    /// Where an answer of the API does not conform to the contract, such as `uploads[0].plan.partCount`.
    pub path: Option<String>,
    /// The service concerned has never answered this client: an address or a CORS rule is more likely wrong than the
    /// connection lost.
    pub unreached: bool,
    /// One sentence for a developer.
    pub message: Cow<'static, str>,
    /// Whether retrying later without any change can succeed.
    pub retryable: bool,
}

/// The error in storage's answer, as far as it is short and plain; without anything from a URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StorageAnswer {
    /// The `Code` of its XML body; may be empty.
    pub code: String,
    /// The `Message` of that body; may be empty.
    pub message: String,
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
    pub(crate) storage: Option<StorageAnswer>,
    pub(crate) path: Option<String>,
    pub(crate) message: String,
}

impl Trace {
    /// No answer, or one without details.
    pub(crate) const NONE: Self = Self {
        part: None,
        status: None,
        request_id: None,
        storage: None,
        path: None,
        message: String::new(),
    };
}

impl Trace {
    /// Of an answer that does not conform to the contract.
    pub(crate) fn wrong(path: &str, problem: &str) -> Self {
        let sentence = sentence(ErrorCode::BadResponse);
        let colon = if path.is_empty() { "" } else { ": " };
        Self {
            message: [sentence, colon, path, ": ", problem].concat(),
            path: Some(path.to_owned()),
            ..Self::NONE
        }
    }
}

/// [`Trace::NONE`] by reference.
pub(crate) static NO_TRACE: Trace = Trace::NONE;

impl Failure {
    pub(crate) fn new(code: ErrorCode, phase: Phase, trace: &Trace) -> Rc<Self> {
        Self::of(code, phase, trace, false)
    }

    pub(crate) fn of(code: ErrorCode, phase: Phase, trace: &Trace, unreached: bool) -> Rc<Self> {
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
            storage: trace.storage.clone(),
            path: trace.path.clone(),
            unreached,
            message,
            retryable: code.retryable(),
        })
    }
}

/// The message if the server sent none.
fn sentence(code: ErrorCode) -> &'static str {
    match code {
        ErrorCode::Network => "no connection to the server; try again later",
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
        ErrorCode::Unverified => "storage has not proved that it holds the bytes of the file",
        ErrorCode::ProcessingTimeout => "the record did not appear in time; the object is stored",
        ErrorCode::Aborted => "the upload was aborted",
        ErrorCode::Closed => "the client was closed",
        _ => "",
    }
}
