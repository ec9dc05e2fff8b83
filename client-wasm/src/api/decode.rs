//! From an HTTP answer to a reply of the engine.

use crowfly_contract::{Completing, CreateResponse, GatewayMessage, Problem, StatusResponse};
use crowfly_engine::{ApiFailure, Completion, Reply};
use serde::de::DeserializeOwned;
use wasm_bindgen::JsValue;

use super::{Answer, value};

type Outcome = Result<Answer, ApiFailure>;

/// `POST /uploads`: the results, whatever the status, when there are results.
pub(crate) fn created(answer: Outcome) -> Reply {
    let read = |answer: Answer| match parse::<CreateResponse>(&answer.body) {
        Some(body) => Ok(Reply::Created(body.uploads)),
        None => Err(failure(answer)),
    };
    answer.and_then(read).unwrap_or_else(Reply::ApiFailed)
}

/// `POST /uploads/{id}/complete`.
pub(crate) fn completed(answer: Outcome) -> Reply {
    let read = |answer: Answer| match answer.status {
        200 => expect(answer).map(Completion::Stored),
        202 => expect(answer).map(|body: Completing| Completion::Working {
            retry_after_ms: body.retry_after_ms,
        }),
        _ => Err(failure(answer)),
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
    let read = |answer: Answer| match answer.status {
        200 => expect(answer).map(|body: StatusResponse| Reply::Statuses(body.uploads)),
        _ => Err(failure(answer)),
    };
    answer.and_then(read).unwrap_or_else(Reply::ApiFailed)
}

/// The body of a 200 answer of a read route.
pub(crate) fn ok<T: DeserializeOwned>(answer: Answer) -> Result<T, ApiFailure> {
    match answer.status {
        200 => expect(answer),
        _ => Err(failure(answer)),
    }
}

fn expect<T: DeserializeOwned>(answer: Answer) -> Result<T, ApiFailure> {
    parse(&answer.body).ok_or(ApiFailure::BadResponse)
}

fn parse<T: DeserializeOwned>(body: &JsValue) -> Option<T> {
    value::read(body)
}

/// A refusal: our own Problem, the gateway's own body, or neither.
fn failure(answer: Answer) -> ApiFailure {
    let status = answer.status;
    if (200..300).contains(&status) {
        return ApiFailure::BadResponse;
    }
    if let Some(Problem { error }) = parse(&answer.body) {
        return ApiFailure::Http {
            status,
            code: error.code,
            message: error.message,
            request_id: error.request_id,
            retry_after_ms: error.retry_after_ms.or(answer.retry_after_ms),
        };
    }
    let message = parse(&answer.body).map(|body: GatewayMessage| body.message);
    ApiFailure::Http {
        status,
        code: GatewayMessage::code(status),
        message: message.unwrap_or_default(),
        request_id: String::new(),
        retry_after_ms: answer.retry_after_ms,
    }
}
