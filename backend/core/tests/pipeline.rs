//! From S3's event to the record, over memory: whatever comes twice, late, reordered or broken.

mod common;

use common::{NOW, id, owner};
use crowfly_contract::{EventKind, ObjectKey, UploadStatus};
use crowfly_core::FaultKind;
use crowfly_core::address::ObjectAddress;
use crowfly_core::forward::{ForwardError, Forwarder, forward};
use crowfly_core::record::{Done, RecordError, Recorder, record};
use crowfly_core::testing::{Memory, head_of, row_of};
use serde_json::{Value, json};

fn address() -> ObjectAddress {
    ObjectAddress::on_aws("bucket", "eu-west-1")
}

fn recorder() -> Recorder {
    Recorder {
        bucket: "bucket".to_owned(),
        address: address(),
    }
}

fn key(n: u128) -> ObjectKey {
    row_of(&owner('a'), id(n), 1).record.key
}

/// One record of an S3 event; `etag` is `None` for a removal.
fn event(key: &str, sequencer: &str, etag: Option<&str>) -> Value {
    let mut object = json!({"key": key, "sequencer": sequencer});
    if let Some(etag) = etag {
        object["size"] = 9.into();
        object["eTag"] = etag.into();
    }
    let name = if etag.is_some() {
        "ObjectCreated:Put"
    } else {
        "ObjectRemoved:Delete"
    };
    json!({"eventVersion": "2.6", "eventSource": "aws:s3", "eventName": name,
        "eventTime": "2026-11-22T10:20:30.123Z", "s3": {"bucket": {"name": "bucket"}, "object": object}})
}

fn created(n: u128, sequencer: &str, etag: &str) -> String {
    json!({"Records": [event(&key(n).to_string(), sequencer, Some(etag))]}).to_string()
}

fn removed(n: u128, sequencer: &str) -> String {
    json!({"Records": [event(&key(n).to_string(), sequencer, None)]}).to_string()
}

async fn tell(memory: &Memory, body: &str) -> Result<Done, RecordError> {
    let mut results = record(memory, memory, &recorder(), body).await;
    assert_eq!(results.len(), 1);
    results.remove(0)
}

fn pending(n: u128) -> Memory {
    let memory = Memory::default();
    memory.set_row(row_of(&owner('a'), id(n), 1));
    memory.set_object(&key(n), Some(head_of("e1")));
    memory
}

#[tokio::test]
async fn an_event_makes_the_pending_record_stored_and_verified() {
    let memory = pending(1);
    let done = tell(&memory, &created(1, "A1", "e1")).await.unwrap();
    let expected = Done::Written {
        owner: owner('a'),
        id: id(1),
        kind: EventKind::Created,
        verified: true,
    };
    assert_eq!(done, expected);
    let record = memory.row(&owner('a'), id(1)).unwrap().record;
    assert_eq!(
        (record.status, record.stored_at),
        (UploadStatus::Stored, Some(NOW))
    );
    assert_eq!(record.url, Some(address().of(&key(1).to_string())));
    assert_eq!(record.name, "ä.webm");
}

#[tokio::test]
async fn f50_f62_f68_the_same_event_again_changes_nothing() {
    let memory = pending(1);
    tell(&memory, &created(1, "A1", "e1")).await.unwrap();
    let once = memory.row(&owner('a'), id(1));
    for _ in 0..10 {
        assert_eq!(
            tell(&memory, &created(1, "A1", "e1")).await,
            Ok(Done::NotNewer)
        );
    }
    assert_eq!(
        (memory.row(&owner('a'), id(1)), memory.row_count()),
        (once, 1)
    );
}

#[tokio::test]
async fn f52_a_late_put_does_not_resurrect() {
    let memory = pending(1);
    tell(&memory, &removed(1, "A2")).await.unwrap();
    assert_eq!(
        tell(&memory, &created(1, "A1", "e1")).await,
        Ok(Done::NotNewer)
    );
    assert_eq!(
        memory.row(&owner('a'), id(1)).unwrap().record.status,
        UploadStatus::Deleted
    );
}

