//! The application's own backend: five functions instead of the API, with the same bodies and answers.

use js_sys::{Array, JSON};
use wasm_bindgen::JsValue;
use web_sys::AbortSignal;

use crate::object::ObjectBuilder;
use crate::page::{first_match, get, invoke, property};
use crate::wire::{Answer, Content, Route};

/// Exceptions of the language: a mistake in the code that threw them.
const MISTAKE: &str = "^(Type|Reference|Range|Syntax)Error$";
/// What browsers say in the `TypeError` of a `fetch` without an answer.
/// <https://fetch.spec.whatwg.org/#concept-network-error>
const LOST: &str =
    "(^(?:failed to )?fetch|^(?:load failed|network|cancel|terminat|could not)|connection|server)";

/// Calls one function of the application. Where there is no body, the state comes last.
pub(crate) fn start(
    signer: &JsValue,
    route: Route,
    id: &JsValue,
    content: Content,
    signal: &AbortSignal,
) -> Result<JsValue, JsValue> {
    let arguments = Array::new();
    if route != Route::Create {
        arguments.push(id);
    }
    if let Some(body) = content.body {
        arguments.push(&JSON::parse(&body)?);
    }
    arguments.push(signal);
    if let Some(state) = content.state {
        arguments.push(&state.into());
    }
    invoke(signer, route.as_str(), arguments)
}

/// The result or exception of a function, as an answer of the API; the exception if it tells no status.
pub(crate) fn read(route: Route, given: Result<JsValue, JsValue>) -> Result<Answer, JsValue> {
    match given {
        Ok(_) if route == Route::Abort => Ok(good(204, JsValue::UNDEFINED)),
        Ok(body) if route == Route::Complete && says_working(&body) => Ok(good(202, body)),
        // Undefined would count as a body that is not JSON.
        Ok(body) if body.is_undefined() => Ok(good(200, JsValue::NULL)),
        Ok(body) => Ok(good(200, body)),
        Err(thrown) => refusal(&thrown).ok_or(thrown),
    }
}

/// An exception without a status as text, and whether the function itself is at fault: a connection may be back for
/// the next attempt, a mistake in the code will not be gone.
pub(crate) fn describe(thrown: &JsValue) -> (String, bool) {
    let text = |name: &str| property(thrown, name).as_string().unwrap_or_default();
    let (name, message) = (text("name"), text("message"));
    let own =
        first_match(MISTAKE, "", &name).is_some() && first_match(LOST, "i", &message).is_none();
    // A query may be a credential.
    let plain = first_match(r"^([^?]{0,300})", "", &message).unwrap_or_default();
    (["threw ", &name, ": ", &plain].concat(), own)
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
