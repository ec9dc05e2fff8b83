//! The API routes that the engine uses: from command to request, and from answer to reply.

use crowfly_contract::{GatewayMessage, UploadId};
use crowfly_engine::{ApiFailure, Completion, Reply};
use wasm_bindgen::JsValue;

use super::fields::take_wrong;
use super::{read, record};

/// An answer of any status.
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// Undefined if the body was not JSON.
    pub(crate) body: JsValue,
    /// From the `Retry-After` header, in milliseconds.
    pub(crate) retry_after_ms: Option<u64>,
}

/// What a call carries: JSON, or for a route without a body the server's state of the upload.
#[derive(Default)]
pub(crate) struct Content {
    pub(crate) body: Option<String>,
    pub(crate) state: Option<String>,
}

impl Content {
    pub(crate) fn body(json: String) -> Self {
        Self {
            body: Some(json),
            state: None,
        }
    }

    pub(crate) fn state(state: Option<String>) -> Self {
        Self { body: None, state }
    }
}

/// A route of the API; all but the last four are also functions of the application's own backend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Route {
    Create,
    Status,
    Sign,
    Parts,
    Complete,
    Abort,
    Records,
    Record,
    Content,
    Remove,
}

impl Route {
    /// The name of the signer's function for it.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Status => "status",
            Self::Sign => "sign",
            Self::Parts => "parts",
            Self::Complete => "complete",
            Self::Abort => "abort",
            // Not available with a signer.
            Self::Records | Self::Record | Self::Content | Self::Remove => "",
        }
    }

    pub(crate) fn method(self) -> &'static str {
        match self {
            Self::Create | Self::Status | Self::Sign | Self::Complete => "POST",
            Self::Parts | Self::Records | Self::Record | Self::Content => "GET",
            Self::Abort | Self::Remove => "DELETE",
        }
    }

    /// The path after `/uploads`, for an id (of a batch its first) or a page query.
    pub(crate) fn path(self, own: &str) -> String {
        let (before, after) = match self {
            Self::Create => return String::new(),
            Self::Status => return "/status".to_owned(),
            Self::Records => ("", ""),
            Self::Sign | Self::Parts => ("/", "/parts"),
            Self::Complete => ("/", "/complete"),
            Self::Content | Self::Remove => ("/", "/content"),
            Self::Abort | Self::Record => ("/", ""),
        };
        [before, own, after].concat()
    }

    /// The page's view of a read's answer, if valid.
    pub(crate) fn value(self, answer: &Answer) -> Option<JsValue> {
        take_wrong();
        match (self, answer.status) {
            (Self::Records, 200) => record::list(&answer.body),
            (Self::Record, 200) => record::record(&answer.body),
            (Self::Content, 200) => record::content(&answer.body),
            (Self::Remove, 204) => Some(JsValue::UNDEFINED),
            _ => None,
        }
    }

    /// The meaning of an answer of any status; `keep` takes records, or undefined, by their uploads.
    pub(crate) fn reply(self, answer: Option<&Answer>, keep: &dyn Fn(UploadId, JsValue)) -> Reply {
        take_wrong();
        let reply = answer.and_then(|answer| self.result(answer.status, &answer.body, keep));
        reply.unwrap_or_else(|| Reply::ApiFailed(self.failure(answer)))
    }

    fn result(
        self,
        status: u16,
        body: &JsValue,
        keep: &dyn Fn(UploadId, JsValue),
    ) -> Option<Reply> {
        match (self, status) {
            // Results count whatever the status.
            (Self::Create, _) => read::create_response(body).map(Reply::Created),
            (Self::Sign, 200) => read::sign_response(body).map(Reply::Signed),
            (Self::Parts, 200) => read::parts_response(body).map(Reply::Listed),
            (Self::Status, 200) => read::status_response(body, keep).map(Reply::Statuses),
            (Self::Complete, 200) => {
                let stored = read::stored(body)?;
                Some(Reply::Completed(Completion::Stored(stored)))
            }
            (Self::Complete, 202) => {
                let retry_after_ms = read::completing(body)?.retry_after_ms;
                Some(Reply::Completed(Completion::Working { retry_after_ms }))
            }
            (Self::Abort, 204) => Some(Reply::Deleted),
            _ => None,
        }
    }

    /// A refusal: our own Problem, the gateway's own body, or neither; or a success that is none.
    pub(crate) fn failure(self, answer: Option<&Answer>) -> ApiFailure {
        let Some(answer) = answer.filter(|answer| answer.status != 0) else {
            return ApiFailure::Network;
        };
        let status = answer.status;
        if (200..300).contains(&status) {
            // A cancel has no body that could be wrong.
            let wrong = take_wrong().filter(|_| !answer.body.is_undefined() && self != Self::Abort);
            return wrong.map_or(ApiFailure::NotJson, ApiFailure::BadResponse);
        }
        if let Some(error) = read::problem(&answer.body) {
            return ApiFailure::Http {
                status,
                code: error.code,
                message: error.message,
                request_id: error.request_id,
                retry_after_ms: error.retry_after_ms.or(answer.retry_after_ms),
            };
        }
        let message = read::gateway_message(&answer.body).map(|body| body.message);
        ApiFailure::Http {
            status,
            code: GatewayMessage::code(status),
            message: message.unwrap_or_default(),
            request_id: String::new(),
            retry_after_ms: answer.retry_after_ms,
        }
    }
}
