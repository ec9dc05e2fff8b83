//! Dashboard, alarms, metrics, and the operator's guide that lists them.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::document::{all, of_type, properties, template};

/// The dashboard with the forward function, its references as in the template.
fn dashboard() -> Value {
    let body = properties("Dashboard")["DashboardBody"]["Fn::Sub"]
        .as_array()
        .unwrap();
    let text = body[0].as_str().unwrap();
    let forward = body[1]["Forward"]["Fn::If"].as_array().unwrap();
    assert_eq!(
        (&forward[0], &forward[2]),
        (&json!("ViaLambda"), &json!(""))
    );
    for name in FORWARDS {
        assert!(!text.contains(name), "{name} is not there on each route");
    }
    let without = text.replace("${Forward}", "");
    serde_json::from_str::<Value>(&without).expect("the dashboard is JSON without forward");
    let more = forward[1]["Fn::Sub"].as_str().unwrap();
    serde_json::from_str(&text.replace("${Forward}", more)).expect("the dashboard is JSON")
}

/// Resources that exist on the route `lambda` only.
const FORWARDS: [&str; 2] = ["ForwardFunction", "ForwardDlq"];

/// The metrics that the functions emit in the embedded metric format, read from their source, by function.
fn measured() -> BTreeSet<(&'static str, String)> {
    let source = devkit::paths::root().join("backend/lambdas/src");
    let mut measured = BTreeSet::new();
    let mut folders = vec![source.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let code = std::fs::read_to_string(&path).unwrap();
            let code = code.split("#[cfg(test)]").next().unwrap();
            let file = path.strip_prefix(&source).unwrap().to_str().unwrap();
            let module = file.split(['/', '.']).next().unwrap();
            for call in [".count(\"", ".times(\""] {
                for name in code.split(call).skip(1) {
                    let name = name.split('"').next().unwrap();
                    for function in functions(module) {
                        measured.insert((*function, name.to_owned()));
                    }
                }
            }
        }
    }
    measured
}

/// The functions that run a module of the Lambdas crate.
fn functions(module: &str) -> &'static [&'static str] {
    match module {
        "forward" => &["ForwardFunction"],
        "presign" => &["PresignFunction"],
        "read" => &["ReadFunction"],
        "record" => &["RecordFunction"],
        "remove" => &["RemoveFunction"],
        "sweep" => &["SweepFunction"],
        "http" | "log" => &["PresignFunction", "ReadFunction", "RemoveFunction"],
        other => panic!("which function runs {other}?"),
    }
}

/// The texts in backticks.
fn quoted(text: &str) -> BTreeSet<String> {
    let words = text.split('`').skip(1).step_by(2);
    words.map(str::to_owned).collect()
}

fn guide() -> String {
    std::fs::read_to_string(devkit::paths::root().join("docs/OPERATIONS.md")).unwrap()
}

#[test]
fn the_dashboard_shows_each_metric_of_the_function_that_writes_it() {
    let measured = measured();
    let mut shown = BTreeSet::new();
    for metric in all(&dashboard()) {
        let Some(
            [
                Value::String(namespace),
                Value::String(name),
                dimension,
                Value::String(value),
                ..,
            ],
        ) = metric.as_array().map(Vec::as_slice)
        else {
            continue;
        };
        if namespace == "Crowfly" {
            let function = value.trim_start_matches("${").trim_end_matches('}');
            let writes = |(writer, metric): &(&str, String)| *writer == function && metric == name;
            assert!(
                measured.iter().any(writes),
                "{function} does not write {name}"
            );
            assert_eq!(dimension, "function");
            shown.insert(name.clone());
        }
    }
    // Refusals have their code as a dimension, which a metric widget would have to name.
    shown.insert("Refused".to_owned());
    let measured: BTreeSet<String> = measured.into_iter().map(|(_, name)| name).collect();
    assert_eq!(shown, measured);
}

#[test]
fn the_dashboard_names_resources_that_exist() {
    let text = dashboard().to_string();
    for reference in text.split("${").skip(1) {
        let name = reference.split(['}', '.']).next().unwrap();
        let known = name.starts_with("AWS::") || template()["Resources"][name].is_object();
        assert!(known, "{name}");
    }
    for (name, _) in of_type("AWS::Serverless::Function") {
        assert!(text.contains(&format!("${{{name}}}")), "{name}");
    }
    for (name, _) in of_type("AWS::SQS::Queue") {
        assert!(text.contains(&format!("${{{name}.QueueName}}")), "{name}");
    }
}

/// Dashboard names are global in an account, stacks are regional.
#[test]
fn a_stack_of_the_same_name_in_another_region_has_a_dashboard_too() {
    let name = &properties("Dashboard")["DashboardName"]["Fn::Sub"];
    assert_eq!(*name, "${AWS::StackName}-${AWS::Region}");
}

