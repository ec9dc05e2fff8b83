//! S3's events as EventBridge delivers them: how they are read, and which object they mean.
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html>

mod common;

use common::events::{handle, key, pending};
use common::{NOW, id, owner};
use crowfly_contract::{EventKind, ObjectKey, UploadStatus};
use crowfly_core::message::{Malformed, Message, ObjectEvent, parse_message};
use crowfly_core::record::Outcome;
use crowfly_testing::{Memory, head_of};
use serde_json::{Value, json};

/// The documented example of a created object, with these changes; null removes a field.
fn bridged(changes: &[(&str, Value)]) -> Value {
    let mut event = json!({
        "version": "0",
        "id": "17793124-05d4-b198-2fde-7ededc63b103",
        "detail-type": "Object Created",
        "source": "aws.s3",
        "account": "111122223333",
        "time": "2026-11-22T10:20:30Z",
        "region": "eu-west-1",
        "resources": ["arn:aws:s3:::bucket"],
        "detail": {
            "version": "0",
            "event-version": "1.1",
            "bucket": {"name": "bucket"},
            "object": {"key": "uploads/a.webm", "size": 9, "etag": "e1", "version-id": "v1",
                "sequencer": "617f08299329d189"},
            "request-id": "N4N7GDK58NMKJ12R",
            "requester": "123456789012",
            "source-ip-address": "1.2.3.4",
            "reason": "PutObject",
        },
    });
    for (pointer, value) in changes {
        let (parent, field) = pointer.rsplit_once('/').unwrap();
        let parent = event.pointer_mut(parent).unwrap().as_object_mut().unwrap();
        match value {
            Value::Null => parent.remove(field),
            value => parent.insert(field.to_owned(), value.clone()),
        };
    }
    event
}

/// A removal, which has neither size nor entity tag.
fn bridged_removal(changes: &[(&str, Value)]) -> Value {
    let mut all = vec![
        ("/detail-type", json!("Object Deleted")),
        ("/detail/object/size", Value::Null),
        ("/detail/object/etag", Value::Null),
        ("/detail/reason", json!("DeleteObject")),
        ("/detail/deletion-type", json!("Permanently Deleted")),
    ];
    all.extend_from_slice(changes);
    bridged(&all)
}

fn one(event: &Value) -> Result<Message, Malformed> {
    let mut parsed = parse_message(&event.to_string());
    assert_eq!(parsed.len(), 1);
    parsed.remove(0)
}

