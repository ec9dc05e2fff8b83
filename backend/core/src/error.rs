use std::borrow::Cow;

use crowfly_contract::{ErrorCode, ProblemBody};

/// Retry delay that a caller gets when a service behind the API is briefly unavailable.
const RETRY_AFTER_MS: u64 = 1_000;

/// Why a use-case did not do what was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The caller asked for something that is refused; the caller must change something.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// A service that the backend depends on failed; the caller did nothing wrong.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// A refusal in the caller's words: what was wrong and what is allowed.
///
/// The message goes to the caller unchanged, so it holds no internal detail, no URL and no token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct Refusal {
    /// The stable code.
    pub code: ErrorCode,
    /// One sentence.
    pub message: Cow<'static, str>,
    /// When trying again may help, in milliseconds.
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
    /// The service's own words, without any URL.
    pub detail: String,
}

/// What kind of failure a [`Fault`] is, which alone decides whether trying again can help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FaultKind {
    /// The service asks for fewer requests. Trying again helps.
    Throttled,
    /// The service did not answer, or answered 5xx. Trying again helps.
    Unavailable,
    /// A right is missing. Trying again helps only after the deployment is mended.
    Denied,
    /// The answer or the stored data is not what this code understands. Trying again does not help.
    Unexpected,
}

impl Refusal {
    /// A refusal with a sentence for the caller.
    pub fn new(code: ErrorCode, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            code,
            message: message.into(),
            retry_after_ms: None,
        }
    }

    /// The one refusal for uploads that do not exist and for those of others: the two cannot be
    /// distinguished.
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

    /// Whether the same call may succeed a little later.
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
                "the request failed inside the service; the request id finds it in the logs",
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
