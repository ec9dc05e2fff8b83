//! A53: nothing that the system writes down holds a signature or a token.
//!
//! A test of its own, which runs after the others: it reads the logs of everything that they did.
#![forbid(unsafe_code)]

use e2e::Env;
use e2e::api::{Api, item};
use e2e::aws::Aws;
use serde_json::json;

/// Parts of secrets: of a presigned URL, of a token, of a header that carries one, of a session.
const SECRETS: &[&str] = &[
    "X-Amz-Signature",
    "X-Amz-Security-Token",
    "eyJhbGciOi",
    "Bearer ey",
    "cursor=",
];

/// Every line of every log group, with the group's name.
fn lines(aws: &Aws) -> Vec<(String, String)> {
    let groups = aws.call("logs", "Logs_20140328.DescribeLogGroups", &json!({}));
    let mut lines = Vec::new();
    for group in groups["logGroups"].as_array().into_iter().flatten() {
        let name = group["logGroupName"].as_str().unwrap_or_default();
        let mut next = json!(null);
        loop {
            let mut ask = json!({"logGroupName": name});
            if next.is_string() {
                ask["nextToken"] = next.take();
            }
            let page = aws.call("logs", "Logs_20140328.FilterLogEvents", &ask);
            let events = page["events"].as_array().into_iter().flatten();
            lines.extend(events.map(|event| {
                (
                    name.to_owned(),
                    event["message"].as_str().unwrap_or_default().to_owned(),
                )
            }));
            match &page["nextToken"] {
                token if token.is_string() => next = token.clone(),
                _ => break,
            }
        }
    }
    lines
}

#[test]
fn a53_no_secret_is_written_down() {
    for stack in Env::get()
        .stacks
        .values()
        .filter(|stack| stack.user.is_empty())
    {
        let api = Api::of_subject(stack, "traces");
        let record = api.upload(&item("a.webm", "video/webm", b"x"), b"x");
        api.get(&format!("/uploads/{}/content", record.id));
        api.get("/uploads?limit=1&cursor=junk");
        api.post(
            "/uploads",
            &json!({"uploads": [{"id": record.id, "name": "eyJhbGciOi\n{\"level\":\"error\"}"}]}),
        );
    }
    let aws = Aws::new(Env::stack("main"));
    let lines = lines(&aws);
    assert!(
        lines.len() > 20,
        "the functions write logs, and they can be read: {}",
        lines.len()
    );
    let functions = ["presign", "record", "read", "forward"];
    for function in functions {
        assert!(
            lines.iter().any(|(group, _)| group.contains(function)),
            "no log of {function}"
        );
    }
    for (group, line) in &lines {
        for secret in SECRETS {
            assert!(!line.contains(secret), "{group} has {secret}");
        }
    }
    // A91: what a caller sends cannot forge a line.
    for (group, line) in &lines {
        assert!(
            !line.trim_start().starts_with("{\"level\":\"error\"}"),
            "a forged line in {group}"
        );
    }
}

#[test]
fn a53_files_on_disk_hold_none_either() {
    let logs = e2e::env::root().join("target/logs");
    for entry in std::fs::read_dir(&logs).into_iter().flatten().flatten() {
        let text =
            std::fs::read(entry.path()).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        let text = text.unwrap_or_default();
        for secret in ["X-Amz-Signature=", "Bearer ey"] {
            assert!(
                !text.contains(secret),
                "{} has {secret}",
                entry.path().display()
            );
        }
    }
}
