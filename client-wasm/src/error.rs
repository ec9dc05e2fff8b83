//! The application's error type: a real `Error` with `name` "UploadError" and a stable code.

use crowfly_engine::Failure;
use js_sys::Error;
use wasm_bindgen::prelude::*;

use crate::object::ObjectBuilder;
use crate::page::property;
use crate::text::decimal;

#[wasm_bindgen]
extern "C" {
    /// <https://developer.mozilla.org/docs/Web/API/DOMException>
    type DOMException;

    #[wasm_bindgen(constructor)]
    fn new(message: &str, name: &str) -> DOMException;
}

/// Whether a caught value is an error of this SDK. The entries export the same test, which must not need the module.
#[must_use]
pub fn is_upload_error(value: &JsValue) -> bool {
    value.is_instance_of::<Error>()
        && property(value, "name") == "UploadError"
        && property(value, "code").is_string()
}

fn upload_error(code: &str, phase: &str, retryable: bool, message: &str) -> ObjectBuilder {
    ObjectBuilder::of(Error::new(message).into())
        .with("name", "UploadError")
        .with("code", code)
        .with("retryable", retryable)
        .with("phase", phase)
}

/// The error for an engine failure; `instead` of its message, and `cause` is undefined if there is none.
pub(crate) fn failed(failure: &Failure, instead: Option<String>, cause: JsValue) -> JsValue {
    let code = failure.code.as_str();
    let said = instead.as_deref().unwrap_or(&failure.message);
    // A server's message may be empty.
    let message = match failure.status {
        _ if said.bytes().any(|byte| byte > b' ') => said.to_owned(),
        None => ["it failed with ", code].concat(),
        Some(status) => {
            let status = decimal(status.into());
            ["the server answered with status ", &status, " (", code, ")"].concat()
        }
    };
    let (status, request_id) = (failure.status.map(u32::from), failure.request_id.as_deref());
    let storage = failure.storage.as_ref().map(|said| {
        ObjectBuilder::new()
            .with("status", status)
            .with("code", &*said.code)
            .with("message", &*said.message)
            .with("requestId", request_id)
            .freeze()
    });
    upload_error(code, failure.phase.as_str(), failure.retryable, &message)
        .with("part", failure.part)
        .with("status", status)
        .with("requestId", request_id)
        .with("storage", storage)
        .with("path", failure.path.as_deref())
        .with("cause", cause)
        .build()
}

/// A refusal to start; `retryable` only if the same call can succeed later.
pub(crate) fn refused(code: &str, message: &str) -> JsValue {
    upload_error(code, "start", code == "locked", message).build()
}

/// An unusable file, and the exception it threw.
pub(crate) fn unreadable(message: &str, cause: JsValue) -> JsValue {
    let error = upload_error("file_unreadable", "start", false, message);
    error.with("cause", cause).build()
}

/// An option with a wrong type or value; the message must name it.
pub(crate) fn invalid_option(message: &str) -> JsValue {
    refused("invalid_option", message)
}

/// The call needs a Crowfly stack's API, but the client has a signer.
pub(crate) fn unsupported(phase: &str, message: &str) -> JsValue {
    upload_error("unsupported", phase, false, message).build()
}

/// The rejection of everything once the client is closed.
pub(crate) fn closed(phase: &str) -> JsValue {
    upload_error("closed", phase, false, "the client was closed").build()
}

/// The rejection of `fetch` when it is aborted without a reason.
/// <https://dom.spec.whatwg.org/#dom-abortcontroller-abort>
pub(crate) fn abort_error() -> JsValue {
    DOMException::new("the upload was aborted", "AbortError").into()
}
