use crowfly_contract::{ErrorCode, Problem, ProblemBody, UploadId};
use devkit::http::{Head, Reply};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use super::state::State;
use super::{api, create};

/// A refusal of the API.
pub(super) struct Refusal(pub(super) ErrorCode, pub(super) &'static str);

/// What a route answers.
pub(super) type Answered = Result<Reply, Refusal>;

/// Answers every method but PUT and OPTIONS.
pub(super) fn answer(state: &State, head: &Head, body: &[u8]) -> Reply {
    let (path, _) = head.path_and_query();
    let segments: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let method = head.method.as_str();
    match (method, segments.as_slice()) {
        ("GET", ["stats"]) => ok(200, &state.stats()),
        ("POST", ["reset"]) => {
            state.reset();
            Reply::new(204)
        }
        ("GET" | "HEAD", ["health"]) => Reply::new(200),
        (_, ["uploads", ..]) if !bearer(head) => {
            Reply::json(401, &json!({"message": "Unauthorized"}))
        }
        _ => {
            let host = head.headers.get("host").unwrap_or_default();
            route(state, method, &segments, &host, body).unwrap_or_else(|refusal| problem(&refusal))
        }
    }
}

fn route(state: &State, method: &str, segments: &[&str], host: &str, body: &[u8]) -> Answered {
    match (method, segments) {
        ("POST", ["uploads"]) => create::create(state, &parse(body)?, host),
        ("GET", ["uploads"]) => api::list(state),
        ("POST", ["uploads", "status"]) => api::status(state, &parse(body)?),
        ("GET", ["uploads", id]) => api::record(state, upload(id)?),
        ("DELETE", ["uploads", id]) => api::cancel(state, upload(id)?),
        ("POST", ["uploads", id, "parts"]) => api::sign(state, upload(id)?, &parse(body)?, host),
        ("GET", ["uploads", id, "parts"]) => api::parts(state, upload(id)?),
        ("POST", ["uploads", id, "complete"]) => {
            let asked = if body.is_empty() {
                Default::default()
            } else {
                parse(body)?
            };
            api::complete(state, upload(id)?, &asked)
        }
        _ => Err(Refusal(ErrorCode::NotFound, "there is no such route")),
    }
}

/// Answers a preflight as the bucket and the API do on AWS, each with its own `Access-Control-Max-Age`:
/// <https://developer.mozilla.org/en-US/docs/Glossary/Preflight_request>.
pub(super) fn preflight(head: &Head) -> Reply {
    let (path, _) = head.path_and_query();
    let Some(origin) = head.headers.get("origin") else {
        return Reply::new(403);
    };
    let allowed = Reply::new(200).header("access-control-allow-origin", origin);
    if path.starts_with("/uploads") {
        return allowed
            .header("access-control-allow-methods", "GET, POST, DELETE")
            .header(
                "access-control-allow-headers",
                "authorization, content-type",
            )
            .header("access-control-max-age", "7200");
    }
    let asked = head.headers.get("access-control-request-headers");
    allowed
        .header("access-control-allow-methods", "GET, PUT, HEAD")
        .header("access-control-allow-headers", asked.unwrap_or_default())
        .header("access-control-max-age", "3000")
        .header("vary", "Origin")
}

/// A JSON answer of a contract type.
pub(super) fn ok(status: u16, body: &impl Serialize) -> Reply {
    match serde_json::to_value(body) {
        Ok(body) => Reply::json(status, &body),
        Err(_) => Reply::new(500),
    }
}

fn problem(Refusal(code, message): &Refusal) -> Reply {
    let problem = Problem {
        error: body_of(*code, message),
    };
    ok(code.http_status().unwrap_or(500), &problem)
}

pub(super) fn body_of(code: ErrorCode, message: &str) -> ProblemBody {
    ProblemBody {
        code,
        message: message.into(),
        request_id: "sink".into(),
        retry_after_ms: (code == ErrorCode::QuotaOpenUploads).then_some(1_000),
    }
}

fn bearer(head: &Head) -> bool {
    head.headers
        .get("authorization")
        .and_then(|value| value.get(..7).map(str::to_ascii_lowercase))
        .is_some_and(|scheme| scheme == "bearer ")
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    serde_json::from_slice(body).map_err(|_| {
        Refusal(
            ErrorCode::InvalidJson,
            "the body is not of the expected shape",
        )
    })
}

fn upload(id: &str) -> Result<UploadId, Refusal> {
    id.parse()
        .map_err(|_| Refusal(ErrorCode::InvalidId, "an upload id must be a ULID"))
}
