//! Forwards S3 events to the queue, in memory, and handles them to the same record.

mod common;

use common::events::{address, created, event, handle, pending, removed};
use common::{id, owner};
use crowfly_contract::EventKind;
use crowfly_core::FaultKind;
use crowfly_core::forward::{ForwardError, Forwarder, forward};
use crowfly_testing::Memory;
use serde_json::{Value, json};

fn forwarder(suffix: &str) -> Forwarder {
    Forwarder {
        bucket: "bucket".to_owned(),
        address: address(),
        key_suffix: suffix.to_owned(),
    }
}

#[tokio::test]
async fn a88_the_suffix_decides_case_sensitively_at_the_end() {
    let memory = Memory::default();
    let names = [
        "a.webm",
        "a.WEBM",
        "a.webm.txt",
        "webm",
        "a.webm%2F",
        ".webm",
        "a+b.webm",
    ];
    let records: Vec<Value> = names
        .iter()
        .map(|name| event(name, "A1", Some("e")))
        .collect();
    let done = forward(&memory, &forwarder(".webm"), &json!({"Records": records}))
        .await
        .unwrap();
    assert_eq!((done.sent, done.ignored), (3, 4));
    let keys: Vec<String> = memory
        .sent()
        .into_iter()
        .map(|message| message.key)
        .collect();
    assert_eq!(keys, ["a.webm", ".webm", "a b.webm"]);
}

#[tokio::test]
async fn a87_the_message_has_the_decoded_key_and_an_encoded_url() {
    let memory = Memory::default();
    let records =
        json!({"Records": [event("uploads/a+b%2B%25%26%23%ED%95%9C.webm", "A1", Some("e"))]});
    forward(&memory, &forwarder(".webm"), &records)
        .await
        .unwrap();
    let message = &memory.sent()[0];
    assert_eq!(message.key, "uploads/a b+%&#한.webm");
    assert_eq!(
        message.url,
        "https://bucket.s3.eu-west-1.amazonaws.com/uploads/a%20b%2B%25%26%23%ED%95%9C.webm"
    );
    assert_eq!(
        (message.size, message.etag.as_deref(), message.v),
        (Some(9), Some("e"), 1)
    );
}

#[tokio::test]
async fn both_routes_end_in_the_same_record() {
    let (direct, by_forward) = (pending(1), pending(1));
    handle(&direct, &created(1, "A1", "e1")).await.unwrap();
    let s3: Value = serde_json::from_str(&created(1, "A1", "e1")).unwrap();
    forward(&by_forward, &forwarder(".webm"), &s3)
        .await
        .unwrap();
    let message = serde_json::to_string(&by_forward.sent()[0]).unwrap();
    handle(&by_forward, &message).await.unwrap();
    assert_eq!(
        direct.row(&owner('a'), id(1)),
        by_forward.row(&owner('a'), id(1))
    );
}

#[tokio::test]
async fn f67_unsent_messages_are_an_error_after_all_batches_were_attempted() {
    let good = |n: usize| event(&format!("{n}.webm"), "A1", Some("e"));
    let mut records: Vec<Value> = (0..25).map(good).collect();
    records[3] = event("refused.webm", "A1", Some("e"));
    let memory = Memory::default();
    let error = forward(&memory, &forwarder(""), &json!({"Records": records}))
        .await
        .unwrap_err();
    assert_eq!(error, ForwardError::NotAccepted(1));
    assert_eq!(memory.sent().len(), 24);

    let memory = Memory::default();
    memory.fail_next("send_messages", FaultKind::Unavailable);
    let records: Vec<Value> = (0..25).map(good).collect();
    let error = forward(&memory, &forwarder(""), &json!({"Records": records}))
        .await
        .unwrap_err();
    assert!(matches!(error, ForwardError::Fault(_)));
    assert_eq!(memory.sent().len(), 15);

    let memory = Memory::default();
    let records = json!({"Records": [good(1), {"eventSource": "aws:s3"}, good(2)]});
    let error = forward(&memory, &forwarder(""), &records)
        .await
        .unwrap_err();
    assert!(matches!(error, ForwardError::Malformed(_)));
    assert_eq!(memory.sent().len(), 2);
}

#[tokio::test]
async fn removals_are_forwarded_too() {
    let memory = Memory::default();
    let s3: Value = serde_json::from_str(&removed(1, "A1")).unwrap();
    forward(&memory, &forwarder(".webm"), &s3).await.unwrap();
    let message = &memory.sent()[0];
    assert_eq!(
        (message.event, message.size, &message.etag),
        (EventKind::Removed, None, &None)
    );
}
