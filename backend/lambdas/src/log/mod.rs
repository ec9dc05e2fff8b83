//! Structured logs: one JSON object a line, on standard output, where Lambda collects it.
//!
//! Lines carry ids, codes and counts. A URL, a token, a file name or a message body never goes in here.

mod metrics;

use serde_json::{Map, Value};

pub(crate) use metrics::{Met, Metrics, refused};

/// Writes one line. What is null is left out, so that a query can ask whether a field is present.
pub(crate) fn line(level: &str, event: &str, fields: Value) {
    println!("{}", Value::Object(with(level, event, fields)));
}

fn with(level: &str, event: &str, fields: Value) -> Map<String, Value> {
    let mut line = Map::new();
    line.insert("level".to_owned(), level.into());
    line.insert("event".to_owned(), event.into());
    if let Value::Object(fields) = fields {
        line.extend(fields.into_iter().filter(|(_, value)| !value.is_null()));
    }
    line
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::with;

    #[test]
    fn what_is_null_is_left_out() {
        let line = with("info", "request", json!({"status": 200, "code": null}));
        let expected = json!({"level": "info", "event": "request", "status": 200});
        assert_eq!(serde_json::Value::Object(line), expected);
    }
}
