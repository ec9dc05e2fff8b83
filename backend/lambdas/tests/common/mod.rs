#![allow(dead_code, reason = "each test file uses its own part")]

use std::time::Duration;

use crowfly_contract::{ErrorCode, OwnerId, UploadId};
use crowfly_core::caller::authenticate;
use crowfly_lambdas::http::Answer;
use crowfly_lambdas::runtime::Moment;
use crowfly_lambdas::variables::Variables;
use crowfly_lambdas::{presign, read, remove};
use crowfly_testing::Memory;
use serde_json::{Value, json};

/// 2026-11-22T10:20:30.123Z.
pub(crate) const NOW: u64 = 1_795_342_830_123;

pub(crate) fn id(n: u128) -> UploadId {
    UploadId::from_parts(1, n)
}

pub(crate) fn claims(subject: &str) -> Value {
    json!({"iss": "https://issuer.example/", "sub": subject, "scope": "openid uploads"})
}

/// The owner of these [`claims`].
pub(crate) fn owner(subject: &str) -> OwnerId {
    authenticate(claims(subject).as_object().unwrap(), "uploads", "").unwrap()
}

/// An API Gateway event of `METHOD /path`, with the claims of `alice`.
pub(crate) fn event(route: &str, body: Option<&Value>) -> Value {
    let (method, target) = route.split_once(' ').unwrap();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let query: serde_json::Map<String, Value> = query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (name.to_owned(), value.into()))
        .collect();
    let mut event = json!({
        "version": "2.0", "routeKey": format!("{method} {path}"), "rawPath": path, "isBase64Encoded": false,
        "headers": {"content-type": "application/json"}, "queryStringParameters": query,
        "requestContext": {"requestId": "request-1", "stage": "$default", "http": {"method": method},
            "authorizer": {"jwt": {"claims": claims("alice"), "scopes": null}}},
    });
    if let Some(body) = body {
        event["body"] = body.to_string().into();
    }
    event
}

/// The variables of a deployment.
pub(crate) fn variable(name: &str) -> Option<String> {
    let value = match name {
        "BUCKET" => "bucket",
        "TABLE" => "uploads",
        "MAX_FILE_BYTES" => "1000000000",
        "ALLOWED_TYPES" => "video/*,text/plain",
        "EVENT_ROUTE" => "direct",
        "KEY_SUFFIX" => "",
        "KEY_LAYOUT" => "flat",
        "PUBLIC_READ" => "off",
        "REQUIRED_SCOPE" => "uploads",
        "MAX_OPEN_UPLOADS" => "1000",
        "MAX_OPEN_BYTES" => "0",
        "MAX_REQUESTS_PER_SECOND" | "MAX_READS_PER_SECOND" => "50",
        "REPAIR_AFTER_SECONDS" => "900",
        "UNFINISHED_DAYS" => "7",
        "LIVE_GRACE_MINUTES" => "1440",
        "LIVE_KEEP" => "off",
        "URL_LIFETIME_SECONDS" => "300",
        _ => return None,
    };
    Some(value.to_owned())
}

pub(crate) async fn presign(memory: &Memory, event: Value) -> Answer {
    let settings = presign::Settings::read(&Variables::new(&|name| variable(name))).unwrap();
    let now = Moment {
        ms: NOW,
        left: Duration::from_secs(20),
    };
    presign::handle(memory, memory, memory, &settings, event, now).await
}

pub(crate) async fn read(memory: &Memory, event: Value) -> Answer {
    let settings = read::Settings::read(&Variables::new(&|name| variable(name))).unwrap();
    read::handle(memory, memory, &settings, event, NOW).await
}

pub(crate) async fn remove(memory: &Memory, event: Value) -> Answer {
    let settings = remove::Settings::read(&Variables::new(&|name| variable(name))).unwrap();
    remove::handle(memory, memory, &settings, event, NOW).await
}

pub(crate) fn json_of(answer: &Answer) -> Value {
    serde_json::from_str(&answer.body).unwrap()
}

/// Checks an error response: status, code, request id, headers, message.
pub(crate) fn assert_problem(answer: &Answer, status: u16, code: &str) {
    let body = json_of(answer);
    let known: ErrorCode = serde_json::from_value(json!(code)).unwrap();
    assert_eq!(known.http_status(), Some(status), "the contract's status");
    assert_eq!(
        (answer.status_code, body["error"]["code"].as_str()),
        (status, Some(code)),
        "{body}"
    );
    assert_eq!(body["error"]["requestId"], "request-1");
    assert!(
        body["error"]["message"].as_str().unwrap().len() > 15,
        "{body}"
    );
    assert_eq!(body.as_object().unwrap().len(), 1);
    assert_headers(answer);
}

pub(crate) fn assert_headers(answer: &Answer) {
    assert_eq!(answer.headers["cache-control"], "no-store");
    assert_eq!(answer.headers["x-content-type-options"], "nosniff");
    let typed = answer.headers.get("content-type").map(String::as_str);
    assert_eq!(
        typed,
        (!answer.body.is_empty()).then_some("application/json")
    );
}

/// The verbs called, without the rate check, which also refused requests pay.
pub(crate) fn calls_after_rate_check(memory: &Memory) -> Vec<&'static str> {
    let mut calls = memory.calls();
    calls.retain(|verb| *verb != "advance_rate");
    calls
}

/// Passes an event to `presign` or to `read`; to `remove` if the gateway would.
pub(crate) async fn call(memory: &Memory, signs: bool, event: Value) -> Answer {
    let key = event["routeKey"].as_str().unwrap_or_default();
    if key.starts_with("DELETE ") && key.ends_with("/content") {
        remove(memory, event).await
    } else if signs {
        presign(memory, event).await
    } else {
        read(memory, event).await
    }
}
