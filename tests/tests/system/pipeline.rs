//! From S3's event to the record, with duplicated, reordered and malformed messages.

use std::time::Duration;

use crowfly_contract::{Record, UploadStatus};
use devkit::env::{Env, Stack};
use devkit::http::{Request, encode_path};
use devkit::random::random_hex;
use devkit::wait;
use e2e::api::{Api, item, new_id};
use e2e::aws::Aws;
use serde_json::json;

use crate::common::{RECORD_WITHIN, account, new_caller, oidc};
use crate::events::{Event, neighbours};

/// The event of `record`'s object, as S3 would redeliver it.
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

/// Waits until a message sent after the earlier ones has been processed: those are then processed too.
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
    let api = new_caller();
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
fn f51_a_reordered_event_loses_to_the_newer() {
    let (api, aws) = (new_caller(), account());
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
    settle(&new_caller(), &aws, oidc());
    let now = api.record(record.id).expect("the record");
    assert_eq!(now.sequencer.as_deref(), Some(after.as_str()));
    assert_eq!(
        (now.status, now.verified, now.crc64nvme),
        (UploadStatus::Stored, true, record.crc64nvme)
    );
}

#[test]
fn f52_a_deleted_object_leaves_a_tombstone_that_no_late_event_raises() {
    let (api, aws) = (new_caller(), account());
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
    settle(&new_caller(), &aws, oidc());
    assert_eq!(
        api.record(record.id).map(|record| record.status),
        Some(UploadStatus::Deleted)
    );
}

#[test]
fn f56_an_event_about_an_object_that_is_gone_is_no_record() {
    let (api, aws) = (new_caller(), account());
    let upload = api.create_one(&item("a.txt", "text/plain", b"hello"));
    let event = Event {
        name: "ObjectCreated:Put",
        bucket: oidc().bucket.clone(),
        key: upload.key.to_string(),
        size: Some(5),
        etag: Some("5d41402abc4b2a76b9719d911017c592".into()),
        sequencer: "0055AED6DCD90281E5".into(),
    };
    aws.send_message(&oidc().queue, &event.message());
    settle(&new_caller(), &aws, oidc());
    let status = api.record(upload.id).map(|record| record.status);
    assert_ne!(status, Some(UploadStatus::Stored));
    // And the real upload still arrives.
    assert_eq!(upload.put(b"hello").send().status, 200);
    assert!(
        api.wait_status(upload.id, UploadStatus::Stored, RECORD_WITHIN)
            .verified
    );
}

#[test]
fn f73_events_of_later_versions_are_understood() {
    let (api, aws) = (new_caller(), account());
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
    let (api, aws) = (new_caller(), account());
    let upload = api.create_one(&item("a.txt", "text/plain", b"hello"));
    // The account's owner overwrites the object, which no presigned URL can.
    assert_eq!(
        aws.put_object(&upload.key.to_string(), "text/plain", b"other bytes")
            .status,
        200
    );
    let record = api.wait_status(upload.id, UploadStatus::Stored, RECORD_WITHIN);
    assert_eq!((record.verified, record.size), (false, 11));
}

#[test]
fn a87_a88_the_lambda_route_takes_webm_keys_and_carries_their_address() {
    let stack = Env::stack("webm");
    let api = Api::of_subject(stack, &format!("webm-{}", random_hex(6)));
    let bytes = b"\x1a\x45\xdf\xa3 webm";
    // Characters that encodings treat differently, and a suffix in upper case.
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
fn a88_the_lambda_route_leaves_other_keys_alone() {
    let stack = Env::stack("webm");
    let (api, aws) = (
        Api::of_subject(stack, &format!("other-{}", random_hex(6))),
        Aws::new(stack),
    );
    let upload = api.create_one(&item("a.webm", "video/webm", b"x"));
    let (owner, id) = (upload.key.owner().as_str(), upload.id);
    // The suffix in lower case decides, not the type: all of these are video/webm.
    for name in [
        "a.webm.txt",
        "a.mp4",
        "webm",
        "a.WEBM",
        "a.Webm",
        "a.webm/",
        "a.webm/b",
        "awebm",
        "a.webm ",
        "clip",
    ] {
        let key = format!("uploads/{owner}/{id}/{name}");
        let status = aws.put_object(&key, "video/webm", b"x").status;
        assert_eq!(status, 200, "{name}");
    }
    settle_webm(&api, stack);
    let status = api.record(id).map(|record| record.status);
    assert_eq!(status, Some(UploadStatus::Pending));
    // And a name with the suffix is forwarded, whatever its type.
    let record = api.upload(&item("text.webm", "text/plain", b"x"), b"x");
    assert_eq!(record.media_type, "text/plain");
}

/// Keys that encodings on the way treat differently, written past the signer, which would clean them.
#[test]
fn a87_keys_survive_both_routes_and_are_decoded_once() {
    for (stack, ending) in [(oidc(), ".txt"), (Env::stack("webm"), ".webm")] {
        let aws = Aws::new(stack);
        let api = Api::of_subject(stack, &format!("keys-{}", random_hex(6)));
        let owner = api
            .create_one(&item("a.webm", "video/webm", b"x"))
            .key
            .owner()
            .clone();
        for name in [
            "a+b",
            "a%b",
            "a b",
            "a&b=c",
            "a#b",
            "a?b",
            "👋 한글",
            "a%2Bb",
            "a%252Bb",
            "a%20b",
            "%25",
            "+",
            "%2F",
            "a;b,c@d:e",
            "a\"b'c<d>",
            "a b/c+d/e%2Ff",
        ] {
            let (id, body) = (new_id(), format!("the bytes of {name}"));
            let key = format!("uploads/{owner}/{id}/{name}{ending}");
            let put = aws.put_object(&key, "text/plain", body.as_bytes());
            assert_eq!(put.status, 200, "{key}");
            let record = api.wait_status(id, UploadStatus::Stored, RECORD_WITHIN);
            assert_eq!(record.key.to_string(), key);
            let url = format!("{}/{}/{}", stack.s3, stack.bucket, encode_path(&key));
            assert_eq!(record.url.as_deref(), Some(url.as_str()), "{key}");
            // No create declared it, so it is not verified.
            assert!(!record.verified, "{key}");
            let content = api.get(&format!("/uploads/{id}/content")).json();
            let url = content["url"].as_str().expect("an address");
            assert_eq!(Request::new("GET", url).send().text(), body, "{key}");
        }
    }
}

/// Waits until an object written now has been through the whole pipeline.
fn settle_webm(api: &Api, stack: &Stack) {
    let record = api.upload(&item("marker.webm", "video/webm", b"m"), b"m");
    assert_eq!(record.bucket, stack.bucket);
    std::thread::sleep(Duration::from_millis(500));
}
