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

/// Lines that are written by one system call, since each wakes Lambda's collector of logs.
#[derive(Debug, Default)]
pub(crate) struct Lines(String);

impl Lines {
    /// Adds a line, as [`line`] writes it.
    pub(crate) fn add(&mut self, level: &str, event: &str, fields: Value) {
        let line = Value::Object(with(level, event, fields));
        self.0.push_str(&format!("{line}\n"));
    }

    /// Writes all of them.
    pub(crate) fn write(&self) {
        print!("{}", self.0);
    }
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

    use super::{Lines, with};

    #[test]
    fn null_fields_are_left_out() {
        let line = with("info", "request", json!({"status": 200, "code": null}));
        let expected = json!({"level": "info", "event": "request", "status": 200});
        assert_eq!(serde_json::Value::Object(line), expected);
    }

    #[test]
    fn lines_that_are_written_together_are_still_one_each() {
        let mut lines = Lines::default();
        for upload in ["a\nb", "c"] {
            lines.add("info", "create", json!({"upload": upload, "fault": null}));
        }
        let read = lines.0.lines().map(serde_json::from_str);
        let read: Vec<serde_json::Value> = read.collect::<Result<_, _>>().unwrap();
        let line = |upload| json!({"level": "info", "event": "create", "upload": upload});
        assert_eq!(read, [line("a\nb"), line("c")]);
        assert!(lines.0.ends_with('\n'));
    }
}
