use crowfly_contract::{ErrorCode, UploadId};
use devkit::http::{Head, Reply};
use serde::de::DeserializeOwned;
use serde_json::json;

use super::api::{self, Answered, Refusal};
use super::peers;
use super::state::State;

/// Answers every method but PUT and OPTIONS.
pub(super) fn answer(state: &State, head: &Head, body: &[u8]) -> Reply {
    let (path, _) = head.path_and_query();
    let segments: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let method = head.method.as_str();
    match (method, segments.as_slice()) {
        ("GET", ["stats"]) => Reply::json(200, &state.stats()),
        ("POST", ["reset"]) => {
            state.reset();
            Reply::new(204)
        }
        ("GET" | "HEAD", ["health"]) => Reply::new(200),
        (_, ["uploads", ..]) if !bearer(head) => {
            Reply::json(401, &json!({"message": "Unauthorized"}))
        }
        _ => {
            let host = api::storage_host(&head.headers.get("host").unwrap_or_default());
            route(state, method, &segments, &host, body).unwrap_or_else(Refusal::reply)
        }
    }
}

fn route(state: &State, method: &str, segments: &[&str], host: &str, body: &[u8]) -> Answered {
    match (method, segments) {
        ("POST", ["uploads"]) => api::create(state, &parse(body)?, host),
        ("GET", ["uploads"]) => api::list(state),
        ("POST", ["uploads", "status"]) => api::status(state, &parse(body)?),
        ("GET", ["uploads", id]) => api::record(state, upload(id)?),
        ("DELETE", ["uploads", id]) => api::cancel(state, upload(id)?),
        ("POST", ["uploads", id, "parts"]) => api::sign(state, upload(id)?, &parse(body)?, host),
        ("GET", ["uploads", id, "parts"]) => api::parts(state, upload(id)?),
        ("POST", ["uploads", id, "complete"]) => {
            let asked = match body {
                [] => Default::default(),
                _ => parse(body)?,
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
        let headers = "authorization, content-type";
        return allowed
            .header("access-control-allow-methods", "GET, POST, DELETE")
            .header("access-control-allow-headers", headers)
            .header("access-control-max-age", "7200");
    }
    let asked = head.headers.get("access-control-request-headers");
    let methods = match peers::serves(path) {
        true => "GET, PUT, HEAD, POST, PATCH, DELETE",
        false => "GET, PUT, HEAD",
    };
    allowed
        .header("access-control-allow-methods", methods)
        .header("access-control-allow-headers", asked.unwrap_or_default())
        .header("access-control-max-age", "3000")
        .header("vary", "Origin")
}

fn bearer(head: &Head) -> bool {
    let value = head.headers.get("authorization").unwrap_or_default();
    let scheme = value.get(..7).unwrap_or_default();
    scheme.eq_ignore_ascii_case("bearer ")
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    let message = "the body is not of the expected shape";
    serde_json::from_slice(body).map_err(|_| Refusal(ErrorCode::InvalidJson, message))
}

fn upload(id: &str) -> Result<UploadId, Refusal> {
    id.parse()
        .map_err(|_| Refusal(ErrorCode::InvalidId, "an upload id must be a ULID"))
}
