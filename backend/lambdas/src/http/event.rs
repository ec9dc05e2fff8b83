use std::fmt;

use crowfly_contract::{ErrorCode, UploadId};
use crowfly_core::Refusal;
use data_encoding::BASE64;
use serde_json::{Map, Value};

/// A request as API Gateway passes it on. Only the claims are trusted: the JWT authorizer alone
/// sets them
/// (<https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html>).
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
    /// Wraps an event of payload format 2.0. Missing fields read as empty.
    pub fn new(event: Value) -> Self {
        Self { event }
    }

    fn text(&self, pointer: &str) -> &str {
        self.event
            .pointer(pointer)
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    /// The request id, which the logs contain.
    pub fn id(&self) -> &str {
        self.text("/requestContext/requestId")
    }

    /// The HTTP method.
    pub fn method(&self) -> &str {
        self.text("/requestContext/http/method")
    }

    /// The segments of the path; `/uploads/` has two, the second empty.
    ///
    /// They are those of the route that the gateway chose, since a path mapping of a custom domain
    /// stays in `rawPath`:
    /// <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-mappings.html>.
    /// A path with an empty segment is no route, whatever the gateway took it for.
    pub fn segments(&self) -> Vec<&str> {
        let raw = self.raw_segments();
        match self.text("/routeKey").split_once(' ') {
            Some((_, route)) if !raw.contains(&"") => {
                let segments = route.strip_prefix('/').unwrap_or_default().split('/');
                segments
                    .map(|segment| self.path_parameter(segment).unwrap_or(segment))
                    .collect()
            }
            _ => raw,
        }
    }

    /// The value of a segment `{name}` of a route.
    fn path_parameter(&self, segment: &str) -> Option<&str> {
        let name = segment.strip_prefix('{')?.strip_suffix('}')?;
        self.event.get("pathParameters")?.get(name)?.as_str()
    }

    /// The segments of the path as it was requested, without the stage: of an event of the route
    /// `$default`.
    fn raw_segments(&self) -> Vec<&str> {
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

    /// The upload id in the path, if there is one.
    pub fn upload(&self) -> Option<UploadId> {
        self.segments().get(1)?.parse().ok()
    }

    /// A query parameter, decoded by the gateway.
    pub fn query(&self, name: &str) -> Option<&str> {
        self.event.get("queryStringParameters")?.get(name)?.as_str()
    }

    /// A header; payload format 2.0 has header names in lower case.
    fn header(&self, name: &str) -> Option<&str> {
        self.event.get("headers")?.get(name)?.as_str()
    }

    /// The `content-type` header.
    pub fn content_type(&self) -> Option<&str> {
        self.header("content-type")
    }

    /// The trace id of a well-formed `traceparent` header, for the logs: <https://www.w3.org/TR/trace-context/#traceparent-header>
    pub fn trace_id(&self) -> Option<&str> {
        let fields: Vec<&str> = self.header("traceparent")?.split('-').collect();
        let [version, trace, parent, flags] = fields[..] else {
            return None;
        };
        let hex = |text: &str, digits: usize| {
            text.len() == digits
                && text
                    .bytes()
                    .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
        };
        let right = hex(version, 2) && hex(trace, 32) && hex(parent, 16) && hex(flags, 2);
        (right && version != "ff").then_some(trace)
    }

    /// The body.
    ///
    /// # Errors
    /// `invalid_json` if the base64 of the gateway is malformed.
    pub fn body(&self) -> Result<Vec<u8>, Refusal> {
        let body = self.text("/body").as_bytes();
        if self.event.get("isBase64Encoded").and_then(Value::as_bool) != Some(true) {
            return Ok(body.to_vec());
        }
        BASE64
            .decode(body)
            .map_err(|_| Refusal::new(ErrorCode::InvalidJson, "the body is not JSON"))
    }

    /// The claims of the token that the JWT authorizer verified; `None` if the event did not pass
    /// it.
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

    #[test]
    fn only_a_well_formed_trace_reaches_the_logs() {
        let trace = |header: &str| {
            let request = Request::new(json!({"headers": {"traceparent": header}}));
            request.trace_id().map(str::to_owned)
        };
        let id = "4bf92f3577b34da6a3ce929d0e0e4736";
        assert_eq!(
            trace(&format!("00-{id}-00f067aa0ba902b7-01")).as_deref(),
            Some(id)
        );
        let wrong = [
            "".to_owned(),
            id.to_owned(),
            format!("00-{id}-00f067aa0ba902b7"),
            format!("ff-{id}-00f067aa0ba902b7-01"),
            format!("00-{}-00f067aa0ba902b7-01", id.to_uppercase()),
            format!("00-{id}-00f067aa0ba902b7-01-x"),
            format!("00-{id}\"}}-00f067aa0ba902b7-01"),
        ];
        for header in wrong {
            assert_eq!(trace(&header), None, "{header}");
        }
        assert_eq!(Request::new(json!({})).trace_id(), None);
    }

    fn segments(path: &str, stage: &str) -> Vec<String> {
        let event = json!({"rawPath": path, "requestContext": {"stage": stage}});
        Request::new(event)
            .segments()
            .into_iter()
            .map(str::to_owned)
            .collect()
    }

    #[test]
    fn a69_paths_are_not_normalised() {
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
    fn d13_a_path_mapping_does_not_change_the_route() {
        let route = |key: &str, id: &str| {
            let event = json!({"routeKey": key, "rawPath": format!("/files/v1/uploads/{id}/parts"),
                "pathParameters": {"id": id}, "requestContext": {"stage": "$default"}});
            Request::new(event).segments().join("|")
        };
        for path in ["//uploads", "/uploads/", "/files//uploads"] {
            let event = json!({"routeKey": "GET /uploads", "rawPath": path, "requestContext": {"stage": "$default"}});
            assert!(Request::new(event).segments().contains(&""), "{path}");
        }
        let id = "01JQ8ZV7M0000000000000000A";
        assert_eq!(
            route("GET /uploads/{id}/parts", id),
            format!("uploads|{id}|parts")
        );
        assert_eq!(route("POST /uploads", id), "uploads");
        // A decoded slash stays in its segment, where no id has one.
        assert_eq!(route("GET /uploads/{id}", "a/parts"), "uploads|a/parts");
        assert_eq!(route("GET /uploads/{other}", id), "uploads|{other}");
        assert_eq!(
            route("$default", id),
            format!("files|v1|uploads|{id}|parts")
        );
    }

    #[test]
    fn a20_a_body_may_be_base64() {
        let body = |body: &str, encoded: bool| {
            Request::new(json!({"body": body, "isBase64Encoded": encoded})).body()
        };
        assert_eq!(body("e30=", true).unwrap(), b"{}");
        assert_eq!(body("{}", false).unwrap(), b"{}");
        assert_eq!(body("{}", true).unwrap_err().code, ErrorCode::InvalidJson);
        assert_eq!(Request::new(json!(null)).body().unwrap(), b"");
    }
}
