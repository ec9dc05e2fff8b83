//! Parses the messages of the queue.

use crowfly_contract::EventKind;
use crowfly_core::message::{Malformed, Message, ObjectEvent, parse_message, parse_s3};
use serde_json::{Value, json};

fn s3_record(change: &[(&str, Value)]) -> Value {
    let mut record = json!({
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "awsRegion": "eu-west-1",
        "eventTime": "2026-11-22T10:20:30.123Z",
        "eventName": "ObjectCreated:Put",
        "s3": {
            "bucket": {"name": "films", "arn": "arn:aws:s3:::films"},
            "object": {"key": "uploads/a+b%2B%ED%95%9C.webm", "size": 9, "eTag": "e1",
                "sequencer": "0055AED6DCD90281E5"},
        },
    });
    for (pointer, value) in change {
        let (parent, field) = pointer.rsplit_once('/').unwrap();
        let parent = record.pointer_mut(parent).unwrap().as_object_mut().unwrap();
        match value {
            Value::Null => parent.remove(field),
            value => parent.insert(field.to_owned(), value.clone()),
        };
    }
    record
}

fn one(record: Value) -> Result<Message, Malformed> {
    let mut parsed = parse_message(&json!({"Records": [record]}).to_string());
    assert_eq!(parsed.len(), 1);
    parsed.remove(0)
}

