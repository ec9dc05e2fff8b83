//! What an answer means for the upload: decided in this file only, by error code rather than by status alone.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html>; `Retry-After`:
//! <https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3>

use crowfly_contract::{ErrorCode, ProblemBody};

use crate::failure::{StorageAnswer, Trace};
use crate::storage_codes::{Meaning, meaning};
use crate::{ApiFailure, SendFailure};

/// What to do after a failed PUT.
#[derive(Debug)]
pub(crate) enum Storage {
    /// Retry, after `retry_after_ms` if storage asks for it; fail with `code` when attempts are exhausted.
    Retry {
        code: ErrorCode,
        retry_after_ms: Option<u64>,
        /// Storage throttles.
        slow: bool,
    },
    /// No readable answer: a lost connection, or a refusal hidden by CORS.
    Lost,
    /// A new URL may help; fail with `code` if it does not.
    Resign { code: ErrorCode, fatal: bool },
    /// The key is occupied: the API decides whether the object is ours.
    CheckStored,
    /// Storage received other bytes than were hashed.
    Rehash,
    /// Storage does not know the multipart upload.
    Gone,
    /// Permanent.
    Fail(ErrorCode),
}

pub(crate) fn storage(failure: SendFailure) -> (Storage, Trace) {
    let (status, code, message, retry_after_ms, request_id) = match failure {
        SendFailure::Network | SendFailure::Http { status: 0, .. } => {
            return (Storage::Lost, Trace::NONE);
        }
        SendFailure::Changed => {
            return (Storage::Fail(ErrorCode::FileChanged), Trace::NONE);
        }
        SendFailure::Unreadable => {
            return (Storage::Fail(ErrorCode::FileUnreadable), Trace::NONE);
        }
        SendFailure::Unsendable => {
            let trace = Trace::wrong("put", "expected what a browser can send");
            return (Storage::Fail(ErrorCode::BadResponse), trace);
        }
        SendFailure::Http {
            status,
            s3_code,
            s3_message,
            retry_after_ms,
            request_id,
        } => (status, s3_code, s3_message, retry_after_ms, request_id),
    };
    let said = StorageAnswer {
        code: code.unwrap_or_default(),
        message: message.unwrap_or_default(),
    };
    let verdict = by_code(status, &said.code, &said.message, retry_after_ms);
    let trace = Trace {
        status: Some(status),
        request_id: request_id.filter(|id| !id.is_empty()),
        storage: Some(said),
        ..Trace::NONE
    };
    (verdict, trace)
}

fn by_code(status: u16, code: &str, message: &str, retry_after_ms: Option<u64>) -> Storage {
    let retry = |code, slow| Storage::Retry {
        code,
        retry_after_ms,
        slow,
    };
    let resign = |code, fatal| Storage::Resign { code, fatal };
    match meaning(status, code, message) {
        Some(Meaning::Slow) => return retry(ErrorCode::StorageUnavailable, true),
        Some(Meaning::Timeout) => return retry(ErrorCode::Stalled, false),
        Some(Meaning::Conflict) => return retry(ErrorCode::Conflict, false),
        Some(Meaning::Expired) => return resign(ErrorCode::ServerClock, false),
        Some(Meaning::Session) => return resign(ErrorCode::StorageRefused, false),
        Some(Meaning::Skewed) => return resign(ErrorCode::ServerClock, true),
        Some(Meaning::Gone) => return Storage::Gone,
        Some(Meaning::NoBucket) => return Storage::Fail(ErrorCode::Misconfigured),
        Some(Meaning::Mismatch) => return Storage::Rehash,
        None => {}
    }
    match status {
        401 | 403 => resign(ErrorCode::StorageRefused, false),
        412 => Storage::CheckStored,
        503 | 429 => retry(ErrorCode::StorageUnavailable, true),
        408 => retry(ErrorCode::Stalled, false),
        300..=399 => Storage::Fail(ErrorCode::Misconfigured),
        501 | 505 => Storage::Fail(ErrorCode::StorageRefused),
        500.. => retry(ErrorCode::StorageUnavailable, false),
        _ => Storage::Fail(ErrorCode::StorageRefused),
    }
}

/// What to do after a failed API call.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Api {
    /// No answer.
    Lost,
    /// Retry; fail with `code` when attempts are exhausted.
    Retry {
        code: ErrorCode,
        retry_after_ms: Option<u64>,
    },
    /// The server throttles calls, or limits open uploads.
    Throttled {
        code: ErrorCode,
        retry_after_ms: Option<u64>,
    },
    /// The token was refused.
    Unauthorized,
    /// A permanent refusal.
    Refused(ErrorCode),
}

pub(crate) fn api(failure: ApiFailure) -> (Api, Trace) {
    match failure {
        ApiFailure::Network | ApiFailure::Http { status: 0, .. } => (Api::Lost, Trace::NONE),
        ApiFailure::NotJson => {
            let retry = Api::Retry {
                code: ErrorCode::BadResponse,
                retry_after_ms: None,
            };
            (retry, Trace::NONE)
        }
        ApiFailure::BadResponse(wrong) => (
            Api::Refused(ErrorCode::BadResponse),
            Trace::wrong(&wrong.path, &wrong.problem),
        ),
        ApiFailure::Http {
            status,
            code,
            message,
            request_id,
            retry_after_ms,
        } => {
            let trace = Trace {
                status: Some(status),
                request_id: Some(request_id).filter(|id| !id.is_empty()),
                message,
                ..Trace::NONE
            };
            (problem(status, code, retry_after_ms), trace)
        }
    }
}

/// Whether a single item may have caused the refusal of a whole call. Codes about the caller or the route
/// apply to all items alike.
pub(crate) fn blames_an_item(trace: &Trace) -> bool {
    matches!(trace.status, Some(400 | 409 | 413 | 422))
}

/// What the refusal of one item of a call means.
pub(crate) fn item(refusal: ProblemBody) -> (Api, Trace) {
    let status = refusal.code.http_status();
    let verdict = problem(status.unwrap_or(400), refusal.code, refusal.retry_after_ms);
    let trace = Trace {
        status,
        request_id: Some(refusal.request_id).filter(|id| !id.is_empty()),
        message: refusal.message,
        ..Trace::NONE
    };
    (verdict, trace)
}

/// What a Problem means.
fn problem(status: u16, code: ErrorCode, retry_after_ms: Option<u64>) -> Api {
    match (status, code) {
        (401, _) => Api::Unauthorized,
        // The first two are retried, but each in a call of its own.
        (_, ErrorCode::PartsMismatch | ErrorCode::MultipartGone | ErrorCode::Unsupported) => {
            Api::Refused(code)
        }
        (429, _) | (_, ErrorCode::RateLimited | ErrorCode::QuotaOpenUploads) => Api::Throttled {
            code,
            retry_after_ms,
        },
        (500.., ErrorCode::Unknown) => Api::Retry {
            code: ErrorCode::ServiceUnavailable,
            retry_after_ms,
        },
        (500.. | 408, _) => Api::Retry {
            code,
            retry_after_ms,
        },
        _ if code.retryable() => Api::Retry {
            code,
            retry_after_ms,
        },
        _ => Api::Refused(code),
    }
}
