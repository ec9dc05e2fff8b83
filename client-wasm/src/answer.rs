//! From an answer `{status, body?, retryAfterMs?}` of the API to a reply of the engine.

use crowfly_contract::GatewayMessage;
use crowfly_engine::{ApiFailure, Completion, Reply};
use wasm_bindgen::JsValue;

use crate::{js, json};

/// The reply to a command that asked `route`; an answer of any status is an answer, only undefined is none.
pub(crate) fn reply(route: &str, answer: &JsValue) -> Reply {
    let body = js::get(answer, "body").unwrap_or_default();
    let status = status(answer);
    let good = status == 200;
    let reply = match route {
        // The results, whatever the status, when there are results.
        "create" => json::create_response(&body).map(Reply::Created),
        "sign" if good => json::sign_response(&body).map(Reply::Signed),
        "parts" if good => json::parts_response(&body).map(Reply::Listed),
        "status" if good => json::status_response(&body).map(Reply::Statuses),
        "complete" if good => json::stored(&body)
            .map(Completion::Stored)
            .map(Reply::Completed),
        "complete" if status == 202 => json::completing(&body).map(|body| {
            Reply::Completed(Completion::Working {
                retry_after_ms: body.retry_after_ms,
            })
        }),
        "abort" if status == 204 => Some(Reply::Deleted),
        _ => None,
    };
    reply.unwrap_or_else(|| Reply::ApiFailed(failure(answer)))
}

/// A refusal: our own Problem, the gateway's own body, or neither.
pub(crate) fn failure(answer: &JsValue) -> ApiFailure {
    let status = status(answer);
    if status == 0 {
        return ApiFailure::Network;
    }
    if (200..300).contains(&status) {
        return ApiFailure::BadResponse;
    }
    let body = js::get(answer, "body").unwrap_or_default();
    let header = json::retry_after(answer);
    if let Some(error) = json::problem(&body) {
        return ApiFailure::Http {
            status,
            code: error.code,
            message: error.message,
            request_id: error.request_id,
            retry_after_ms: error.retry_after_ms.or(header),
        };
    }
    let message = json::gateway_message(&body).map(|body| body.message);
    ApiFailure::Http {
        status,
        code: GatewayMessage::code(status),
        message: message.unwrap_or_default(),
        request_id: String::new(),
        retry_after_ms: header,
    }
}

fn status(answer: &JsValue) -> u16 {
    let status = js::get(answer, "status").and_then(|status| status.as_f64());
    status.unwrap_or(0.0) as u16
}
