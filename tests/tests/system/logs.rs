//! The functions' logs: structured lines with request, owner and upload, and metrics.

use crowfly_contract::{ErrorCode, ObjectKey};
use devkit::wait;
use e2e::api::{Api, item, new_id};
use serde_json::{Value, json};

use crate::common::{LOGGED_WITHIN, account, assert_problem, new_caller};

/// Every log line of a function, as JSON, without those of the Lambda runtime.
fn lines(function: &str) -> Vec<Value> {
    let lines = account().log_lines(function).into_iter();
    let ours = lines.filter(|line| line.trim_start().starts_with('{'));
    ours.map(|line| serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect()
}

/// Waits for a line of `function` that satisfies `wanted`.
#[track_caller]
fn line(what: &str, function: &str, wanted: impl Fn(&Value) -> bool) -> Value {
    wait::until(what, LOGGED_WITHIN, || {
        lines(function).into_iter().find(|line| wanted(line))
    })
}

/// The metrics that a line declares, by name, in the embedded metric format:
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>.
fn metrics(line: &Value) -> Vec<(&str, &Value)> {
    let directive = &line["_aws"]["CloudWatchMetrics"][0];
    let names = directive["Metrics"].as_array().into_iter().flatten();
    names
        .filter_map(|metric| metric["Name"].as_str())
        .map(|name| (name, &line[name]))
        .collect()
}

fn has(line: &Value, name: &str) -> bool {
    metrics(line)
        .iter()
        .any(|(metric, value)| *metric == name && !value.is_null())
}

#[test]
fn an_upload_can_be_followed_by_request_owner_and_id_through_every_function() {
    let api = new_caller();
    let record = api.upload(&item("a.txt", "text/plain", b"abc"), b"abc");
    let id = record.id.to_string();
    let owner = record.key.owner().as_str().to_owned();
    let about = |line: &Value| line["upload"] == json!(id) && line["owner"] == json!(owner);

    let created = line("the line of the create", "presign", |line| {
        line["event"] == "create" && about(line)
    });
    assert_eq!(created["outcome"], "created");
    let request = created["requestId"].as_str().expect("a request id");
    assert!(!request.is_empty());
    let answered = line("the line of its request", "presign", |line| {
        line["event"] == "request" && line["requestId"] == json!(request)
    });
    assert_eq!(answered["status"], 201);

    let recorded = line("the line of the event", "record", |line| {
        line["event"] == "record" && about(line)
    });
    assert_eq!(recorded["outcome"], "written");
    assert_eq!(recorded["verified"], true);
    let read = line("the line of a read", "read", |line| {
        line["event"] == "request" && about(line)
    });
    assert_eq!(read["method"], "GET");
    for line in [created, answered, recorded, read] {
        assert!(line["level"].is_string(), "{line}");
    }
}

#[test]
fn what_is_created_stored_verified_and_late_is_measured() {
    new_caller().upload(&item("a.txt", "text/plain", b"abc"), b"abc");
    let created = line("UploadsCreated", "presign", |line| {
        has(line, "UploadsCreated")
    });
    let stored = line("UploadsVerified", "record", |line| {
        has(line, "UploadsStored") && has(line, "UploadsVerified")
    });
    assert!(stored["UploadsVerified"].as_u64() <= stored["UploadsStored"].as_u64());
    let lags = stored["EventLag"].as_array().expect("a lag for each event");
    assert!(
        !lags.is_empty() && lags.iter().all(Value::is_u64),
        "{stored}"
    );
    for (line, function) in [(created, "PresignFunction"), (stored, "RecordFunction")] {
        let directive = &line["_aws"]["CloudWatchMetrics"][0];
        assert_eq!(directive["Namespace"], "Crowfly");
        assert_eq!(directive["Dimensions"], json!([["function"]]));
        // Lambda's name for the function, which alarms and dashboard use.
        assert_eq!(line["function"], json!(account().function(function)));
        assert!(line["_aws"]["Timestamp"].is_u64());
    }
}

#[test]
fn what_is_refused_is_measured_by_code() {
    let api = new_caller();
    let answer = api.get(&format!("/uploads/{}", new_id()));
    assert_problem("an unknown upload", &answer, ErrorCode::NotFound);
    let page = item("a.html", "text/html", b"x");
    assert_problem("HTML", &api.create(&page), ErrorCode::TypeNotAllowed);
    for (function, code) in [
        ("read", ErrorCode::NotFound),
        ("presign", ErrorCode::TypeNotAllowed),
    ] {
        let refused = line(code.as_str(), function, |line| {
            has(line, "Refused") && line["code"] == json!(code)
        });
        let directive = &refused["_aws"]["CloudWatchMetrics"][0];
        assert_eq!(directive["Dimensions"], json!([["function", "code"]]));
    }
}

/// One request may carry a hundred uploads and succeed as a whole: the log must still show which items were
/// refused, how, and how often.
#[test]
fn a36_refused_uploads_of_one_request_are_found_by_owner_and_code() {
    let api = new_caller();
    let owner = api
        .create_one(&item("a.txt", "text/plain", b"abc"))
        .key
        .owner()
        .to_string();
    let page = || item("a.html", "text/html", b"x");
    let answer = api.post(
        "/uploads",
        &json!({"uploads": [page(), page(), item("b.txt", "text/plain", b"b")]}),
    );
    assert_eq!(answer.status, 207, "{}", answer.text());
    let refused = line("the refusals", "presign", |line| {
        has(line, "Refused") && line["owner"] == json!(owner)
    });
    assert_eq!(refused["Refused"], 2);
    assert_eq!(refused["code"], "type_not_allowed");
    let request = line("the request", "presign", |line| {
        line["event"] == "request" && line["requestId"] == refused["requestId"]
    });
    assert_eq!(request["status"], 207);
    // An absent field is left out, not null: queries test for presence.
    let absent = |line: &Value| line.as_object().is_some_and(|it| !it.contains_key("code"));
    assert!(absent(&request), "{request}");
    for function in ["presign", "read"] {
        for line in lines(function) {
            let fields = line.as_object().expect("an object");
            assert!(fields.values().all(|value| !value.is_null()), "{line}");
        }
    }
}

/// No file name, metadata or other text chosen by a caller is in a log.
#[test]
fn a53_lines_hold_ids_and_no_names() {
    let api: Api = new_caller();
    let mut create_item = item("a-name-nobody-logs.txt", "text/plain", b"abc");
    create_item["path"] = json!("folders-nobody-logs");
    create_item["metadata"] = json!({"album": "words-nobody-logs"});
    let record = api.upload(&create_item, b"abc");
    let id = record.id.to_string();
    line("the event's line", "record", |line| {
        line["upload"] == json!(id)
    });
    let key: &ObjectKey = &record.key;
    assert!(key.to_string().contains("a-name-nobody-logs"));
    for function in ["presign", "record", "read"] {
        for line in account().log_lines(function) {
            assert!(!line.contains("nobody-logs"), "{function}: {line}");
        }
    }
}
