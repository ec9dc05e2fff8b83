//! From storage's event to the record, however the queue repeats, reorders or garbles it.

use std::time::Duration;

use crowfly_contract::{Record, UploadStatus};
use e2e::api::{Api, item};
use e2e::aws::Aws;
use e2e::http::encode_path;
use e2e::issuer::random_hex;
use e2e::{Env, Stack, wait};
use serde_json::json;

use crate::common::{RECORD_WITHIN, account, oidc, somebody};
use crate::events::{Event, neighbours};

/// The event that made `record`, as storage would repeat it.
pub(crate) fn event_of(record: &Record) -> Event {
    Event {
        name: "ObjectCreated:Put",
        bucket: record.bucket.clone(),
        key: record.key.to_string(),
        size: Some(record.size),
        etag: record.etag.clone(),
        sequencer: record
            .sequencer
            .clone()
            .expect("a stored record has a sequencer"),
    }
}

/// Waits until a message sent after the ones before has been worked on: the queue is then empty of them.
pub(crate) fn settle(api: &Api, aws: &Aws, stack: &Stack) {
    let record = api.upload(&item("marker.txt", "text/plain", b"m"), b"m");
    let mut event = event_of(&record);
    event.sequencer = neighbours(&event.sequencer).1;
    aws.send_message(&stack.queue, &event.message());
    wait::until("the marker's second event", RECORD_WITHIN, || {
        api.record(record.id)
            .filter(|now| now.sequencer == Some(event.sequencer.clone()))
    });
    std::thread::sleep(Duration::from_millis(300));
}

#[test]
fn every_object_has_its_record_within_five_seconds() {
    let api = somebody();
    let record = api.upload(&item("a.txt", "text/plain", b"hello"), b"hello");
    assert!(record.verified);
    let owner = record.key.owner().as_str();
    let stored = account()
        .get_item(owner, &record.id.to_string())
        .expect("the item");
    assert_eq!(stored["status"], "stored");
    let head = account().head_object(&record.key.to_string());
    let crc = head.header("x-amz-checksum-crc64nvme").map(str::to_owned);
    assert_eq!(crc, record.crc64nvme.map(|crc| crc.to_string()));
    assert_eq!(head.header("x-amz-checksum-type"), Some("FULL_OBJECT"));
}

#[test]
fn f50_a_duplicated_event_changes_nothing() {
    let (api, aws) = (somebody(), account());
    let record = api.upload(&item("a.txt", "text/plain", b"hello"), b"hello");
    let owner = record.key.owner().as_str();
    let before = aws.items_of(owner);
    let duplicates = vec![event_of(&record).message(); 10];
    aws.send_messages(&oidc().queue, &duplicates);
    settle(&somebody(), &aws, oidc());
    assert_eq!(aws.items_of(owner), before);
    assert_eq!(api.record(record.id), Some(record));
}

#[test]
fn f51_a_reordered_event_loses_to_the_newer() {
    let (api, aws) = (somebody(), account());
    let record = api.upload(&item("a.txt", "text/plain", b"hello"), b"hello");
    let sequencer = record.sequencer.clone().expect("a sequencer");
    let (before, after) = neighbours(&sequencer);
    let at = |sequencer: &str| Event {
        sequencer: sequencer.into(),
        ..event_of(&record)
    };
    aws.send_message(&oidc().queue, &at(&after).message());
    wait::until("the newer event", RECORD_WITHIN, || {
        api.record(record.id)
            .filter(|now| now.sequencer.as_deref() == Some(after.as_str()))
    });
    aws.send_messages(
        &oidc().queue,
        &[at(&before).message(), at(&sequencer).message()],
    );
    settle(&somebody(), &aws, oidc());
    let now = api.record(record.id).expect("the record");
    assert_eq!(now.sequencer.as_deref(), Some(after.as_str()));
    assert_eq!(
        (now.status, now.verified, now.crc64nvme),
        (UploadStatus::Stored, true, record.crc64nvme)
    );
}

#[test]
fn f52_a_deleted_object_leaves_a_tombstone_that_no_late_event_raises() {
    let (api, aws) = (somebody(), account());
    let record = api.upload(&item("a.txt", "text/plain", b"hello"), b"hello");
    assert!(matches!(
        aws.delete_object(&record.key.to_string()).status,
        200 | 204
    ));
    let gone = api.wait_status(record.id, UploadStatus::Deleted, RECORD_WITHIN);
    assert_eq!(
        (gone.name.as_str(), gone.expires_at),
        ("a.txt", None),
        "tombstones have no end"
    );
    aws.send_message(&oidc().queue, &event_of(&record).message());
    settle(&somebody(), &aws, oidc());
    assert_eq!(
        api.record(record.id).map(|record| record.status),
        Some(UploadStatus::Deleted)
    );
}

