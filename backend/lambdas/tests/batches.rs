//! Queue events: partial batch responses with exact ids, and errors that make Lambda retry.

mod common;

use common::{NOW, id, owner};
use crowfly_contract::UploadStatus;
use crowfly_core::FaultKind;
use crowfly_core::Outbox;
use crowfly_core::address::ObjectAddress;
use crowfly_core::denied::DeniedOwners;
use crowfly_core::forward::Forwarder;
use crowfly_core::record::{Recorder, Redelivery};
use crowfly_lambdas::{forward, record};
use crowfly_testing::{Memory, head_of, row_of};
use serde_json::{Value, json};

fn address() -> ObjectAddress {
    ObjectAddress::on_aws("bucket", "eu-west-1")
}

fn created(key: &str) -> Value {
    json!({"Records": [{"eventVersion": "2.6", "eventSource": "aws:s3", "eventName": "ObjectCreated:Put",
        "eventTime": "2026-11-22T10:20:30.123Z", "s3": {"bucket": {"name": "bucket"},
        "object": {"key": key, "sequencer": "A1", "size": 9, "eTag": "e"}}}]})
}

fn settings() -> record::Settings {
    record::Settings {
        recorder: Recorder {
            bucket: "bucket".to_owned(),
            address: address(),
            scan_uploads: false,
            outbox: Outbox::Off,
        },
        redelivery: Redelivery {
            visibility_timeout_s: 120,
        },
        denied: DeniedOwners::default(),
    }
}

async fn failures(memory: &Memory, bodies: &[String]) -> Vec<String> {
    let records: Vec<Value> = bodies
        .iter()
        .enumerate()
        .map(|(n, body)| {
            json!({"messageId": format!("m{n}"), "body": body, "eventSource": "aws:sqs",
            "receiptHandle": format!("r{n}"), "attributes": {"ApproximateReceiveCount": "2"}})
        })
        .collect();
    let event = json!({"Records": records});
    let answer = record::handle(memory, memory, memory, memory, &settings(), event, NOW)
        .await
        .unwrap();
    answer
        .batch_item_failures
        .into_iter()
        .map(|failure| failure.item_identifier)
        .collect()
}

#[tokio::test]
async fn f60_exactly_the_failed_messages_are_retried() {
    let memory = Memory::default();
    let mut bodies = Vec::new();
    for n in 0..10 {
        let row = row_of(&owner("alice"), id(n), 1);
        memory.set_object(&row.record.key, Some(head_of("e")));
        bodies.push(created(&row.record.key.to_string()).to_string());
        memory.set_row(row);
    }
    bodies[2] = "poison".to_owned();
    bodies[5] = json!({"Event": "s3:TestEvent"}).to_string();
    bodies[7] = "{}".to_owned();
    memory.fail_next("apply_event", FaultKind::Throttled);
    let failed = failures(&memory, &bodies).await;
    assert_eq!(failed, ["m0", "m2", "m7"]);
    // The others were handled, and handling all again changes only what a fault interrupted.
    assert_eq!(failures(&memory, &bodies).await, ["m2", "m7"]);
    assert_eq!(memory.row_count(), 10);
}

#[tokio::test]
async fn f59_f64_malformed_messages_are_retried_at_once_and_faults_later() {
    let memory = Memory::default();
    let row = row_of(&owner("alice"), id(1), 1);
    memory.set_object(&row.record.key, Some(head_of("e")));
    let good = created(&row.record.key.to_string());
    let unreadable = json!({"Records": [good["Records"][0], {"eventSource": "aws:s3"}]});
    let bodies = [
        good.to_string(),
        "poison".to_owned(),
        unreadable.to_string(),
    ];
    for _ in 0..2 {
        memory.fail_next("head_object", FaultKind::Unavailable);
    }
    assert_eq!(failures(&memory, &bodies).await, ["m0", "m1", "m2"]);
    let timeouts = |memory: &Memory| -> Vec<(String, u32)> {
        let set = memory.visibility_timeouts().into_iter();
        set.map(|timeout| (timeout.receipt, timeout.seconds))
            .collect()
    };
    let wait = |n: u32, seconds| (format!("r{n}"), seconds);
    assert_eq!(timeouts(&memory), [wait(0, 15), wait(1, 0), wait(2, 15)]);
    // A failure to set the timeout does not change the response.
    memory.fail_next("set_visibility_timeouts", FaultKind::Denied);
    assert_eq!(failures(&memory, &bodies).await, ["m1", "m2"]);
    assert_eq!(failures(&memory, &bodies).await, ["m1", "m2"]);
    assert_eq!(timeouts(&memory)[3..], [wait(1, 0), wait(2, 0)]);
}

