use serde_json::{Value, json};

use super::Aws;

impl Aws {
    /// Every line that one of this stack's functions (such as `presign`) has written.
    #[track_caller]
    pub fn log_lines(&self, function: &str) -> Vec<String> {
        let group = format!("/crowfly/{}/{function}", self.stack.name());
        let mut lines = Vec::new();
        let mut next = Value::Null;
        loop {
            let mut ask = json!({"logGroupName": group});
            if next.is_string() {
                ask["nextToken"] = next.take();
            }
            let page = self.call("logs", "Logs_20140328.FilterLogEvents", &ask);
            let events = page["events"].as_array().into_iter().flatten();
            lines.extend(events.filter_map(|event| Some(event["message"].as_str()?.to_owned())));
            next = page["nextToken"].clone();
            if !next.is_string() {
                return lines;
            }
        }
    }
}
