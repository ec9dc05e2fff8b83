//! What an operator is shown and told, and what runs by the clock.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::document::{all, list, of_type, properties, template};

/// The dashboard, its references as they stand in the template.
fn dashboard() -> Value {
    let body = properties("Dashboard")["DashboardBody"]["Fn::Sub"]
        .as_str()
        .unwrap();
    serde_json::from_str(body).expect("the dashboard is JSON")
}

/// The names of the metrics that the functions write in the embedded format, read from their code.
fn measured() -> BTreeSet<String> {
    let folder = e2e::env::root().join("backend/lambdas/src");
    let mut names = BTreeSet::new();
    let mut folders = vec![folder];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let code = std::fs::read_to_string(&path).unwrap();
            for call in [".count(\"", ".times(\""] {
                let quoted = code.split(call).skip(1);
                names.extend(quoted.filter_map(|rest| Some(rest.split('"').next()?.to_owned())));
            }
        }
    }
    names
}

#[test]
fn the_dashboard_shows_metrics_that_exist() {
    let measured = measured();
    let mut shown = BTreeSet::new();
    for metric in all(&dashboard()) {
        let Some([Value::String(namespace), Value::String(name), dimension, ..]) =
            metric.as_array().map(Vec::as_slice)
        else {
            continue;
        };
        if namespace == "Crowfly" {
            assert!(measured.contains(name), "nothing measures {name}");
            assert_eq!(dimension, "function");
            shown.insert(name.clone());
        }
    }
    for name in [
        "UploadsCreated",
        "UploadsStored",
        "UploadsVerified",
        "EventLag",
        "QuotaRefusals",
    ] {
        assert!(shown.contains(name), "{name} is not shown");
    }
}

#[test]
fn the_dashboard_names_resources_that_exist() {
    let text = dashboard().to_string();
    for reference in text.split("${").skip(1) {
        let name = reference.split(['}', '.']).next().unwrap();
        let known = name.starts_with("AWS::") || template()["Resources"][name].is_object();
        assert!(known, "{name}");
    }
}

#[test]
fn alarms_watch_metrics_that_exist_and_tell_the_topic() {
    let measured = measured();
    for (name, alarm) in of_type("AWS::CloudWatch::Alarm") {
        let alarm = &alarm["Properties"];
        let topic = json!({"Fn::If": ["HasAlarmTopic", [{"Ref": "AlarmTopicArn"}], {"Ref": "AWS::NoValue"}]});
        assert_eq!(alarm["AlarmActions"], topic, "{name}");
        assert_eq!(alarm["TreatMissingData"], "notBreaching", "{name}");
        if alarm["Namespace"] == "Crowfly" {
            let metric = alarm["MetricName"].as_str().unwrap();
            assert!(
                measured.contains(metric),
                "{name}: nothing measures {metric}"
            );
            let dimension = &alarm["Dimensions"][0];
            assert_eq!(dimension["Name"], "function", "{name}");
            let function = dimension["Value"]["Ref"].as_str().unwrap();
            assert!(properties(function).is_object(), "{name}");
        }
    }
    let watched = |metric: &str| {
        of_type("AWS::CloudWatch::Alarm")
            .iter()
            .any(|(_, alarm)| alarm["Properties"]["MetricName"] == metric)
    };
    assert!(watched("5xx") && watched("UploadsRepaired") && watched("QuotaRefusals"));
}

#[test]
fn f55_sweep_runs_by_the_clock_and_only_its_rule_may_start_it() {
    let rule = properties("SweepRule");
    assert_eq!(rule["ScheduleExpression"], json!({"Ref": "SweepSchedule"}));
    assert_eq!(rule["State"], "ENABLED");
    let function = json!({"Fn::GetAtt": "SweepFunction.Arn"});
    assert_eq!(rule["Targets"][0]["Arn"], function);
    let permission = properties("SweepPermission");
    assert_eq!(permission["Principal"], "events.amazonaws.com");
    assert_eq!(
        permission["SourceArn"],
        json!({"Fn::GetAtt": "SweepRule.Arn"})
    );
}

#[test]
fn f55_the_index_of_open_uploads_holds_what_sweep_reads() {
    let table = properties("Table");
    let index = list(&table["GlobalSecondaryIndexes"])
        .into_iter()
        .find(|index| index["IndexName"] == "byOpen")
        .expect("the sparse index");
    let keys: Vec<&str> = list(&index["KeySchema"])
        .iter()
        .map(|key| key["AttributeName"].as_str().unwrap())
        .collect();
    assert_eq!(keys, ["openShard", "sweepAt"]);
    assert_eq!(index["Projection"]["ProjectionType"], "INCLUDE");
}

#[test]
fn a85_scan_results_come_from_this_buckets_scanners_only() {
    let rule = properties("ScanResults");
    assert_eq!(
        template()["Resources"]["ScanResults"]["Condition"],
        "Scanned"
    );
    let pattern = &rule["EventPattern"];
    assert_eq!(
        pattern["source"],
        json!(["aws.guardduty", "crowfly.scanner"])
    );
    let bucket = &pattern["detail"]["s3ObjectDetails"]["bucketName"][0];
    assert_eq!(*bucket, properties("Bucket")["BucketName"]);
    assert_eq!(
        rule["Targets"][0]["Arn"],
        json!({"Fn::GetAtt": "Queue.Arn"})
    );
    let statements = list(&properties("QueuePolicy")["PolicyDocument"]["Statement"]);
    let allowed = statements
        .iter()
        .find_map(|statement| {
            let choice = statement["Fn::If"].as_array()?;
            (choice[0] == "Scanned").then_some(&choice[1])
        })
        .expect("leave for the rule to send");
    assert_eq!(
        allowed["Principal"],
        json!({"Service": "events.amazonaws.com"})
    );
    assert_eq!(allowed["Action"], "sqs:SendMessage");
    let source = allowed["Condition"]["ArnEquals"]["aws:SourceArn"]["Fn::Sub"]
        .as_str()
        .unwrap();
    let name = rule["Name"]["Fn::Sub"].as_str().unwrap();
    assert!(source.ends_with(&format!(":rule/{name}")));
}

#[test]
fn tracing_is_off_unless_it_is_asked_for() {
    let traced = json!({"Fn::If": ["Traced", "Active", {"Ref": "AWS::NoValue"}]});
    assert_eq!(template()["Globals"]["Function"]["Tracing"], traced);
    let rights: Vec<&Value> = all(template())
        .into_iter()
        .filter(|value| value["Sid"] == "Traces")
        .collect();
    assert_eq!(rights.len(), of_type("AWS::IAM::Role").len());
    for right in rights {
        assert_eq!(
            right["Action"],
            json!(["xray:PutTelemetryRecords", "xray:PutTraceSegments"])
        );
    }
}
