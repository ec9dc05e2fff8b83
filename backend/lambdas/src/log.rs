//! Structured logs: one JSON object a line, on standard output, where Lambda collects it.
//!
//! Lines carry ids, codes and counts. A URL, a token, a file name or a message body never goes in here.

use serde_json::{Map, Value, json};

/// Writes one line.
pub(crate) fn line(level: &str, event: &str, fields: Value) {
    let mut line = Map::new();
    line.insert("level".to_owned(), level.into());
    line.insert("event".to_owned(), event.into());
    if let Value::Object(fields) = fields {
        line.extend(fields);
    }
    println!("{}", Value::Object(line));
}

/// Writes counts in CloudWatch's embedded metric format.
pub(crate) fn metrics(function: &str, now_ms: u64, counts: &[(&str, usize)]) {
    let metrics: Vec<Value> = counts
        .iter()
        .map(|(name, _)| json!({"Name": name, "Unit": "Count"}))
        .collect();
    let mut fields = json!({
        "function": function,
        "_aws": {
            "Timestamp": now_ms,
            "CloudWatchMetrics": [
                {"Namespace": "Crowfly", "Dimensions": [["function"]], "Metrics": metrics}
            ],
        },
    });
    for (name, count) in counts {
        if let Some(fields) = fields.as_object_mut() {
            fields.insert((*name).to_owned(), (*count).into());
        }
    }
    line("info", "metrics", fields);
}
