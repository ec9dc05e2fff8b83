use std::io::{self, Read};
use std::sync::Arc;

use serde_json::{Value, json};

use super::Shared;
use super::rule::Rule;
use crate::wire::{Connection, Head, Reply};

const MAX_BODY_BYTES: u64 = 1024 * 1024;

/// Serves the control endpoint on one connection.
///
/// `POST /rules` with one rule or a list, `GET /rules`, `DELETE /rules`; `GET /log`, `DELETE /log`;
/// `POST /offline {"on": true}`; `POST /s3-rules {"on": false}`.
pub(super) fn serve(shared: &Arc<Shared>, connection: &Connection) -> io::Result<()> {
    while let Some(head) = Head::read(&connection.stream)? {
        head.finish(&connection.stream)?;
        let length = head.length().unwrap_or(0).min(MAX_BODY_BYTES);
        let mut body = Vec::new();
        (&connection.stream).take(length).read_to_end(&mut body)?;
        let reply = answer(shared, &head, &body)
            .unwrap_or_else(|error| Reply::json(400, &json!({"error": error})));
        reply.send(&connection.stream, &head, true)?;
        if head.header("connection").as_deref() == Some("close") {
            break;
        }
    }
    Ok(())
}

fn answer(shared: &Arc<Shared>, head: &Head, body: &[u8]) -> Result<Reply, String> {
    let done = || Ok(Reply::json(200, &json!({})));
    let (path, _) = head.path_and_query();
    match (head.method.as_str(), path) {
        ("GET", "/health") => done(),
        ("GET", "/rules") => Ok(Reply::json(200, &shared.rules().list())),
        ("POST", "/rules") => {
            let numbers: Vec<u64> = rules(body)?
                .into_iter()
                .map(|rule| shared.rules().add(rule))
                .collect();
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
            shared.clear_log();
            done()
        }
        ("POST", "/offline") => {
            shared.set_offline(switch(body)?);
            done()
        }
        ("POST", "/s3-rules") => {
            shared.set_s3_rules(switch(body)?);
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
    rules
        .into_iter()
        .map(|rule| serde_json::from_value(rule).map_err(|error| error.to_string()))
        .collect()
}

fn switch(body: &[u8]) -> Result<bool, String> {
    let body: Value = serde_json::from_slice(body).map_err(|error| error.to_string())?;
    body["on"]
        .as_bool()
        .ok_or_else(|| "wanted {\"on\": true} or {\"on\": false}".into())
}
