//! From the bucket to the table: no event is lost, and none blocks others.

use serde_json::{Value, json};

use crate::document::{list, of_type, properties, template};

fn default(parameter: &str) -> u64 {
    template()["Parameters"][parameter]["Default"]
        .as_u64()
        .unwrap_or_else(|| panic!("{parameter} has a default"))
}

#[test]
fn f72_a_message_stays_hidden_for_six_times_the_function_timeout() {
    assert_eq!(
        properties("Queue")["VisibilityTimeout"],
        json!({"Ref": "VisibilityTimeoutSeconds"})
    );
    let timeout = &template()["Globals"]["Function"]["Timeout"];
    assert_eq!(*timeout, json!({"Ref": "FunctionTimeoutSeconds"}));
    // The function on the queue has no longer timeout of its own.
    assert_eq!(properties("RecordFunction")["Timeout"], Value::Null);
    let window = properties("RecordEvents")["MaximumBatchingWindowInSeconds"]
        .as_u64()
        .unwrap_or(0);
    assert!(default("VisibilityTimeoutSeconds") >= 6 * default("FunctionTimeoutSeconds") + window);
}

#[test]
fn a_dead_letter_is_kept_longer_than_a_live_one() {
    let kept = |queue: &str| {
        properties(queue)["MessageRetentionPeriod"]
            .as_u64()
            .unwrap()
    };
    assert!(kept("Dlq") > kept("Queue"));
    assert!(kept("ForwardDlq") > kept("Queue"));
}

#[test]
fn f66_f69_the_receives_of_a_message_outlast_an_outage_of_half_an_hour() {
    let receives = properties("Queue")["RedrivePolicy"]["maxReceiveCount"].as_u64();
    assert!(receives.unwrap() * default("VisibilityTimeoutSeconds") > 30 * 60);
}

#[test]
fn poison_moves_to_the_dead_letter_queue_of_its_queue_alone() {
    let redrive = &properties("Queue")["RedrivePolicy"];
    assert_eq!(
        redrive["deadLetterTargetArn"],
        json!({"Fn::GetAtt": "Dlq.Arn"})
    );
    let allow = &properties("Dlq")["RedriveAllowPolicy"];
    assert_eq!(allow["redrivePermission"], "byQueue");
    let sources = list(&allow["sourceQueueArns"]);
    let own = properties("Queue")["QueueName"]["Fn::Sub"]
        .as_str()
        .unwrap();
    assert_eq!(sources.len(), 1);
    assert!(
        sources[0]["Fn::Sub"]
            .as_str()
            .unwrap()
            .ends_with(&format!(":{own}"))
    );
}

#[test]
fn f60_a_batch_reports_its_failures_one_by_one() {
    for (name, mapping) in of_type("AWS::Lambda::EventSourceMapping") {
        let mapping = &mapping["Properties"];
        assert_eq!(
            mapping["FunctionResponseTypes"],
            json!(["ReportBatchItemFailures"]),
            "{name}"
        );
        assert_eq!(
            mapping["ScalingConfig"]["MaximumConcurrency"],
            json!({"Ref": "MaxConcurrency"}),
            "{name}"
        );
    }
}

#[test]
fn f67_what_forward_cannot_send_is_kept() {
    let retries = properties("ForwardRetries");
    assert_eq!(
        retries["DestinationConfig"]["OnFailure"]["Destination"],
        json!({"Fn::GetAtt": "ForwardDlq.Arn"})
    );
    assert_eq!(retries["MaximumRetryAttempts"], 2);
}

#[test]
fn f71_the_queue_takes_the_largest_event() {
    for (name, queue) in of_type("AWS::SQS::Queue") {
        assert_eq!(
            queue["Properties"]["MaximumMessageSize"],
            Value::Null,
            "{name}"
        );
    }
}

#[test]
fn a93_only_uploads_make_events() {
    let routes = properties("Bucket")["NotificationConfiguration"]["Fn::If"]
        .as_array()
        .unwrap();
    assert_eq!(routes[0], "ViaLambda");
    let direct = &routes[2]["Fn::If"][2];
    for (route, target) in [
        (
            &routes[1]["LambdaConfigurations"],
            json!({"Function": {"Fn::GetAtt": "ForwardFunction.Arn"}}),
        ),
        (
            &direct["QueueConfigurations"],
            json!({"Queue": {"Fn::GetAtt": "Queue.Arn"}}),
        ),
    ] {
        let (field, arn) = target.as_object().unwrap().iter().next().unwrap();
        let mut events = Vec::new();
        for entry in route.as_array().unwrap() {
            let prefix = json!([{"Name": "prefix", "Value": "uploads/"}]);
            assert_eq!(entry["Filter"]["S3Key"]["Rules"], prefix);
            assert_eq!(entry[field], *arn);
            events.push(entry["Event"].as_str().unwrap());
        }
        // S3 reports objects that a lifecycle rule removes as LifecycleExpiration, not as ObjectRemoved:
        // https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-event-types-and-destinations.html
        let expected = [
            "s3:ObjectCreated:*",
            "s3:ObjectRemoved:*",
            "s3:LifecycleExpiration:*",
        ];
        assert_eq!(events, expected);
    }
}

