//! The functions are the built binaries, and their logs expire.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::document::{of_type, properties, template};
use crate::resolve::with;

#[test]
fn the_functions_are_the_binaries_of_the_backend() {
    let folder = devkit::paths::root().join("backend/lambdas/src/bin");
    let binaries: BTreeSet<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    let functions: BTreeSet<String> = of_type("AWS::Serverless::Function")
        .iter()
        .map(|(name, function)| {
            let binary = function["Metadata"]["BuildProperties"]["Binary"]
                .as_str()
                .unwrap();
            assert_eq!(
                function["Metadata"]["BuildMethod"], "rust-cargolambda",
                "{name}"
            );
            assert_eq!(name.to_lowercase(), format!("{binary}function"));
            binary.to_owned()
        })
        .collect();
    assert_eq!(functions, binaries);
}

#[test]
fn each_function_writes_to_a_log_group_of_its_own_that_forgets() {
    for (name, function) in of_type("AWS::Serverless::Function") {
        let logs = name.replace("Function", "Logs");
        let group = &function["Properties"]["LoggingConfig"]["LogGroup"];
        assert_eq!(*group, json!({"Ref": logs}), "{name}");
    }
    for (name, group) in of_type("AWS::Logs::LogGroup") {
        assert!(
            group["Properties"]["RetentionInDays"].as_u64().is_some(),
            "{name}"
        );
    }
}

#[test]
fn h6_executions_are_kept_for_record_when_asked_for_and_for_no_other() {
    let reserved = |function: &str, parameters: &[(&str, &str)]| {
        with(parameters).properties(function)["ReservedConcurrentExecutions"].clone()
    };
    let kept = [("RecordReservedConcurrency", "10")];
    for (name, _) in of_type("AWS::Serverless::Function") {
        let expected = match name {
            "RecordFunction" => json!("10"),
            _ => Value::Null,
        };
        assert_eq!(reserved(name, &kept), expected, "{name}");
        assert_eq!(reserved(name, &[]), Value::Null, "{name}");
    }
}

#[test]
fn an_alarm_fires_when_a_function_fails() {
    for (name, _) in of_type("AWS::Serverless::Function") {
        let watched = of_type("AWS::CloudWatch::Alarm").iter().any(|(_, alarm)| {
            let alarm = &alarm["Properties"];
            alarm["MetricName"] == "Errors"
                && alarm["Dimensions"][0]["Value"] == json!({"Ref": name})
        });
        assert!(watched, "{name}");
    }
}

#[test]
fn functions_get_the_variables_that_they_need() {
    let shared = &template()["Globals"]["Function"]["Environment"]["Variables"];
    for name in [
        "ALLOWED_TYPES",
        "BUCKET",
        "DENIED_OWNERS",
        "EVENT_ROUTE",
        "KEY_LAYOUT",
        "KEY_SUFFIX",
        "LIVE_GRACE_MINUTES",
        "LIVE_KEEP",
        "MAX_FILE_BYTES",
        "MAX_OPEN_BYTES",
        "MAX_OPEN_UPLOADS",
        "MAX_READS_PER_SECOND",
        "MAX_REQUESTS_PER_SECOND",
        "OWNER_ISSUER",
        "PUBLIC_READ",
        "REPAIR_AFTER_SECONDS",
        "REQUIRED_SCOPE",
        "SCAN_UPLOADS",
        "TABLE",
        "TRANSFER_ACCELERATION",
        "UPLOAD_HOSTS",
        "UNFINISHED_DAYS",
        "URL_LIFETIME_SECONDS",
    ] {
        assert_ne!(shared[name], Value::Null, "{name}");
    }
    assert_eq!(
        shared["BUCKET"]["Fn::If"][1],
        properties("Bucket")["BucketName"]
    );
    let own =
        |function: &str, name: &str| properties(function)["Environment"]["Variables"][name].clone();
    assert_eq!(own("ForwardFunction", "QUEUE_URL"), json!({"Ref": "Queue"}));
}
