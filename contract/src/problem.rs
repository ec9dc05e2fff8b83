use serde::{Deserialize, Serialize};

use crate::ErrorCode;

/// Body of every error answer of the API.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The error.
    pub error: ProblemBody,
}

/// What was wrong and what is allowed; never an internal detail, a URL or a token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProblemBody {
    /// The stable code.
    pub code: ErrorCode,
    /// One sentence for a developer.
    pub message: String,
    /// Finds the request in the logs.
    #[serde(default)]
    pub request_id: String,
    /// When to try again, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_ms: Option<u64>,
}

/// Body of the gateway's own refusals (401, 403, 404, 413, 429), which no code of ours writes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GatewayMessage {
    /// Such as `Unauthorized`.
    pub message: String,
}

impl GatewayMessage {
    /// The code that stands for a gateway refusal with this HTTP status.
    pub const fn code(status: u16) -> ErrorCode {
        match status {
            401 => ErrorCode::Unauthenticated,
            403 => ErrorCode::Forbidden,
            404 => ErrorCode::NotFound,
            405 => ErrorCode::MethodNotAllowed,
            413 => ErrorCode::BodyTooLarge,
            415 => ErrorCode::UnsupportedMediaType,
            429 => ErrorCode::RateLimited,
            500 => ErrorCode::Internal,
            502..=504 => ErrorCode::ServiceUnavailable,
            _ => ErrorCode::BadResponse,
        }
    }
}
