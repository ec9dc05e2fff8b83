//! Withheld files: from the queue message to the response of the API.

mod common;

use common::{NOW, assert_problem, event, id, json_of, owner, read, variable};
use crowfly_core::Outbox;
use crowfly_core::address::ObjectAddress;
use crowfly_core::denied::DeniedOwners;
use crowfly_core::ports::Head;
use crowfly_core::record::{Recorder, Redelivery};
use crowfly_lambdas::record;
use crowfly_lambdas::variables::Variables;
use crowfly_testing::{Memory, head_of, row_of};
use serde_json::{Value, json};

/// Handles one message, with or without scanning; returns the number of failures.
async fn handle_message(memory: &Memory, scan_uploads: bool, body: &Value) -> usize {
    let settings = record::Settings {
        recorder: Recorder {
            bucket: "bucket".to_owned(),
            address: ObjectAddress::on_aws("bucket", "eu-west-1"),
            scan_uploads,
            outbox: Outbox::Off,
        },
        redelivery: Redelivery {
            visibility_timeout_s: 120,
        },
        denied: DeniedOwners::default(),
    };
    let batch = json!({"Records": [{"messageId": "m", "receiptHandle": "r", "body": body.to_string(),
        "attributes": {"ApproximateReceiveCount": "1"}}]});
    let answer = record::handle(memory, memory, memory, memory, &settings, batch, NOW).await;
    answer.unwrap().batch_item_failures.len()
}

fn key() -> String {
    row_of(&owner("alice"), id(1), 1).record.key.to_string()
}

fn stored() -> Value {
    json!({"Records": [{"eventVersion": "2.6", "eventSource": "aws:s3", "eventName": "ObjectCreated:Put",
        "eventTime": "2026-11-22T10:20:30.123Z", "s3": {"bucket": {"name": "bucket"},
        "object": {"key": key(), "sequencer": "A1", "size": 9, "eTag": "e"}}}]})
}

fn scan(status: &str) -> Value {
    json!({"source": "crowfly.scanner", "detail-type": "GuardDuty Malware Protection Object Scan Result",
        "detail": {"s3ObjectDetails": {"bucketName": "bucket", "objectKey": key(), "eTag": "e"},
            "scanResultDetails": {"scanResultStatus": status}}})
}

fn world(first: &[u8]) -> Memory {
    let memory = Memory::default();
    let row = row_of(&owner("alice"), id(1), 1);
    memory.set_object(&row.record.key, Some(head_of("e")));
    memory.set_first_bytes(&row.record.key, first);
    memory.set_row(row);
    memory
}

async fn answers(memory: &Memory) -> (Value, crowfly_lambdas::http::Answer) {
    let path = format!("GET /uploads/{}", id(1));
    let record = json_of(&read(memory, event(&path, None)).await);
    let content = read(memory, event(&format!("{path}/content"), None)).await;
    (record, content)
}

#[tokio::test]
async fn a30_a_false_type_is_409_and_without_an_address() {
    let memory = world(b"<script>alert(1)</script>");
    assert_eq!(handle_message(&memory, false, &stored()).await, 0);
    let (record, content) = answers(&memory).await;
    assert_eq!(record["typeMismatch"], true);
    assert_eq!(
        (&record["seenType"], &record["withheld"]),
        (&json!("text/html"), &json!("active_content"))
    );
    assert_eq!(
        (&record["url"], &record["scan"]),
        (&Value::Null, &Value::Null)
    );
    assert_problem(&content, 409, "type_mismatch");
    assert_eq!(json_of(&content)["error"]["retryAfterMs"], Value::Null);
}

#[tokio::test]
async fn u5_a_related_type_is_marked_and_served_as_detected() {
    let memory = world(b"\0\0\0\x20ftypisom\0\0\x02\0");
    assert_eq!(handle_message(&memory, false, &stored()).await, 0);
    let (record, content) = answers(&memory).await;
    assert_eq!(
        (&record["typeMismatch"], &record["seenType"]),
        (&json!(true), &json!("video/mp4"))
    );
    assert!(record["url"].is_string() && record["withheld"].is_null());
    let url = json_of(&content)["url"].to_string();
    assert!(
        url.contains("type=video/mp4&disposition=attachment"),
        "{url}"
    );
}

#[tokio::test]
async fn h2_an_encoding_that_was_smuggled_in_withholds_the_file() {
    for encoding in ["gzip", "identity", "aws-chunked"] {
        let memory = world(b"\x1aE\xdf\xa3");
        let head = Head {
            content_encoding: Some(encoding.to_owned()),
            ..head_of("e")
        };
        memory.set_object(&key().parse().unwrap(), Some(head));
        assert_eq!(handle_message(&memory, false, &stored()).await, 0);
        let (record, content) = answers(&memory).await;
        assert_eq!(record["withheld"], "content_encoding", "{encoding}");
        assert_eq!(record["url"], Value::Null);
        assert_eq!(record["verified"], true, "storage has the declared bytes");
        assert_problem(&content, 409, "content_encoding");
    }
}

#[tokio::test]
async fn a85_a_scan_decides_whether_the_address_is_given() {
    let cases = [
        ("NO_THREATS_FOUND", "clean", 200, ""),
        ("THREATS_FOUND", "infected", 403, "infected"),
        ("UNSUPPORTED", "unscannable", 403, "infected"),
    ];
    for (found, scanned, status, code) in cases {
        let memory = world(b"");
        assert_eq!(handle_message(&memory, true, &stored()).await, 0);
        let (record, content) = answers(&memory).await;
        assert_eq!(
            (&record["scan"], &record["url"]),
            (&json!("pending"), &Value::Null)
        );
        assert_eq!(record["withheld"], "scan_pending");
        assert_problem(&content, 409, "scan_pending");
        assert!(json_of(&content)["error"]["retryAfterMs"].as_u64() > Some(0));

        assert_eq!(handle_message(&memory, true, &scan(found)).await, 0);
        let (record, content) = answers(&memory).await;
        assert_eq!(record["scan"], scanned);
        let withheld = if status == 200 {
            Value::Null
        } else {
            json!(code)
        };
        assert_eq!(record["withheld"], withheld);
        assert_eq!(record["url"].is_string(), status == 200, "{record}");
        match status {
            200 => assert_eq!(content.status_code, 200),
            _ => assert_problem(&content, status, code),
        }
    }
}

#[tokio::test]
async fn a85_f60_a_result_that_precedes_its_record_is_retried() {
    let memory = Memory::default();
    let row = row_of(&owner("alice"), id(1), 1);
    memory.set_object(&row.record.key, Some(head_of("e")));
    assert_eq!(
        handle_message(&memory, true, &scan("THREATS_FOUND")).await,
        1
    );
    assert_eq!(handle_message(&memory, true, &stored()).await, 0);
    assert_eq!(
        handle_message(&memory, true, &scan("THREATS_FOUND")).await,
        0
    );
    assert_problem(&answers(&memory).await.1, 403, "infected");
}

#[test]
fn f74_whether_uploads_are_scanned_is_on_or_off() {
    for (value, expected) in [
        (Some("on"), Some(true)),
        (Some("off"), Some(false)),
        (Some("yes"), None),
        (None, None),
    ] {
        let lookup = move |name: &'static str| match name {
            "SCAN_UPLOADS" => value.map(str::to_owned),
            _ => variable(name),
        };
        let read = Variables::new(&lookup).scan_uploads();
        assert_eq!(read.as_ref().ok().copied(), expected, "{value:?}");
        if let Err(error) = read {
            assert!(error.to_string().contains("SCAN_UPLOADS"));
        }
    }
}
