//! Structured logs: one JSON object a line, on standard output, where Lambda collects it.
//!
//! Lines carry ids, codes and counts. A URL, a token, a file name or a message body never goes in here.

mod metrics;

use serde_json::{Map, Value};

pub(crate) use metrics::{Metrics, refused};

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