#[tokio::test]
async fn f56_an_object_that_is_gone_is_left_to_the_event_of_its_removal() {
    let memory = pending(1);
    memory.set_object(&key(1), None);
    assert_eq!(tell(&memory, &created(1, "A1", "e1")).await, Ok(Done::Gone));
    assert_eq!(
        memory.row(&owner('a'), id(1)).unwrap().record.status,
        UploadStatus::Pending
    );
    tell(&memory, &removed(1, "A2")).await.unwrap();
    assert_eq!(
        memory.row(&owner('a'), id(1)).unwrap().record.status,
        UploadStatus::Deleted
    );
}

#[tokio::test]
async fn f51_f57_an_overwritten_object_waits_for_its_own_event() {
    let memory = pending(1);
    memory.set_object(&key(1), Some(head_of("e2")));
    assert_eq!(
        tell(&memory, &created(1, "A1", "e1")).await,
        Ok(Done::Superseded)
    );
    tell(&memory, &created(1, "A2", "e2")).await.unwrap();
    assert_eq!(
        tell(&memory, &created(1, "A1", "e1")).await,
        Ok(Done::Superseded)
    );
    let record = memory.row(&owner('a'), id(1)).unwrap().record;
    assert_eq!(
        (record.etag.as_deref(), record.sequencer.as_deref()),
        (Some("e2"), Some("A2"))
    );
}

#[tokio::test]
async fn an_object_that_lands_after_a_cancel_is_the_truth() {
    let memory = pending(1);
    let mut row = row_of(&owner('a'), id(1), 1);
    row.record.status = UploadStatus::Aborted;
    row.record.expires_at = Some(NOW);
    memory.set_row(row);
    tell(&memory, &created(1, "A1", "e1")).await.unwrap();
    let record = memory.row(&owner('a'), id(1)).unwrap().record;
    assert_eq!(
        (record.status, record.expires_at),
        (UploadStatus::Stored, None)
    );
}

#[tokio::test]
async fn a89_f58_f59_what_is_not_ours_is_acked_and_writes_nothing() {
    let memory = pending(1);
    let ours = key(1).to_string();
    let mut foreign = event(&ours, "A1", Some("e1"));
    foreign["s3"]["bucket"]["name"] = "other".into();
    let bodies = [
        json!({"Records": [foreign]}),
        json!({"Event": "s3:TestEvent", "Bucket": "bucket"}),
        json!({"Records": []}),
        json!({"Records": [event("uploads/x", "A1", Some("e1"))]}),
        json!({"Records": [event("elsewhere/a.webm", "A1", Some("e1"))]}),
        json!({"Records": [event(&format!("{ours}/x"), "A1", Some("e1"))]}),
    ];
    for body in bodies {
        let done = tell(&memory, &body.to_string()).await;
        assert!(matches!(done, Ok(Done::Ignored(_))), "{body}: {done:?}");
    }
    assert_eq!(memory.calls(), Vec::<&str>::new());
}

#[tokio::test]
async fn f59_poison_is_an_error_of_its_own_kind() {
    let memory = pending(1);
    for body in ["", "{}", "not json", r#"{"v":9}"#] {
        assert!(
            matches!(tell(&memory, body).await, Err(RecordError::Poison(_))),
            "{body}"
        );
    }
}

#[tokio::test]
async fn f64_f65_a_fault_comes_again_and_ends_in_the_same_row() {
    for verb in ["head_object", "apply_event"] {
        for kind in [
            FaultKind::Throttled,
            FaultKind::Unavailable,
            FaultKind::Denied,
        ] {
            let memory = pending(1);
            memory.fail_next(verb, kind);
            let first = tell(&memory, &created(1, "A1", "e1")).await;
            assert!(
                matches!(first, Err(RecordError::Fault(_))),
                "{verb} {kind:?}"
            );
            assert!(matches!(
                tell(&memory, &created(1, "A1", "e1")).await,
                Ok(Done::Written { .. })
            ));
        }
    }
}

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
    tell(&direct, &created(1, "A1", "e1")).await.unwrap();
    let s3: Value = serde_json::from_str(&created(1, "A1", "e1")).unwrap();
    forward(&by_forward, &forwarder(".webm"), &s3)
        .await
        .unwrap();
    let message = serde_json::to_string(&by_forward.sent()[0]).unwrap();
    tell(&by_forward, &message).await.unwrap();
    assert_eq!(
        direct.row(&owner('a'), id(1)),
        by_forward.row(&owner('a'), id(1))
    );
}

#[tokio::test]
async fn f67_what_was_not_sent_is_an_error_after_everything_was_tried() {
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
    assert!(matches!(error, ForwardError::Poison(_)));
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
