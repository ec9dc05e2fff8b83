//! The schedule, who may send scan results, and tracing.

use serde_json::{Value, json};

use crate::document::{all, list, of_type, properties, template};
use crate::resolve::with;

/// A schedule that starts nothing is no error anywhere, and neither is a sweep that never finishes.
#[test]
fn f55_an_alarm_fires_when_sweep_does_not_run_or_does_not_keep_up() {
    let silent = properties("SweepSilent");
    assert_eq!(
        (&silent["Namespace"], &silent["MetricName"]),
        (&json!("AWS/Lambda"), &json!("Invocations"))
    );
    assert_eq!(silent["ComparisonOperator"], "LessThanThreshold");
    assert_eq!(silent["Threshold"], 1);
    let seconds = silent["Period"].as_u64().unwrap();
    // The default schedule runs four times in this period.
    let schedule = &template()["Parameters"]["SweepSchedule"]["Default"];
    assert_eq!((*schedule == "rate(15 minutes)", seconds), (true, 3600));
    let incomplete = properties("SweepIncomplete");
    assert_eq!(incomplete["MetricName"], "SweepIncomplete");
    for alarm in [silent, incomplete] {
        let function = json!({"Ref": "SweepFunction"});
        assert_eq!(alarm["Dimensions"][0]["Value"], function);
    }
}

/// The HTTP functions share the gateway's timeout; the sweep has its own.
#[test]
fn f55_sweep_has_time_of_its_own() {
    let seconds = properties("SweepFunction")["Timeout"].as_u64().unwrap();
    assert!(seconds > 28, "{seconds}");
    // Less than the interval of the schedule.
    assert!(seconds < 15 * 60, "{seconds}");
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
    let own = &properties("Bucket")["BucketName"];
    assert_eq!(
        *bucket,
        json!({"Fn::If": ["OwnBucket", own, {"Ref": "ExistingBucket"}]})
    );
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
    // The rule has no name of its own, which a long name of the stack would make too long.
    let source = &allowed["Condition"]["ArnEquals"]["aws:SourceArn"];
    assert_eq!(*source, json!({"Fn::GetAtt": "ScanResults.Arn"}));
}

#[test]
fn tracing_is_off_unless_it_is_asked_for() {
    let traced = json!({"Fn::If": ["Traced", "Active", "PassThrough"]});
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

#[test]
fn a_recording_is_left_alone_after_a_day_and_expires_by_default() {
    let parameters = &template()["Parameters"];
    let minutes = &parameters["LiveGraceMinutes"];
    assert_eq!(minutes["Default"], 24 * 60);
    // A slow recorder signs a part of 5 MiB every hour.
    assert!(minutes["MinValue"].as_u64().unwrap() >= 10);
    let variables = &template()["Globals"]["Function"]["Environment"]["Variables"];
    assert_eq!(variables["LIVE_GRACE_MINUTES"]["Ref"], "LiveGraceMinutes");
    assert_eq!(variables["LIVE_KEEP"]["Ref"], "LiveKeep");
    assert_eq!(parameters["LiveKeep"]["Default"], "off");
}

#[test]
fn only_with_its_parameter_the_sweep_may_write_objects() {
    let writes = |parameters: &[(&str, &str)]| {
        let role = with(parameters).properties("SweepRole");
        let statements = list(&role["Policies"][0]["PolicyDocument"]["Statement"]);
        let writing = statements.iter().filter(|statement| {
            let actions = list(&statement["Action"]);
            actions.iter().any(|action| **action == "s3:PutObject")
        });
        writing.count()
    };
    assert_eq!(writes(&[]), 0);
    assert_eq!(writes(&[("LiveKeep", "off")]), 0);
    assert_eq!(writes(&[("LiveKeep", "on")]), 1);
}
