//! From an HTTP answer to a reply of the engine.

use crowfly_contract::GatewayMessage;
use crowfly_engine::{ApiFailure, Completion, Reply};
use wasm_bindgen::JsValue;

use super::Answer;
use crate::json;

type Outcome = Result<Answer, ApiFailure>;

/// `POST /uploads`: the results, whatever the status, when there are results.
pub(crate) fn created(answer: Outcome) -> Reply {
    let read = |answer: Answer| match json::create_response(&answer.body) {
        Some(results) => Ok(Reply::Created(results)),
        None => Err(failure(answer)),
    };
    answer.and_then(read).unwrap_or_else(Reply::ApiFailed)
}

/// `POST /uploads/{id}/complete`.
pub(crate) fn completed(answer: Outcome) -> Reply {
    let read = |answer: Answer| match answer.status {
        202 => {
            let body = json::completing(&answer.body).ok_or(ApiFailure::BadResponse)?;
            Ok(Completion::Working {
                retry_after_ms: body.retry_after_ms,
            })
        }
        _ => ok(answer, json::stored).map(Completion::Stored),
    };
    answer
        .and_then(read)
        .map_or_else(Reply::ApiFailed, Reply::Completed)
}

/// `DELETE /uploads/{id}`.
pub(crate) fn deleted(answer: Outcome) -> Reply {
    let read = |answer: Answer| match answer.status {
        204 => Ok(Reply::Deleted),
        _ => Err(failure(answer)),
    };
    answer.and_then(read).unwrap_or_else(Reply::ApiFailed)
}

/// `POST /uploads/status`.
pub(crate) fn statuses(answer: Outcome) -> Reply {
    let read = |answer| ok(answer, json::status_response).map(Reply::Statuses);
    answer.and_then(read).unwrap_or_else(Reply::ApiFailed)
}

/// The body of a 200 answer.
pub(crate) fn ok<T>(answer: Answer, read: fn(&JsValue) -> Option<T>) -> Result<T, ApiFailure> {
    match answer.status {
        200 => read(&answer.body).ok_or(ApiFailure::BadResponse),
        _ => Err(failure(answer)),
    }
}

/// A refusal: our own Problem, the gateway's own body, or neither.
fn failure(answer: Answer) -> ApiFailure {
    let status = answer.status;
    if (200..300).contains(&status) {
        return ApiFailure::BadResponse;
    }
    if let Some(error) = json::problem(&answer.body) {
        return ApiFailure::Http {
            status,
            code: error.code,
            message: error.message,
            request_id: error.request_id,
            retry_after_ms: error.retry_after_ms.or(answer.retry_after_ms),
        };
    }
    let message = json::gateway_message(&answer.body).map(|body| body.message);
    ApiFailure::Http {
        status,
        code: GatewayMessage::code(status),
        message: message.unwrap_or_default(),
        request_id: String::new(),
        retry_after_ms: answer.retry_after_ms,
    }
}
