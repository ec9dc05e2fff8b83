//! Metrics in the CloudWatch embedded metric format: a log line from which CloudWatch extracts
//! metrics, without an API call and without a permission.
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>

use crowfly_contract::{ErrorCode, OwnerId};
use serde_json::{Map, Value, json};

use super::line;

const NAMESPACE: &str = "Crowfly";
/// Values per metric in a log line, a limit of the format.
const MAX_VALUES: usize = 100;

/// The metrics of one invocation. Zero counts are not written.
#[derive(Debug)]
pub(crate) struct Metrics {
    now_ms: u64,
    entries: Vec<(&'static str, &'static str, Value)>,
}

impl Metrics {
    /// Metrics with this timestamp, in Unix milliseconds.
    pub(crate) fn at(now_ms: u64) -> Self {
        Self {
            now_ms,
            entries: Vec::new(),
        }
    }

    /// Adds a count.
    pub(crate) fn count(mut self, name: &'static str, times: usize) -> Self {
        if times > 0 {
            self.entries.push((name, "Count", times.into()));
        }
        self
    }

    /// Adds durations in milliseconds.
    pub(crate) fn times(mut self, name: &'static str, each: &[u64]) -> Self {
        for values in each.chunks(MAX_VALUES) {
            self.entries.push((name, "Milliseconds", json!(values)));
        }
        self
    }

    /// Writes the log lines, with the dimension `function`.
    pub(crate) fn write(self) {
        for fields in self.lines(&function(), &[]) {
            line("info", "metrics", fields);
        }
    }

    /// The log lines; each contains a metric name once.
    fn lines(self, function: &str, more: &[(&str, &str)]) -> Vec<Value> {
        let mut lines: Vec<Vec<(&str, &str, Value)>> = Vec::new();
        for entry in self.entries {
            let free = lines
                .iter_mut()
                .find(|line| line.iter().all(|(name, ..)| *name != entry.0));
            match free {
                Some(line) => line.push(entry),
                None => lines.push(vec![entry]),
            }
        }
        let dimensions: Vec<(&str, &str)> = [("function", function)]
            .iter()
            .chain(more)
            .copied()
            .collect();
        lines
            .into_iter()
            .map(|entries| form(self.now_ms, &dimensions, entries))
            .collect()
    }
}

fn form(now_ms: u64, dimensions: &[(&str, &str)], entries: Vec<(&str, &str, Value)>) -> Value {
    let names: Vec<&str> = dimensions.iter().map(|(name, _)| *name).collect();
    let metrics: Vec<Value> = entries
        .iter()
        .map(|(name, unit, _)| json!({"Name": name, "Unit": unit}))
        .collect();
    let mut fields = Map::new();
    for (name, value) in dimensions {
        fields.insert((*name).to_owned(), (*value).into());
    }
    for (name, _, value) in entries {
        fields.insert(name.to_owned(), value);
    }
    let directive = json!({"Namespace": NAMESPACE, "Dimensions": [names], "Metrics": metrics});
    let about = json!({"Timestamp": now_ms, "CloudWatchMetrics": [directive]});
    fields.insert("_aws".to_owned(), about);
    Value::Object(fields)
}

/// The caller of a refused request, logged beside the count so that operators can find it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Caller<'a> {
    /// The request that was refused, in whole or in part.
    pub(crate) request_id: &'a str,
    /// Its owner, if known.
    pub(crate) owner: Option<&'a OwnerId>,
}

/// Counts refusals, with the dimensions `function` and `code`; refusals by a quota or the request
/// rate also with `function` alone, for the alarm.
pub(crate) fn refused(now_ms: u64, code: ErrorCode, times: usize, caller: Caller<'_>) {
    for fields in refusals(&function(), now_ms, code, times, caller) {
        line("info", "metrics", fields);
    }
}

fn refusals(
    function: &str,
    now_ms: u64,
    code: ErrorCode,
    times: usize,
    caller: Caller<'_>,
) -> Vec<Value> {
    let by_code = Metrics::at(now_ms).count("Refused", times);
    let mut lines = by_code.lines(function, &[("code", code.as_str())]);
    for fields in lines.iter_mut().filter_map(Value::as_object_mut) {
        fields.insert("requestId".to_owned(), caller.request_id.into());
        fields.insert("owner".to_owned(), caller.owner.map(OwnerId::as_str).into());
    }
    if is_quota(code) {
        let watched = Metrics::at(now_ms).count("QuotaRefusals", times);
        lines.extend(watched.lines(function, &[]));
    }
    lines
}

fn is_quota(code: ErrorCode) -> bool {
    matches!(
        code,
        ErrorCode::QuotaOpenUploads | ErrorCode::QuotaBytes | ErrorCode::RateLimited
    )
}

/// The name of the Lambda function, so that metrics of two deployments in an account are separate.
fn function() -> String {
    std::env::var("AWS_LAMBDA_FUNCTION_NAME").unwrap_or_else(|_| "local".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_the_embedded_metric_format() {
        let lines = Metrics::at(7)
            .count("UploadsStored", 2)
            .count("EventsPoison", 0)
            .times("EventLag", &[5, 9])
            .lines("f", &[("code", "x")]);
        assert_eq!(
            lines,
            [json!({
                "function": "f",
                "code": "x",
                "UploadsStored": 2,
                "EventLag": [5, 9],
                "_aws": {"Timestamp": 7, "CloudWatchMetrics": [{
                    "Namespace": "Crowfly",
                    "Dimensions": [["function", "code"]],
                    "Metrics": [
                        {"Name": "UploadsStored", "Unit": "Count"},
                        {"Name": "EventLag", "Unit": "Milliseconds"},
                    ],
                }]},
            })]
        );
    }

    /// An operator looks up the sum of `Refused` by owner and code after the alarm on
    /// `QuotaRefusals`.
    #[test]
    fn a36_refusals_are_logged_with_their_owner_and_counted_for_the_alarm() {
        let owner: OwnerId = "a".repeat(26).parse().unwrap();
        let caller = Caller {
            request_id: "r",
            owner: Some(&owner),
        };
        let lines = refusals("f", 7, ErrorCode::QuotaOpenUploads, 2, caller);
        assert_eq!(lines.len(), 2);
        assert_eq!(lines[0]["Refused"], 2);
        assert_eq!(lines[0]["code"], "quota_open_uploads");
        assert_eq!(lines[0]["owner"], owner.as_str());
        assert_eq!(lines[0]["requestId"], "r");
        let dimensions = &lines[0]["_aws"]["CloudWatchMetrics"][0]["Dimensions"];
        assert_eq!(
            *dimensions,
            json!([["function", "code"]]),
            "no metric for each owner"
        );
        assert_eq!(lines[1]["QuotaRefusals"], 2);
        assert_eq!(refusals("f", 7, ErrorCode::NotFound, 1, caller).len(), 1);
    }

    #[test]
    fn zero_counts_are_not_written() {
        assert!(
            Metrics::at(1)
                .count("a", 0)
                .times("b", &[])
                .lines("f", &[])
                .is_empty()
        );
    }

    #[test]
    fn a_line_has_at_most_100_values_of_a_metric() {
        let lines = Metrics::at(1).times("EventLag", &[1; 250]).lines("f", &[]);
        let lengths: Vec<usize> = lines
            .iter()
            .map(|line| line["EventLag"].as_array().unwrap().len())
            .collect();
        assert_eq!(lengths, [100, 100, 50]);
    }
}
