//! The example scanner: no scan is lost unnoticed, and its role may publish results under its own source only:
//! <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-conditions.html>.

use serde_json::{Value, json};

use crate::document::{list, read};

fn resources() -> Value {
    read("examples/scanner/template.yaml")["Resources"].take()
}

#[test]
fn a85_what_could_not_be_scanned_is_kept_and_raises_an_alarm() {
    let resources = resources();
    let queue = json!({"Fn::GetAtt": "ScannerDlq.Arn"});
    let retries = &resources["ScannerRetries"]["Properties"];
    assert_eq!(retries["FunctionName"], json!({"Ref": "ScannerFunction"}));
    assert_eq!(
        retries["DestinationConfig"]["OnFailure"]["Destination"],
        queue
    );
    let target = &resources["NewUploads"]["Properties"]["Targets"][0];
    assert_eq!(target["DeadLetterConfig"]["Arn"], queue);
    let kept = &resources["ScannerDlq"]["Properties"]["MessageRetentionPeriod"];
    assert_eq!(*kept, json!(14 * 24 * 3_600));
    let alarm = &resources["ScannerDlqAlarm"]["Properties"];
    assert_eq!(
        alarm["Dimensions"][0]["Value"],
        json!({"Fn::GetAtt": "ScannerDlq.QueueName"})
    );
    assert_eq!(alarm["MetricName"], "ApproximateNumberOfMessagesVisible");
    assert_eq!(
        (&alarm["Statistic"], &alarm["Threshold"]),
        (&json!("Maximum"), &json!(0))
    );
}

#[test]
fn a85_the_scanner_publishes_in_its_own_name_alone() {
    let resources = resources();
    let policy = &resources["ScannerRole"]["Properties"]["Policies"][0]["PolicyDocument"];
    let publishes: Vec<&Value> = list(&policy["Statement"])
        .into_iter()
        .filter(|statement| list(&statement["Action"]).contains(&&json!("events:PutEvents")))
        .collect();
    assert_eq!(publishes.len(), 1);
    assert_eq!(
        publishes[0]["Condition"],
        json!({"StringEquals": {"events:source": "crowfly.scanner"}})
    );
}
