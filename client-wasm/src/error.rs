//! The error that JavaScript sees: a real `Error` with `name` "UploadError" and a stable code.

use crowfly_contract::ErrorCode;
use crowfly_engine::Failure;
use js_sys::Error;
use wasm_bindgen::prelude::*;
use web_sys::DomException;

use crate::js;

const NAME: &str = "UploadError";

/// What was being done, for failures that no upload has.
pub(crate) mod phase {
    /// Making a client or an upload.
    pub(crate) const START: &str = "start";
    /// Reading records.
    pub(crate) const READ: &str = "read";
}

/// An `UploadError` before it becomes a JavaScript object.
pub(crate) struct UploadError<'a> {
    pub(crate) code: ErrorCode,
    pub(crate) retryable: bool,
    pub(crate) phase: &'static str,
    pub(crate) message: &'a str,
    pub(crate) status: Option<u16>,
    pub(crate) request_id: Option<&'a str>,
    pub(crate) cause: Option<JsValue>,
}

impl<'a> UploadError<'a> {
    /// An error with a code, retryable as the code says.
    pub(crate) fn new(code: ErrorCode, phase: &'static str, message: &'a str) -> Self {
        Self {
            code,
            retryable: code.retryable(),
            phase,
            message,
            status: None,
            request_id: None,
            cause: None,
        }
    }

    /// The failure of an upload; `cause` is what the application's token function threw, if that is why.
    pub(crate) fn of(failure: &'a Failure, cause: Option<JsValue>) -> Self {
        Self {
            code: failure.code,
            retryable: failure.retryable,
            phase: failure.phase.as_str(),
            message: &failure.message,
            status: failure.status,
            request_id: failure.request_id.as_deref(),
            cause,
        }
    }

    /// The JavaScript object.
    pub(crate) fn into_js(self) -> JsValue {
        let error: JsValue = Error::new(self.message).into();
        js::set(&error, "name", &NAME.into());
        js::set(&error, "code", &self.code.as_str().into());
        js::set(&error, "retryable", &self.retryable.into());
        js::set(&error, "phase", &self.phase.into());
        if let Some(status) = self.status {
            js::set(&error, "status", &status.into());
        }
        if let Some(id) = self.request_id.filter(|id| !id.is_empty()) {
            js::set(&error, "requestId", &id.into());
        }
        if let Some(cause) = self.cause {
            js::set(&error, "cause", &cause);
        }
        error
    }
}

/// An option with a wrong type or value; the message must name it.
pub(crate) fn invalid_option(message: &str) -> JsValue {
    UploadError::new(ErrorCode::InvalidOption, phase::START, message).into_js()
}

/// What everything rejects with once the client is closed.
pub(crate) fn closed(phase: &'static str) -> JsValue {
    UploadError::new(ErrorCode::Closed, phase, "the client was closed").into_js()
}

/// What `fetch` rejects with when it is aborted without a reason.
pub(crate) fn abort_error() -> JsValue {
    DomException::new_with_message_and_name("the upload was aborted", "AbortError")
        .map_or_else(|error| error, Into::into)
}

/// Tells whether a caught value is an error of this SDK.
#[wasm_bindgen(js_name = isUploadError, skip_typescript)]
#[must_use]
pub fn is_upload_error(value: &JsValue) -> bool {
    value.is_instance_of::<Error>()
        && js::get(value, "name").is_some_and(|name| name == NAME)
        && js::get(value, "code").is_some_and(|code| code.is_string())
}
