use std::sync::atomic::Ordering;

use devkit::http::{Incoming, Reply};
use serde_json::{Value, json};

use super::Shared;
use super::rule::Rule;

/// Answers one request to the control endpoint.
///
/// `POST /rules` with one rule or a list, `GET /rules`, `DELETE /rules`; `GET /log`, `DELETE /log`;
/// `POST /offline {"on": true}`; `POST /s3-rules {"on": false}`.
pub(super) fn answer(shared: &Shared, request: &Incoming) -> Reply {
    route(shared, request).unwrap_or_else(|error| Reply::json(400, &json!({"error": error})))
}

fn route(shared: &Shared, request: &Incoming) -> Result<Reply, String> {
    let body = &request.body;
    let done = || Ok(Reply::json(200, &json!({})));
    match (request.method.as_str(), request.path.as_str()) {
        ("GET", "/health") => done(),
        ("GET", "/rules") => Ok(Reply::json(200, &shared.rules().list())),
        ("POST", "/rules") => {
            let rules = rules(body)?.into_iter();
            let numbers: Vec<u64> = rules.map(|rule| shared.rules().add(rule)).collect();
            Ok(Reply::json(200, &json!({"rules": numbers})))
        }
        ("DELETE", "/rules") => {
            shared.rules().clear();
            done()
        }
        ("GET", "/log") => {
            let log = serde_json::to_value(shared.log()).map_err(|error| error.to_string())?;
            Ok(Reply::json(200, &log))
        }
        ("DELETE", "/log") => {
            shared.request_log().clear();
            done()
        }
        ("POST", "/offline") => {
            shared.set_offline(switch(body)?);
            done()
        }
        ("POST", "/s3-rules") => {
            shared.s3_on.store(switch(body)?, Ordering::Relaxed);
            done()
        }
        _ => Ok(Reply::json(404, &json!({"error": "no such control"}))),
    }
}

fn rules(body: &[u8]) -> Result<Vec<Rule>, String> {
    let rules = match serde_json::from_slice(body).map_err(|error| error.to_string())? {
        Value::Array(rules) => rules,
        rule => vec![rule],
    };
    let rule = |rule| serde_json::from_value(rule).map_err(|error| error.to_string());
    rules.into_iter().map(rule).collect()
}

fn switch(body: &[u8]) -> Result<bool, String> {
    let body: Value = serde_json::from_slice(body).map_err(|error| error.to_string())?;
    body["on"]
        .as_bool()
        .ok_or_else(|| "wanted {\"on\": true} or {\"on\": false}".into())
}
