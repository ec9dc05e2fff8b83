use serde::{Deserialize, Serialize};

use crate::ErrorCode;

/// Body of every error response of the API.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Problem {
    /// The error.
    pub error: ProblemBody,
}

/// What is wrong and what is allowed; never an internal detail, a URL or a token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ProblemBody {
    /// The stable code.
    pub code: ErrorCode,
    /// One sentence for a developer.
    pub message: String,
    /// Identifies the request in the logs.
    #[serde(default)]
    pub request_id: String,
    /// When to retry, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_ms: Option<u64>,
}

/// Body of the gateway's own refusals (401, 403, 404, 413, 429), which the backend does not write.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html>
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct GatewayMessage {
    /// For example `Unauthorized`.
    pub message: String,
}

impl GatewayMessage {
    /// The code for a gateway refusal with this HTTP status.
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
