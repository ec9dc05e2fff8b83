use std::borrow::Cow;

use crowfly_contract::{ErrorCode, ProblemBody};

/// Retry delay for the caller when a service behind the API is unavailable.
const RETRY_AFTER_MS: u64 = 1_000;

/// Why a use-case failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The request is refused; the caller must change something.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// A service failed that the backend depends on; the request was fine.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// A refusal: what is wrong and what is allowed.
///
/// The message is sent to the caller unchanged, so it contains no internal detail, URL or token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct Refusal {
    /// The stable code.
    pub code: ErrorCode,
    /// One sentence.
    pub message: Cow<'static, str>,
    /// When a retry may succeed, in milliseconds.
    pub retry_after_ms: Option<u64>,
}

/// A failure of a service behind a port. The detail is for the log only.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{service}: {kind:?}: {detail}")]
pub struct Fault {
    /// The service and the operation, such as `dynamodb.UpdateItem`.
    pub service: &'static str,
    /// What kind of failure it was.
    pub kind: FaultKind,
    /// The service's message, without any URL.
    pub detail: String,
}

/// The kind of a [`Fault`], which decides whether a retry can help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FaultKind {
    /// The service throttles. A retry helps.
    Throttled,
    /// No answer, or 5xx. A retry helps.
    Unavailable,
    /// Access denied. A retry helps only after the deployment is corrected.
    Denied,
    /// The answer or the stored data cannot be understood. A retry does not help.
    Unexpected,
}

impl Refusal {
    /// A refusal with a message for the caller.
    pub fn new(code: ErrorCode, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            code,
            message: message.into(),
            retry_after_ms: None,
        }
    }

    /// The refusal for uploads that do not exist and for those of other owners: the two are
    /// indistinguishable.
    pub fn not_found() -> Self {
        Self::new(
            ErrorCode::NotFound,
            "there is no such upload, or it is not yours",
        )
    }

    /// The HTTP status of this refusal.
    pub fn status(&self) -> u16 {
        self.code.http_status().unwrap_or(500)
    }

    /// The wire form.
    pub fn into_body(self, request_id: &str) -> ProblemBody {
        ProblemBody {
            code: self.code,
            message: self.message.into_owned(),
            request_id: request_id.to_owned(),
            retry_after_ms: self.retry_after_ms,
        }
    }
}

impl Fault {
    /// A fault of `service`.
    pub fn new(service: &'static str, kind: FaultKind, detail: impl Into<String>) -> Self {
        Self {
            service,
            kind,
            detail: detail.into(),
        }
    }

    /// Whether a retry of the call may succeed.
    pub fn retryable(&self) -> bool {
        matches!(self.kind, FaultKind::Throttled | FaultKind::Unavailable)
    }

    /// What a caller of the API gets: never the detail.
    pub fn to_refusal(&self) -> Refusal {
        if self.retryable() {
            Refusal {
                code: ErrorCode::ServiceUnavailable,
                message: "a service behind this API is briefly unavailable; try again".into(),
                retry_after_ms: Some(RETRY_AFTER_MS),
            }
        } else {
            Refusal::new(
                ErrorCode::Internal,
                "the request failed on the server; its request id is in the server's log",
            )
        }
    }
}

impl Error {
    /// What a caller of the API gets.
    pub fn to_refusal(&self) -> Refusal {
        match self {
            Self::Refused(refusal) => refusal.clone(),
            Self::Fault(fault) => fault.to_refusal(),
        }
    }
}