#[test]
fn a89_only_this_bucket_of_this_account_may_send() {
    let statements = list(&properties("QueuePolicy")["PolicyDocument"]["Statement"]);
    assert!(statements.iter().all(|s| s["Effect"] != "Allow"));
    let choices = statements.iter().filter_map(|s| s["Fn::If"].as_array());
    let choices: Vec<_> = choices.filter(|choice| choice[0] != "Scanned").collect();
    assert_eq!(choices.len(), 1);
    assert_eq!(choices[0][0], "ViaEventBridge");
    let allowed = &choices[0][2];
    assert_eq!(allowed["Principal"], json!({"Service": "s3.amazonaws.com"}));
    assert_eq!(allowed["Action"], "sqs:SendMessage");
    let condition = &allowed["Condition"];
    assert_eq!(
        condition["StringEquals"],
        json!({"aws:SourceAccount": {"Ref": "AWS::AccountId"}})
    );
    let source = &condition["ArnEquals"]["aws:SourceArn"];
    let permission = properties("ForwardPermission");
    assert_eq!(permission["SourceArn"], *source);
    assert_eq!(
        permission["SourceAccount"],
        json!({"Ref": "AWS::AccountId"})
    );
    assert_eq!(permission["Principal"], "s3.amazonaws.com");
    // Both names are built from the bucket's.
    let parts = source["Fn::Sub"].as_array().unwrap();
    let bucket = properties("Bucket")["BucketName"]["Fn::Sub"]
        .as_array()
        .unwrap();
    assert_eq!(
        parts[0],
        format!(
            "arn:${{AWS::Partition}}:s3:::{}",
            bucket[0].as_str().unwrap()
        )
    );
    assert_eq!(parts[1], bucket[1]);
}

#[test]
fn an_alarm_fires_when_events_wait_or_die() {
    let watched = |queue: &str, metric: &str| {
        of_type("AWS::CloudWatch::Alarm").iter().any(|(_, alarm)| {
            let alarm = &alarm["Properties"];
            let value = &alarm["Dimensions"][0]["Value"];
            alarm["MetricName"] == metric
                && *value == json!({"Fn::GetAtt": format!("{queue}.QueueName")})
        })
    };
    assert!(watched("Dlq", "ApproximateNumberOfMessagesVisible"));
    assert!(watched("ForwardDlq", "ApproximateNumberOfMessagesVisible"));
    assert!(watched("Queue", "ApproximateAgeOfOldestMessage"));
}

/// A reported batch item failure is no function error, and a message received often no longer counts in the
/// queue's age: until it is dead, only this metric shows it.
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html>
#[test]
fn f74_an_alarm_fires_while_events_fail_and_before_they_die() {
    let alarm = properties("EventsFailed");
    assert_eq!(
        (&alarm["Namespace"], &alarm["MetricName"]),
        (&json!("Crowfly"), &json!("EventsFailed"))
    );
    assert_eq!(
        alarm["Dimensions"][0]["Value"],
        json!({"Ref": "RecordFunction"})
    );
    let alarm_after =
        alarm["Period"].as_u64().unwrap() * alarm["EvaluationPeriods"].as_u64().unwrap();
    let receives = properties("Queue")["RedrivePolicy"]["maxReceiveCount"].as_u64();
    assert!(4 * alarm_after < receives.unwrap() * default("VisibilityTimeoutSeconds"));
}

#[test]
fn only_what_is_over_goes_away_by_itself() {
    let expected = json!({"AttributeName": "expiresAt", "Enabled": true});
    assert_eq!(properties("Table")["TimeToLiveSpecification"], expected);
    for (name, kept) in [
        ("Bucket", "RetainExceptOnCreate"),
        ("Table", "RetainExceptOnCreate"),
    ] {
        let resource = &template()["Resources"][name];
        assert_eq!(resource["DeletionPolicy"], kept, "{name}");
        assert_eq!(resource["UpdateReplacePolicy"], "Retain", "{name}");
    }
}
