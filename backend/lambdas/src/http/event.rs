use std::fmt;

use crowfly_contract::{ErrorCode, UploadId};
use crowfly_core::Refusal;
use data_encoding::BASE64;
use serde_json::{Map, Value};

/// A request as the gateway hands it on. Nothing in it is trusted but the claims, which only the gateway's
/// authorizer can put there.
#[derive(Clone)]
pub struct Request {
    event: Value,
}

impl fmt::Debug for Request {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Request")
            .field("id", &self.id())
            .finish_non_exhaustive()
    }
}

impl Request {
    /// Takes an event of payload format 2.0. Whatever it lacks reads as empty.
    pub fn new(event: Value) -> Self {
        Self { event }
    }

    fn text(&self, pointer: &str) -> &str {
        self.event
            .pointer(pointer)
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    /// Finds the request in the logs.
    pub fn id(&self) -> &str {
        self.text("/requestContext/requestId")
    }

    /// The HTTP method.
    pub fn method(&self) -> &str {
        self.text("/requestContext/http/method")
    }

    /// The path's segments, without the stage; `/uploads/` has two, the second empty.
    pub fn segments(&self) -> Vec<&str> {
        let path = self.text("/rawPath");
        let stage = self.text("/requestContext/stage");
        let path = path
            .strip_prefix('/')
            .and_then(|rest| rest.strip_prefix(stage))
            .filter(|rest| !stage.is_empty() && rest.starts_with('/'))
            .unwrap_or(path);
        path.strip_prefix('/')
            .unwrap_or_default()
            .split('/')
            .collect()
    }

    /// The upload that the path names, if it names one.
    pub fn upload(&self) -> Option<UploadId> {
        self.segments().get(1)?.parse().ok()
    }

    /// One parameter of the query, decoded by the gateway.
    pub fn query(&self, name: &str) -> Option<&str> {
        self.event.get("queryStringParameters")?.get(name)?.as_str()
    }

    /// The `content-type` header; the gateway writes header names in lower case.
    pub fn content_type(&self) -> Option<&str> {
        self.event.get("headers")?.get("content-type")?.as_str()
    }

    /// The body's bytes.
    ///
    /// # Errors
    /// `invalid_json` when the gateway's base64 cannot be read.
    pub fn body(&self) -> Result<Vec<u8>, Refusal> {
        let body = self.text("/body").as_bytes();
        if self.event.get("isBase64Encoded").and_then(Value::as_bool) != Some(true) {
            return Ok(body.to_vec());
        }
        BASE64
            .decode(body)
            .map_err(|_| Refusal::new(ErrorCode::InvalidJson, "the body is not JSON"))
    }

    /// The claims of the token that the gateway's authorizer has verified; `None` when the event did not
    /// pass it.
    pub(super) fn claims(&self) -> Option<&Map<String, Value>> {
        self.event
            .pointer("/requestContext/authorizer/jwt/claims")?
            .as_object()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn segments(path: &str, stage: &str) -> Vec<String> {
        let event = json!({"rawPath": path, "requestContext": {"stage": stage}});
        Request::new(event)
            .segments()
            .into_iter()
            .map(str::to_owned)
            .collect()
    }

    #[test]
    fn a69_paths_are_taken_as_they_are() {
        assert_eq!(segments("/uploads", "$default"), ["uploads"]);
        assert_eq!(segments("/uploads/", "$default"), ["uploads", ""]);
        assert_eq!(segments("//uploads", "$default"), ["", "uploads"]);
        assert_eq!(
            segments("/uploads/%2e%2e/x", "$default"),
            ["uploads", "%2e%2e", "x"]
        );
        assert_eq!(segments("/v1/uploads/x", "v1"), ["uploads", "x"]);
        assert_eq!(segments("/v1x/uploads", "v1"), ["v1x", "uploads"]);
        assert_eq!(segments("", ""), [""]);
    }

    #[test]
    fn a20_a_body_may_come_in_base64() {
        let body = |body: &str, encoded: bool| {
            Request::new(json!({"body": body, "isBase64Encoded": encoded})).body()
        };
        assert_eq!(body("e30=", true).unwrap(), b"{}");
        assert_eq!(body("{}", false).unwrap(), b"{}");
        assert_eq!(body("{}", true).unwrap_err().code, ErrorCode::InvalidJson);
        assert_eq!(Request::new(json!(null)).body().unwrap(), b"");
    }
}
