use std::sync::atomic::Ordering;

use devkit::http::{Incoming, Reply};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Shared;
use super::rule::Rule;

/// Answers one request to the control endpoint.
///
/// `POST /rules` with one rule or a list, `GET /rules`, `DELETE /rules`; `GET /log`, `DELETE /log`;
/// `POST /offline {"on": true}`; `POST /s3-rules {"on": false}`; `POST /reset` resets what is on its way, once. No page of any site may ask.
pub(super) fn answer(shared: &Shared, request: &Incoming) -> Reply {
    // https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header
    if ["origin", "sec-fetch-site"]
        .iter()
        .any(|name| request.header(name).is_some())
    {
        return Reply::json(403, &json!({"error": "a browser controls nothing here"}));
    }
    route(shared, request)
        .unwrap_or_else(|error| Reply::json(400, &json!({"error": error.to_string()})))
}

fn route(shared: &Shared, request: &Incoming) -> Result<Reply, serde_json::Error> {
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
        ("GET", "/log") => Ok(Reply::json(200, &shared.log())),
        ("DELETE", "/log") => {
            shared.request_log().clear();
            done()
        }
        ("POST", "/offline") => {
            shared.set_offline(serde_json::from_slice::<Switch>(body)?.on);
            done()
        }
        ("POST", "/reset") => {
            shared.resets.fetch_add(1, Ordering::Relaxed);
            done()
        }
        ("POST", "/s3-rules") => {
            let on = serde_json::from_slice::<Switch>(body)?.on;
            shared.s3_on.store(on, Ordering::Relaxed);
            done()
        }
        _ => Ok(Reply::json(404, &json!({"error": "no such control"}))),
    }
}

#[derive(Deserialize)]
struct Switch {
    on: bool,
}

/// One rule or a list.
fn rules(body: &[u8]) -> Result<Vec<Rule>, serde_json::Error> {
    match serde_json::from_slice(body)? {
        rules @ Value::Array(_) => serde_json::from_value(rules),
        rule => Ok(vec![serde_json::from_value(rule)?]),
    }
}