#[test]
fn f53_sequencers_of_other_length_and_case_are_compared_by_the_rule() {
    let (api, aws) = (somebody(), account());
    let record = api.upload(&item("a.txt", "text/plain", b"hello"), b"hello");
    let sequencer = record.sequencer.clone().expect("a sequencer");
    // Shorter, and in lower case: older if padded on the left, newer by the rule.
    let shorter = neighbours(&sequencer[..sequencer.len() - 2])
        .1
        .to_lowercase();
    let delete = Event {
        name: "ObjectRemoved:Delete",
        size: None,
        etag: None,
        sequencer: shorter,
        ..event_of(&record)
    };
    aws.send_message(&oidc().queue, &delete.message());
    api.wait_status(record.id, UploadStatus::Deleted, RECORD_WITHIN);
}

#[test]
fn f56_an_event_about_an_object_that_is_gone_is_no_record() {
    let (api, aws) = (somebody(), account());
    let leave = api.leave(&item("a.txt", "text/plain", b"hello"));
    let event = Event {
        name: "ObjectCreated:Put",
        bucket: oidc().bucket.clone(),
        key: leave.key.to_string(),
        size: Some(5),
        etag: Some("5d41402abc4b2a76b9719d911017c592".into()),
        sequencer: "0055AED6DCD90281E5".into(),
    };
    aws.send_message(&oidc().queue, &event.message());
    settle(&somebody(), &aws, oidc());
    let status = api.record(leave.id).map(|record| record.status);
    assert_ne!(status, Some(UploadStatus::Stored));
    // And the true upload still arrives.
    assert_eq!(leave.put(b"hello").send().status, 200);
    assert!(
        api.wait_status(leave.id, UploadStatus::Stored, RECORD_WITHIN)
            .verified
    );
}

#[test]
fn f73_events_of_later_versions_are_understood() {
    let (api, aws) = (somebody(), account());
    let record = api.upload(&item("a.txt", "text/plain", b"hello"), b"hello");
    let newer = neighbours(record.sequencer.as_deref().expect("a sequencer")).1;
    let mut event = Event {
        sequencer: newer.clone(),
        ..event_of(&record)
    }
    .record();
    event["eventVersion"] = json!("2.9");
    event["somethingNew"] = json!({"deep": [1, 2, 3]});
    event["s3"]["object"]["versionId"] = json!("v1");
    aws.send_message(&oidc().queue, &json!({"Records": [event]}).to_string());
    wait::until("the event of version 2.9", RECORD_WITHIN, || {
        api.record(record.id)
            .filter(|now| now.sequencer.as_deref() == Some(newer.as_str()))
    });
}

#[test]
fn what_was_stored_other_than_declared_is_not_called_verified() {
    let (api, aws) = (somebody(), account());
    let leave = api.leave(&item("a.txt", "text/plain", b"hello"));
    // The account's owner writes other bytes under the key, which nobody with a URL can.
    assert_eq!(
        aws.put_object(&leave.key.to_string(), "text/plain", b"other bytes")
            .status,
        200
    );
    let record = api.wait_status(leave.id, UploadStatus::Stored, RECORD_WITHIN);
    assert_eq!((record.verified, record.size), (false, 11));
}

#[test]
fn the_lambda_route_takes_webm_keys_and_carries_their_address() {
    let stack = Env::stack("webm");
    let api = Api::of_subject(stack, &format!("webm-{}", random_hex(6)));
    let bytes = b"\x1a\x45\xdf\xa3 webm";
    // A87, A88: characters that every encoding treats differently, and an ending in upper case.
    for name in ["plain.webm", "a b+c%20d&e#f.webm", "새 파일 👋.WEBM"] {
        let record = api.upload(&item(name, "video/webm", bytes), bytes);
        assert!(record.verified, "{name}");
        assert_eq!(record.name, name);
        assert!(record.key.name().ends_with(".webm"), "{}", record.key);
        let url = format!(
            "{}/{}/{}",
            stack.s3,
            stack.bucket,
            encode_path(&record.key.to_string())
        );
        assert_eq!(record.url, Some(url), "{name}");
    }
    let record = api.upload(&item("gone.webm", "video/webm", bytes), bytes);
    assert!(matches!(
        Aws::new(stack)
            .delete_object(&record.key.to_string())
            .status,
        200 | 204
    ));
    api.wait_status(record.id, UploadStatus::Deleted, Duration::from_secs(10));
}

#[test]
fn the_lambda_route_leaves_other_keys_alone() {
    let stack = Env::stack("webm");
    let (api, aws) = (
        Api::of_subject(stack, &format!("other-{}", random_hex(6))),
        Aws::new(stack),
    );
    let leave = api.leave(&item("a.webm", "video/webm", b"x"));
    let (owner, id) = (leave.key.owner().as_str(), leave.id);
    for name in ["a.webm.txt", "a.mp4", "webm", "a.WEBM"] {
        let key = format!("uploads/{owner}/{id}/{name}");
        assert_eq!(
            aws.put_object(&key, "video/webm", b"x").status,
            200,
            "{name}"
        );
    }
    settle_webm(&api, stack);
    assert_eq!(
        api.record(id).map(|record| record.status),
        Some(UploadStatus::Pending)
    );
}

/// Waits until an object written now has been through the whole line.
fn settle_webm(api: &Api, stack: &Stack) {
    let record = api.upload(&item("marker.webm", "video/webm", b"m"), b"m");
    assert_eq!(record.bucket, stack.bucket);
    std::thread::sleep(Duration::from_millis(500));
}
