//! The application's own backend: five functions instead of the API, with the same bodies and answers.

use js_sys::{Array, JSON};
use wasm_bindgen::JsValue;
use web_sys::AbortSignal;

use crate::object::ObjectBuilder;
use crate::page::{get, invoke, property};
use crate::wire::{Answer, Route};

/// Calls one function of the application; `body` is JSON.
pub(crate) fn start(
    signer: &JsValue,
    route: Route,
    id: &JsValue,
    body: Option<String>,
    signal: &AbortSignal,
) -> Result<JsValue, JsValue> {
    let arguments = Array::new();
    if route != Route::Create {
        arguments.push(id);
    }
    if let Some(body) = body {
        arguments.push(&JSON::parse(&body)?);
    }
    arguments.push(signal);
    invoke(signer, route.as_str(), arguments)
}

/// The result or exception of a function, as an answer of the API; `None` counts as a lost connection.
pub(crate) fn read(route: Route, given: Result<JsValue, JsValue>) -> Option<Answer> {
    match given {
        Ok(_) if route == Route::Abort => Some(good(204, JsValue::UNDEFINED)),
        Ok(body) if route == Route::Complete && says_working(&body) => Some(good(202, body)),
        Ok(body) => Some(good(200, body)),
        Err(thrown) => refusal(&thrown),
    }
}

fn good(status: u16, body: JsValue) -> Answer {
    Answer {
        status,
        body,
        retry_after_ms: None,
    }
}

/// Whether storage has not finished: `{retryAfterMs}` instead of a stored object.
fn says_working(body: &JsValue) -> bool {
    get(body, "retryAfterMs").is_some() && get(body, "key").is_none()
}

/// The details of an exception; without a status it counts as a lost connection.
fn refusal(thrown: &JsValue) -> Option<Answer> {
    let status = integer(thrown, "status", 599.0).filter(|status| *status >= 100.0)?;
    let text = |value: JsValue| value.as_string().unwrap_or_default();
    let message = text(property(thrown, "message"));
    let body = ObjectBuilder::new().with("message", &*message);
    let error = get(thrown, "code").map(|code| {
        let error = ObjectBuilder::new().with("code", text(code));
        error.with("message", &*message).build()
    });
    Some(Answer {
        status: status as u16,
        body: body.with("error", error).build(),
        retry_after_ms: integer(thrown, "retryAfterMs", f64::MAX).map(|ms| ms as u64),
    })
}

/// A property that is a non-negative integer.
fn integer(object: &JsValue, name: &str, most: f64) -> Option<f64> {
    let right = |number: &f64| *number >= 0.0 && *number <= most && number.trunc() == *number;
    property(object, name).as_f64().filter(right)
}