fn object(record: Value) -> ObjectEvent {
    match one(record) {
        Ok(Message::Object(event)) => event,
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_event_of_s3_is_read_and_its_key_decoded_once() {
    let event = object(s3_record(&[("/s3/object/versionId", json!("v1"))]));
    assert_eq!(event.key, "uploads/a b+한.webm");
    assert_eq!((event.kind, event.size), (EventKind::Created, Some(9)));
    assert_eq!(
        (event.etag.as_deref(), event.version_id.as_deref()),
        (Some("e1"), Some("v1"))
    );
    assert_eq!(
        (event.at, event.time.as_str()),
        (1_795_342_830_123, "2026-11-22T10:20:30.123Z")
    );
    let twice = object(s3_record(&[("/s3/object/key", json!("a%252Bb"))]));
    assert_eq!(twice.key, "a%2Bb");
}

#[test]
fn a_removal_has_neither_size_nor_etag() {
    for name in [
        "ObjectRemoved:Delete",
        "ObjectRemoved:DeleteMarkerCreated",
        "LifecycleExpiration:Delete",
    ] {
        let event = object(s3_record(&[
            ("/eventName", json!(name)),
            ("/s3/object/size", Value::Null),
            ("/s3/object/eTag", Value::Null),
        ]));
        assert_eq!(
            (event.kind, event.size, event.etag),
            (EventKind::Removed, None, None)
        );
    }
}

#[test]
fn a_removal_by_the_lifecycle_needs_no_sequencer() {
    let without = |name: &str| {
        let change = [
            ("/eventName", json!(name)),
            ("/s3/object/sequencer", Value::Null),
        ];
        parse_s3(&json!({"Records": [s3_record(&change)]})).remove(0)
    };
    let Ok(Message::Object(event)) = without("LifecycleExpiration:DeleteMarkerCreated") else {
        panic!("it is read");
    };
    assert_eq!(event.sequencer.as_written(), "0");
    assert!(without("ObjectRemoved:Delete").is_err());
}

#[test]
fn f73_later_minor_versions_and_fields_are_fine() {
    let record = s3_record(&[
        ("/eventVersion", json!("2.9")),
        ("/s3/object/new", json!({"a": [1]})),
        ("/glacierEventData", json!({})),
        (
            "/eventName",
            json!("s3:ObjectCreated:CompleteMultipartUpload"),
        ),
    ]);
    assert_eq!(object(record).kind, EventKind::Created);
}

#[test]
fn f58_the_test_event_is_ignored() {
    let test = json!({"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "films"});
    assert_eq!(
        parse_message(&test.to_string()),
        [Ok(Message::Ignored("s3:TestEvent"))]
    );
}

#[test]
fn f59_known_foreign_shapes_are_ignored() {
    assert_eq!(
        parse_message(r#"{"Records":[]}"#),
        [Ok(Message::Ignored("no records"))]
    );
    for change in [
        ("/eventSource", json!("aws:sns")),
        ("/eventName", json!("ObjectTagging:Put")),
        ("/eventName", json!("ObjectRestore:Completed")),
    ] {
        assert!(matches!(one(s3_record(&[change])), Ok(Message::Ignored(_))));
    }
}

#[test]
fn f59_what_cannot_be_parsed_is_malformed() {
    for body in [
        "",
        "x",
        "{",
        "[]",
        "1",
        "null",
        "\"Records\"",
        "{}",
        r#"{"Records":1}"#,
        r#"{"Records":{}}"#,
    ] {
        assert!(matches!(parse_message(body).as_slice(), [Err(_)]), "{body}");
    }
    for change in [
        ("/eventSource", Value::Null),
        ("/eventVersion", Value::Null),
        ("/eventVersion", json!("3.0")),
        ("/eventName", Value::Null),
        ("/eventTime", json!("yesterday")),
        ("/s3/bucket/name", Value::Null),
        ("/s3/object/key", Value::Null),
        ("/s3/object/key", json!("")),
        ("/s3/object/key", json!("%FF")),
        ("/s3/object/size", Value::Null),
        ("/s3/object/size", json!(-1)),
        ("/s3/object/sequencer", Value::Null),
        ("/s3/object/sequencer", json!("xyz")),
        ("/s3", Value::Null),
    ] {
        assert!(
            one(s3_record(std::slice::from_ref(&change))).is_err(),
            "{change:?}"
        );
    }
}

/// Parsers differ in which of two members of one name they keep, so `forward`, S3 and a scanner could
/// mean another object than `record` reads.
#[test]
fn h12_a_duplicate_name_is_malformed_in_each_format() {
    let s3 = json!({"Records": [s3_record(&[])]}).to_string();
    let ours = object(s3_record(&[])).to_message("https://example.org/x".to_owned());
    let ours = serde_json::to_string(&ours).unwrap();
    let scan = json!({"detail-type": "GuardDuty Malware Protection Object Scan Result",
        "source": "aws.guardduty", "detail": {"s3ObjectDetails": {"bucketName": "b", "objectKey": "k",
        "eTag": "e"}, "scanResultDetails": {"scanResultStatus": "NO_THREATS_FOUND"}}})
    .to_string();
    for (body, member, again) in [
        (&s3, r#""key":"#, r#""key":"other","key":"#),
        (&s3, r#""eventTime":"#, r#""eventTime":"x","eventTime":"#),
        (&ours, r#""key":"#, r#""key":"other","key":"#),
        (&ours, r#""v":"#, r#""v":1,"v":"#),
        (&scan, r#""eTag":"#, r#""eTag":"other","eTag":"#),
    ] {
        assert!(parse_message(body)[0].is_ok(), "{body}");
        assert_eq!(body.matches(member).count(), 1, "{member} in {body}");
        let doubled = body.replace(member, again);
        assert!(
            matches!(parse_message(&doubled).as_slice(), [Err(_)]),
            "{doubled}"
        );
    }
}

#[test]
fn f59_one_unreadable_record_does_not_hide_the_others() {
    let bad = s3_record(&[("/s3/object/key", Value::Null)]);
    let body = json!({"Records": [s3_record(&[]), bad, s3_record(&[])]}).to_string();
    let parsed = parse_message(&body);
    assert_eq!(
        parsed.iter().map(Result::is_ok).collect::<Vec<_>>(),
        [true, false, true]
    );
}

#[test]
fn the_queue_message_parses_to_the_same_event() {
    for record in [
        s3_record(&[("/s3/object/versionId", json!("v1"))]),
        s3_record(&[
            ("/eventName", json!("ObjectRemoved:Delete")),
            ("/s3/object/size", Value::Null),
        ]),
    ] {
        let event = object(record);
        let message = event.to_message("https://example.org/x%20y".to_owned());
        let body = serde_json::to_string(&message).unwrap();
        assert_eq!(parse_message(&body), [Ok(Message::Object(event))]);
    }
}

#[test]
fn f59_the_queue_message_must_be_complete_and_of_this_version() {
    let message = object(s3_record(&[])).to_message("https://example.org/x".to_owned());
    let whole = serde_json::to_value(message).unwrap();
    for (field, value) in [
        ("v", json!(2)),
        ("v", json!("1")),
        ("key", json!("")),
        ("bucket", json!(1)),
        ("size", Value::Null),
        ("sequencer", json!("")),
        ("event", json!("renamed")),
        ("time", json!("")),
    ] {
        let mut changed = whole.clone();
        changed[field] = value;
        assert!(parse_message(&changed.to_string())[0].is_err(), "{field}");
    }
}