#[tokio::test]
async fn f60_no_failure_is_an_empty_list() {
    assert_eq!(
        failures(&Memory::default(), &[]).await,
        Vec::<String>::new()
    );
    let test = json!({"Event": "s3:TestEvent"}).to_string();
    assert_eq!(
        failures(&Memory::default(), &[test]).await,
        Vec::<String>::new()
    );
    let answer = record::BatchAnswer {
        batch_item_failures: vec![record::Failure {
            item_identifier: "m".to_owned(),
        }],
    };
    assert_eq!(
        json!(answer),
        json!({"batchItemFailures": [{"itemIdentifier": "m"}]})
    );
}

#[tokio::test]
async fn f60_without_a_message_id_the_whole_batch_is_retried() {
    for event in [json!({}), json!(null), json!({"Records": [{"body": "{}"}]})] {
        let memory = Memory::default();
        assert!(
            record::handle(&memory, &memory, &memory, &memory, &settings(), event, NOW)
                .await
                .is_err()
        );
    }
}

#[tokio::test]
async fn f67_a_send_that_fails_is_an_error_of_the_function() {
    let forwarder = Forwarder {
        bucket: "bucket".to_owned(),
        address: address(),
        key_suffix: ".webm".to_owned(),
    };
    let memory = Memory::default();
    forward::handle(&memory, &forwarder, created("uploads/a.webm"), NOW)
        .await
        .unwrap();
    assert_eq!(memory.sent().len(), 1);
    memory.fail_next("send_messages", FaultKind::Unavailable);
    assert!(
        forward::handle(&memory, &forwarder, created("uploads/a.webm"), NOW)
            .await
            .is_err()
    );
    assert!(
        forward::handle(&memory, &forwarder, created("uploads/refused.webm"), NOW)
            .await
            .is_err()
    );
}

/// A URL outlives the denial of its owner by minutes: what is stored with it is recorded, and
/// reported to the operator.
#[tokio::test]
async fn a95_what_a_denied_owner_stores_is_recorded_all_the_same() {
    let memory = Memory::default();
    let row = row_of(&owner("alice"), id(1), 1);
    memory.set_object(&row.record.key, Some(head_of("e")));
    memory.set_row(row.clone());
    let settings = record::Settings {
        denied: owner("alice").as_str().parse().unwrap(),
        ..settings()
    };
    let body = created(&row.record.key.to_string()).to_string();
    let event = json!({"Records": [{"messageId": "m", "body": body, "receiptHandle": "r"}]});
    let answer = record::handle(&memory, &memory, &memory, &memory, &settings, event, NOW).await;
    assert!(answer.unwrap().batch_item_failures.is_empty());
    let stored = memory.row(&owner("alice"), id(1)).unwrap().record;
    assert_eq!(stored.status, crowfly_contract::UploadStatus::Stored);
}

/// The upload is recorded, and its owner sees it; the application is notified by the next delivery.
#[tokio::test]
async fn a_message_whose_notification_fails_is_retried() {
    let memory = Memory::default();
    let row = row_of(&owner("alice"), id(1), 1);
    memory.set_object(&row.record.key, Some(head_of("e")));
    memory.set_row(row.clone());
    let mut settings = settings();
    settings.recorder.outbox = Outbox::On;
    let body = created(&row.record.key.to_string()).to_string();
    let event = json!({"Records": [{"messageId": "m", "body": body, "receiptHandle": "r"}]});
    memory.fail_next("put_events", FaultKind::Unavailable);
    for (failures, sent) in [(1, 0), (0, 2), (0, 2)] {
        let event = event.clone();
        let handled =
            record::handle(&memory, &memory, &memory, &memory, &settings, event, NOW).await;
        assert_eq!(handled.unwrap().batch_item_failures.len(), failures);
        assert_eq!(memory.notifications().len(), sent);
        let stored = memory.row(&owner("alice"), id(1)).unwrap().record;
        assert_eq!(stored.status, UploadStatus::Stored);
    }
}