#[track_caller]
fn object(event: &Value) -> ObjectEvent {
    match one(event) {
        Ok(Message::Object(event)) => event,
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_event_is_read_whatever_made_the_object() {
    for reason in [
        "PutObject",
        "POST Object",
        "CopyObject",
        "CompleteMultipartUpload",
    ] {
        let event = object(&bridged(&[("/detail/reason", json!(reason))]));
        assert_eq!(
            (event.kind, event.bucket.as_str(), event.key.as_str()),
            (EventKind::Created, "bucket", "uploads/a.webm")
        );
        assert_eq!((event.size, event.etag.as_deref()), (Some(9), Some("e1")));
        assert_eq!(event.version_id.as_deref(), Some("v1"));
        assert_eq!(event.sequencer.as_written(), "617f08299329d189");
        assert_eq!(
            (event.at, event.time.as_str()),
            (1_795_342_830_000, "2026-11-22T10:20:30Z")
        );
    }
}

#[test]
fn a_removal_is_read_whatever_removed_the_object() {
    for (reason, kind) in [
        ("DeleteObject", "Permanently Deleted"),
        ("DeleteObject", "Delete Marker Created"),
        ("Lifecycle Expiration", "Permanently Deleted"),
        ("Lifecycle Expiration", "Delete Marker Created"),
    ] {
        let removal = bridged_removal(&[
            ("/detail/reason", json!(reason)),
            ("/detail/deletion-type", json!(kind)),
        ]);
        let event = object(&removal);
        assert_eq!(event.kind, EventKind::Removed, "{reason}");
        assert_eq!((event.size, event.etag), (None, None), "{reason}");
    }
    let without = |reason: &str| {
        one(&bridged_removal(&[
            ("/detail/reason", json!(reason)),
            ("/detail/object/sequencer", Value::Null),
        ]))
    };
    let Ok(Message::Object(event)) = without("Lifecycle Expiration") else {
        panic!("a removal by the lifecycle needs no sequencer");
    };
    assert_eq!(event.sequencer.as_written(), "0");
    assert!(without("DeleteObject").is_err());
}

/// The key is kept as it is written; where decoding would change it, the other form is kept as well.
#[test]
fn a87_a_key_is_not_decoded() {
    for (written, decoded) in [
        ("uploads/plain.webm", None),
        ("uploads/a b é 👋.webm", None),
        ("uploads/a+b.webm", Some("uploads/a b.webm")),
        ("uploads/100%25.webm", Some("uploads/100%.webm")),
        ("uploads/a%2Bb+c.webm", Some("uploads/a+b c.webm")),
        ("uploads/100%.webm", None),
        ("uploads/%FF.webm", None),
    ] {
        let event = object(&bridged(&[("/detail/object/key", json!(written))]));
        assert_eq!(event.key, written);
        assert_eq!(event.decoded_key.as_deref(), decoded, "{written}");
    }
}

#[test]
fn f73_later_minor_versions_older_events_and_new_fields_are_fine() {
    for change in [
        ("/detail/event-version", Value::Null),
        ("/detail/event-version", json!("1.0")),
        ("/detail/event-version", json!("1.9")),
        ("/detail/bucket/aws-generated-tags", json!({"a": "b"})),
        ("/replay-name", json!("again")),
        ("/detail/object/version-id", Value::Null),
        ("/detail/reason", Value::Null),
        ("/account", Value::Null),
    ] {
        assert_eq!(object(&bridged(&[change])).kind, EventKind::Created);
    }
}

#[test]
fn f59_events_of_others_and_of_other_kinds_are_ignored() {
    for change in [
        ("/source", json!("crowfly.scanner")),
        ("/source", json!("aws.guardduty")),
        ("/source", json!("aws.s3.evil")),
        ("/source", Value::Null),
        ("/detail-type", json!("Object Tags Added")),
        ("/detail-type", json!("Object Restore Completed")),
        ("/detail-type", json!("AWS API Call via CloudTrail")),
        ("/detail-type", json!(1)),
    ] {
        let said = one(&bridged(std::slice::from_ref(&change)));
        assert!(matches!(said, Ok(Message::Ignored(_))), "{change:?}");
    }
}

#[test]
fn f59_what_cannot_be_parsed_is_malformed() {
    for change in [
        ("/detail", Value::Null),
        ("/detail", json!("text")),
        ("/detail/event-version", json!("2.0")),
        ("/detail/event-version", json!(1)),
        ("/detail/bucket", json!("bucket")),
        ("/detail/bucket/name", Value::Null),
        ("/detail/bucket/name", json!("")),
        ("/detail/object/key", Value::Null),
        ("/detail/object/key", json!("")),
        ("/detail/object/key", json!(["a"])),
        ("/detail/object/size", Value::Null),
        ("/detail/object/size", json!(-1)),
        ("/detail/object/size", json!("9")),
        ("/detail/object/sequencer", Value::Null),
        ("/detail/object/sequencer", json!("xyz")),
        ("/time", Value::Null),
        ("/time", json!("yesterday")),
    ] {
        let said = one(&bridged(std::slice::from_ref(&change)));
        assert!(said.is_err(), "{change:?}: {said:?}");
    }
    let doubled = bridged(&[]).to_string();
    let doubled = doubled.replace(r#""key":"#, r#""key":"other","key":"#);
    assert!(parse_message(&doubled)[0].is_err(), "a duplicate name");
}

/// The event of an object under this key, as EventBridge delivers it.
fn stored(key: &str, etag: &str) -> String {
    let changes = [
        ("/detail/object/key", json!(key)),
        ("/detail/object/etag", json!(etag)),
    ];
    bridged(&changes).to_string()
}

#[tokio::test]
async fn an_event_makes_the_pending_record_stored_and_its_removal_deleted() {
    let memory = pending(1);
    let text = key(1).to_string();
    let done = handle(&memory, &stored(&text, "e1")).await;
    assert!(
        matches!(done, Ok(Outcome::Written { verified: true, .. })),
        "{done:?}"
    );
    assert_eq!(
        handle(&memory, &stored(&text, "e1")).await,
        Ok(Outcome::NotNewer)
    );
    memory.set_object(&key(1), None);
    let removal = bridged_removal(&[
        ("/detail/object/key", json!(text)),
        ("/detail/object/sequencer", json!("617f08299329d190")),
    ]);
    handle(&memory, &removal.to_string()).await.unwrap();
    let record = memory.row(&owner('a'), id(1)).unwrap().record;
    assert_eq!(record.status, UploadStatus::Deleted);
}

fn named(name: &str) -> ObjectKey {
    ObjectKey::new(owner('a'), id(1), name).unwrap()
}

/// Nobody announced these objects; the event's key may be the object's own or its encoded form.
#[tokio::test]
async fn a87_storage_says_which_of_two_keys_is_meant() {
    for (written, in_storage, meant) in [
        // As written.
        ("a b.webm", &["a b.webm"] as &[&str], "a b.webm"),
        ("a+b.webm", &["a+b.webm"], "a+b.webm"),
        ("100%25.webm", &["100%25.webm"], "100%25.webm"),
        ("é 👋+1.webm", &["é 👋+1.webm"], "é 👋+1.webm"),
        // Encoded.
        ("a+b.webm", &["a b.webm"], "a b.webm"),
        ("100%25.webm", &["100%.webm"], "100%.webm"),
        ("%C3%A9+%2B.webm", &["é +.webm"], "é +.webm"),
        // Both exist: the one as written.
        ("a+b.webm", &["a+b.webm", "a b.webm"], "a+b.webm"),
    ] {
        let memory = Memory::default();
        for name in in_storage {
            memory.set_object(&named(name), Some(head_of("e1")));
        }
        let done = handle(&memory, &stored(&named(written).to_string(), "e1")).await;
        assert!(matches!(done, Ok(Outcome::Written { .. })), "{written}");
        let record = memory.row(&owner('a'), id(1)).unwrap().record;
        assert_eq!(record.key, named(meant), "{written}");
        assert_eq!(record.stored_at, Some(NOW - 123), "{written}");

        // The removal is of the same object, although storage no longer has any.
        for name in in_storage {
            memory.set_object(&named(name), None);
        }
        let removal = bridged_removal(&[
            ("/detail/object/key", json!(named(written).to_string())),
            ("/detail/object/sequencer", json!("617f08299329d190")),
        ]);
        handle(&memory, &removal.to_string()).await.unwrap();
        let record = memory.row(&owner('a'), id(1)).unwrap().record;
        assert_eq!(
            (record.key, record.status),
            (named(meant), UploadStatus::Deleted),
            "{written}"
        );
    }
}

#[tokio::test]
async fn neither_form_in_storage_writes_nothing() {
    let memory = Memory::default();
    let done = handle(&memory, &stored(&named("a+b.webm").to_string(), "e1")).await;
    assert_eq!((done, memory.row_count()), (Ok(Outcome::Gone), 0));
}