#[test]
fn the_guide_lists_the_metrics_and_the_alarms() {
    let guide = guide();
    let (_, listed) = guide
        .split_once("Metrics are in the namespace `Crowfly`")
        .expect("the metrics");
    let listed = quoted(listed.split("\n\n").next().unwrap());
    let written: BTreeSet<String> = measured().into_iter().map(|(_, name)| name).collect();
    assert_eq!(listed, written);

    let (_, table) = guide
        .split_once("| alarm | what it means | what to do |\n| --- | --- | --- |\n")
        .expect("the table of alarms");
    let rows = table.lines().take_while(|line| line.starts_with('|'));
    let listed: BTreeSet<String> = rows
        .flat_map(|row| quoted(row.split('|').nth(1).unwrap()))
        .collect();
    let alarms = of_type("AWS::CloudWatch::Alarm").into_iter();
    let alarms: BTreeSet<String> = alarms.map(|(name, _)| name.to_owned()).collect();
    assert_eq!(listed, alarms);
}

/// The alarm counts uploads, while a refused create of a hundred is one request: the query adds up the same
/// numbers.
#[test]
fn a36_refusals_are_looked_up_by_what_the_alarm_counts() {
    let query = "filter ispresent(Refused) | stats sum(Refused) as ";
    assert!(guide().contains(query));
    assert!(dashboard().to_string().contains(query));
}

/// A flood of requests throttles all callers, before any function counts a refusal.
#[test]
fn a36_an_alarm_fires_when_the_stage_throttles() {
    let filter = properties("ThrottledRequests");
    assert_eq!(filter["LogGroupName"], json!({"Ref": "ApiLogs"}));
    let made = &filter["MetricTransformations"][0];
    let alarm = properties("ThrottleAlarm");
    assert_eq!(alarm["Namespace"], made["MetricNamespace"]);
    assert_eq!(alarm["MetricName"], made["MetricName"]);
    let pattern = filter["FilterPattern"].as_str().unwrap();
    let log = &properties("Stage")["AccessLogSettings"]["Format"]["Fn::Sub"][0];
    let log = log.as_str().unwrap().replace("${SourceIp}", "");
    let log: Value = serde_json::from_str(&log).unwrap();
    let fields: Vec<&str> = pattern
        .split("$.")
        .skip(1)
        .map(|rest| rest.split(' ').next().unwrap())
        .collect();
    assert_eq!(fields, ["status", "integrationLatency"]);
    for field in fields {
        assert_eq!(log[field], format!("$context.{field}"));
    }
}

/// AWS may write no log line for a request that it throttles; its own metrics do not depend on the log.
#[test]
fn d7_an_alarm_fires_on_the_gateways_own_counts() {
    let alarm = properties("FloodAlarm");
    let metrics = alarm["Metrics"].as_array().unwrap();
    let metric = |id: &str| metrics.iter().find(|metric| metric["Id"] == id).unwrap();
    for (id, name) in [("requests", "Count"), ("refused", "4xx")] {
        let stat = &metric(id)["MetricStat"];
        assert_eq!(
            (&stat["Stat"], &stat["Period"]),
            (&json!("Sum"), &json!(60))
        );
        let expected = json!({
            "Namespace": "AWS/ApiGateway", "MetricName": name,
            "Dimensions": [{"Name": "ApiId", "Value": {"Ref": "Api"}}],
        });
        assert_eq!(stat["Metric"], expected);
        assert_eq!(metric(id)["ReturnData"], false);
    }
    let share = metric("share");
    assert_eq!(share["ReturnData"], true);
    assert_eq!(
        share["Expression"],
        "IF(requests >= 6000, 100 * refused / requests, 0)"
    );
    // The least that the stage throttles by default is far more.
    let rate = template()["Parameters"]["ApiRateLimit"]["Default"].as_u64();
    assert!(rate.is_some_and(|rate| 60 * rate > 10 * 6000));
}

#[test]
fn alarms_watch_metrics_that_exist_and_tell_the_topic() {
    let measured = measured();
    for (name, alarm) in of_type("AWS::CloudWatch::Alarm") {
        let alarm = &alarm["Properties"];
        let topic = json!({"Fn::If": ["HasAlarmTopic", [{"Ref": "AlarmTopicArn"}], {"Ref": "AWS::NoValue"}]});
        assert_eq!(alarm["AlarmActions"], topic, "{name}");
        // Only for this alarm is missing data a reason to alarm:
        // https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
        let without_data = if name == "SweepSilent" {
            "breaching"
        } else {
            "notBreaching"
        };
        assert_eq!(alarm["TreatMissingData"], without_data, "{name}");
        if alarm["Namespace"] == "Crowfly" {
            let metric = alarm["MetricName"].as_str().unwrap();
            let dimension = &alarm["Dimensions"][0];
            assert_eq!(dimension["Name"], "function", "{name}");
            let function = dimension["Value"]["Ref"].as_str().unwrap();
            let writes = |(writer, other): &(&str, String)| *writer == function && other == metric;
            assert!(
                measured.iter().any(writes),
                "{name}: {function} does not write {metric}"
            );
        }
    }
    let watched = |metric: &str| {
        of_type("AWS::CloudWatch::Alarm")
            .iter()
            .any(|(_, alarm)| alarm["Properties"]["MetricName"] == metric)
    };
    for metric in ["5xx", "UploadsRepaired", "QuotaRefusals", "UploadsInfected"] {
        assert!(watched(metric), "{metric}");
    }
}
