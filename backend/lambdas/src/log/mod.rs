//! Structured logs: one JSON object per line on standard output, which Lambda sends to CloudWatch
//! Logs.
//!
//! Lines contain ids, codes and counts, never a URL, a token, a file name or a message body.

mod metrics;

use serde_json::{Map, Value};

pub(crate) use metrics::{Caller, Metrics, refused};

/// Writes one line. Null fields are left out, so that a query can use `ispresent`.
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
    fn null_fields_are_left_out() {
        let line = with("info", "request", json!({"status": 200, "code": null}));
        let expected = json!({"level": "info", "event": "request", "status": 200});
        assert_eq!(serde_json::Value::Object(line), expected);
    }
}
