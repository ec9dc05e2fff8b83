use std::collections::BTreeMap;

use crowfly_contract::{ErrorCode, OwnerId, Problem};
use crowfly_core::{Error, Refusal};
use serde::Serialize;
use serde_json::{Value, json};

use super::{Gate, Request};
use crate::{log, runtime};

/// A response in payload format 2.0.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Answer {
    /// The HTTP status.
    pub status_code: u16,
    /// The headers, lower-case names.
    pub headers: BTreeMap<&'static str, String>,
    /// The body.
    pub body: String,
    /// Always false: every body is text.
    pub is_base64_encoded: bool,
}

impl Answer {
    /// An answer with a JSON body.
    ///
    /// # Errors
    /// Never in practice: every type of the contract has a JSON form.
    pub fn json(status: u16, body: &impl Serialize) -> Result<Self, Error> {
        let body = serde_json::to_string(body).map_err(|_| {
            Refusal::new(
                ErrorCode::Internal,
                "the answer could not be written as JSON",
            )
        })?;
        Ok(Self::new(status, body))
    }

    /// An answer without a body.
    pub fn empty(status: u16) -> Self {
        Self::new(status, String::new())
    }

    fn new(status_code: u16, body: String) -> Self {
        let mut headers = BTreeMap::from([
            ("cache-control", "no-store".to_owned()),
            ("x-content-type-options", "nosniff".to_owned()),
        ]);
        if !body.is_empty() {
            headers.insert("content-type", "application/json".to_owned());
        }
        Self {
            status_code,
            headers,
            body,
            is_base64_encoded: false,
        }
    }

    fn problem(refusal: Refusal, request_id: &str) -> Self {
        let status = refusal.status();
        let retry_after = refusal
            .retry_after_ms
            .map(|ms| ms.div_ceil(1_000).to_string());
        let problem = Problem {
            error: refusal.into_body(request_id),
        };
        let mut answer = Self::new(status, json!(problem).to_string());
        if let Some(seconds) = retry_after {
            answer.headers.insert("retry-after", seconds);
        }
        if status == 401 {
            answer
                .headers
                .insert("www-authenticate", "Bearer".to_owned());
        }
        answer
    }

    /// Finishes a request: maps an error to its Problem, and logs the request.
    fn finish(request: &Request, owner: Option<&OwnerId>, result: Result<Self, Error>) -> Self {
        if let Err(Error::Fault(fault)) = &result {
            let fields = json!({"requestId": request.id(), "service": fault.service,
                "kind": format!("{:?}", fault.kind), "detail": fault.detail});
            log::line("error", "fault", fields);
        }
        let (answer, code) = match result.map_err(|error| error.to_refusal()) {
            Ok(answer) => (answer, None),
            Err(refusal) => {
                let code = refusal.code;
                let caller = log::Caller {
                    request_id: request.id(),
                    owner,
                };
                log::refused(runtime::now_ms(), code, 1, caller);
                (Self::problem(refusal, request.id()), Some(code.as_str()))
            }
        };
        let fields = json!({"requestId": request.id(), "method": request.method(),
            "owner": owner.map(OwnerId::as_str), "upload": request.upload(),
            "status": answer.status_code, "code": code, "traceId": request.trace_id()});
        log::line("info", "request", fields);
        answer
    }
}

/// Answers one event: authenticates the caller, then calls `route`. Every failure is a response.
pub(crate) async fn answer(
    event: Value,
    gate: &Gate,
    route: impl AsyncFnOnce(&Request, &OwnerId) -> Result<Answer, Error>,
) -> Answer {
    let request = Request::new(event);
    let (owner, result) = match gate.owner(&request) {
        Ok(owner) => {
            // Boxed: the nested futures, down to those of the SDK, exceed the recursion limit of
            // the compiler.
            let result = Box::pin(route(&request, &owner)).await;
            (Some(owner), result)
        }
        Err(refusal) => (None, Err(refusal.into())),
    };
    Answer::finish(&request, owner.as_ref(), result)
}

/// The refusal of an unknown path.
pub(crate) fn no_route() -> Refusal {
    Refusal::new(ErrorCode::NotFound, "there is no such route")
}

/// The refusal of a method that the route does not support.
pub(crate) fn no_method(allowed: &str) -> Refusal {
    Refusal::new(
        ErrorCode::MethodNotAllowed,
        format!("this route does not support the method; it supports {allowed}"),
    )
}
