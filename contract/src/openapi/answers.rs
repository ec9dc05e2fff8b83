//! The answers of a route: what it gives, and each status with the codes that it may have there.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::operations::{ALWAYS, NO_RECORDS, OPERATIONS, Operation};
use super::{Body, Schemas};
use crate::ErrorCode;

/// Statuses with which a gateway in front of the API may answer by itself, in its own form.
const GATEWAY: [u16; 7] = [401, 403, 404, 413, 429, 500, 503];
/// Statuses that all routes answer alike, except one with a result for each item.
const SHARED: [u16; 5] = [401, 404, 500, 501, 503];

/// The answers by status.
pub(super) fn answers(operation: &Operation, schemas: &mut Schemas) -> Map<String, Value> {
    let mut all = Map::new();
    for (status, body, description) in operation.answers {
        let mut answer = json!({"description": description});
        if let Some(body) = body {
            answer["content"] = json!({"application/json": {"schema": schemas.of(*body)}});
        }
        let links = links(operation, *status);
        if !links.is_empty() {
            answer["links"] = links.into();
        }
        all.insert(status.to_string(), answer);
    }
    for (status, codes) in by_status(&operation.codes()) {
        let answer = match !operation.batch && SHARED.contains(&status) {
            true => json!({"$ref": format!("#/components/responses/Error{status}")}),
            false => refusal(status, &codes, operation.batch, schemas),
        };
        all.insert(status.to_string(), answer);
    }
    all
}

/// Which routes take what this answer gives. <https://spec.openapis.org/oas/v3.1.1.html#link-object>
fn links(operation: &Operation, status: u16) -> Map<String, Value> {
    let link = |target: &Operation, name: &str, from: &str| {
        let place = format!("$response.body#/{from}");
        let link = json!({"operationId": target.id, "parameters": {name: place}});
        (target.id.to_owned(), link)
    };
    let takes = |target: &&Operation, name: &str| target.parameters.contains(&name);
    match (operation.id, status) {
        ("createUploads", 200 | 201) => {
            let targets = OPERATIONS.iter().filter(|target| takes(target, "id"));
            targets
                .map(|target| link(target, "id", "uploads/0/id"))
                .collect()
        }
        ("listUploads", 200) => [link(operation, "cursor", "cursor")].into_iter().collect(),
        _ => Map::new(),
    }
}

/// The answers that have a name.
pub(super) fn shared(schemas: &mut Schemas) -> Map<String, Value> {
    let codes = by_status(&[ALWAYS, NO_RECORDS].concat()).into_iter();
    let shared = codes.filter(|(status, _)| SHARED.contains(status));
    shared
        .map(|(status, codes)| {
            let answer = refusal(status, &codes, false, schemas);
            (format!("Error{status}"), answer)
        })
        .collect()
}

fn by_status(codes: &[ErrorCode]) -> BTreeMap<u16, Vec<ErrorCode>> {
    let mut all: BTreeMap<u16, Vec<ErrorCode>> = BTreeMap::new();
    for code in codes {
        if let Some(status) = code.http_status() {
            all.entry(status).or_default().push(*code);
        }
    }
    all
}

/// The answer of this status with one of these codes.
fn refusal(status: u16, codes: &[ErrorCode], batch: bool, schemas: &mut Schemas) -> Value {
    let words: Vec<&str> = codes.iter().map(|code| code.as_str()).collect();
    let problem = json!({
        "allOf": [
            schemas.problem(),
            {"properties": {"error": {"properties": {"code": {"enum": words}}}}},
        ],
    });
    let mut forms = vec![problem];
    if batch {
        // Where all items of a list share their outcome, the status is that outcome.
        forms.push(schemas.of(Body::Created));
    }
    if GATEWAY.contains(&status) {
        forms.push(schemas.gateway());
    }
    let schema = match forms.len() {
        1 => forms.remove(0),
        _ => json!({"anyOf": forms}),
    };
    let names: Vec<String> = words.iter().map(|code| format!("`{code}`")).collect();
    let mut answer = json!({
        "description": names.join(", "),
        "content": {"application/json": {"schema": schema}},
    });
    if codes.contains(&ErrorCode::RateLimited) {
        answer["headers"] = json!({"Retry-After": {
            "description": "Seconds, rounded up; `retryAfterMs` in the body has milliseconds.",
            "schema": {"type": "string"},
        }});
    }
    answer
}
