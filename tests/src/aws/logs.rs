use serde_json::{Value, json};

use super::Aws;

/// Most events of one page.
const PAGE: usize = 10_000;

impl Aws {
    /// Every line that one of this stack's functions (such as `presign`) has written.
    #[track_caller]
    pub fn log_lines(&self, function: &str) -> Vec<String> {
        let group = format!("/crowfly/{}/{function}", self.stack.name());
        let events = self.log_events(&group).into_iter();
        let messages = events.map(|mut event| event["message"].take());
        messages
            .filter_map(|text| text.as_str().map(str::to_owned))
            .collect()
    }

    /// Every event of a log group, with its `message`, `timestamp` and `logStreamName`.
    #[track_caller]
    pub fn log_events(&self, group: &str) -> Vec<Value> {
        let mut all = Vec::new();
        let mut ask = json!({"logGroupName": group, "limit": PAGE, "startTime": 0});
        loop {
            let mut page = self.call("logs", "Logs_20140328.FilterLogEvents", &ask);
            let mut events = match page["events"].take() {
                Value::Array(events) => events,
                _ => Vec::new(),
            };
            let next = page["nextToken"].take();
            let mut more = next.is_string();
            if more {
                ask["nextToken"] = next;
            } else if events.len() == PAGE {
                // The local AWS returns no token: continue from the timestamp of the last event, all of that millisecond.
                let last = events.last().map(|event| event["timestamp"].clone());
                let last = last.unwrap_or_default();
                if last != ask["startTime"] {
                    events.retain(|event| event["timestamp"] != last);
                    ask["startTime"] = last;
                    more = true;
                }
            }
            all.extend(events);
            if !more {
                return all;
            }
        }
    }
}
