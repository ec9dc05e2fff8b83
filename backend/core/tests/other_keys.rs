//! H11: only the object under the key of its row is an upload's object. Whoever may write to the
//! bucket can put another one under the same owner and id.

mod common;

use common::events::{created, event, handle, key, pending, removed};
use common::sweeping::{HOUR, create_at, item, swept};
use common::{NOW, id, owner};
use crowfly_contract::{ObjectKey, UploadStatus};
use crowfly_core::FaultKind;
use crowfly_core::read::content;
use crowfly_core::record::{Outcome, RecordError};
use crowfly_testing::{Memory, head_of};
use serde_json::json;

/// Another key of upload 1.
fn other() -> ObjectKey {
    ObjectKey::new(owner('a'), id(1), "evil.webm").unwrap()
}

fn refused() -> Result<Outcome, RecordError> {
    Ok(Outcome::OtherKey {
        owner: owner('a'),
        id: id(1),
    })
}

/// An event of an object under the other key, newer than all others.
fn of_other(etag: Option<&str>) -> String {
    json!({"Records": [event(&other().to_string(), "FF", etag)]}).to_string()
}

#[tokio::test]
async fn h11_a_second_object_takes_no_record_over() {
    let memory = pending(1);
    memory.set_object(&other(), Some(head_of("evil")));
    // While it is pending, while it is stored, and once it is deleted.
    for step in ["pending", "stored", "deleted"] {
        match step {
            "stored" => drop(handle(&memory, &created(1, "A1", "e1")).await.unwrap()),
            "deleted" => {
                memory.set_object(&key(1), None);
                handle(&memory, &removed(1, "A2")).await.unwrap();
            }
            _ => {}
        }
        let before = memory.row(&owner('a'), id(1));
        for body in [of_other(Some("evil")), of_other(None)] {
            assert_eq!(handle(&memory, &body).await, refused(), "{step}");
            assert_eq!(memory.row(&owner('a'), id(1)), before, "{step}");
        }
    }
}

/// The removal of the second object is no removal of the upload's.
#[tokio::test]
async fn h11_the_removal_of_a_second_object_writes_nothing() {
    let memory = pending(1);
    handle(&memory, &created(1, "A1", "e1")).await.unwrap();
    let before = memory.row(&owner('a'), id(1));
    assert_eq!(handle(&memory, &of_other(None)).await, refused());
    assert_eq!(memory.row(&owner('a'), id(1)), before);
    assert!(!memory.calls().contains(&"apply_removal"));
}

/// Without a create call the first object has the id; a download is of that one.
#[tokio::test]
async fn h11_the_first_of_two_unannounced_objects_stays() {
    let memory = Memory::default();
    memory.set_object(&key(1), Some(head_of("e1")));
    memory.set_object(&other(), Some(head_of("evil")));
    handle(&memory, &created(1, "A1", "e1")).await.unwrap();
    assert_eq!(handle(&memory, &of_other(Some("evil"))).await, refused());
    let row = memory.row(&owner('a'), id(1)).unwrap();
    assert_eq!(
        (row.record.key, row.record.etag.as_deref()),
        (key(1), Some("e1"))
    );
    let url = content(&memory, &memory, &owner('a'), id(1), NOW).await;
    assert!(url.unwrap().url.contains("/a.webm?"));
}

#[tokio::test]
async fn h11_a_scan_of_a_second_object_says_nothing_about_the_first() {
    let result = json!({
        "detail-type": "GuardDuty Malware Protection Object Scan Result", "source": "aws.guardduty",
        "detail": {"s3ObjectDetails": {"bucketName": "bucket", "objectKey": other().to_string(),
            "eTag": "e1"}, "scanResultDetails": {"scanResultStatus": "NO_THREATS_FOUND"}}})
    .to_string();
    let memory = pending(1);
    memory.set_object(&other(), Some(head_of("e1")));
    for _ in 0..2 {
        assert_eq!(handle(&memory, &result).await, refused());
        assert_eq!(memory.row(&owner('a'), id(1)).unwrap().record.scan, None);
        handle(&memory, &created(1, "A1", "e1")).await.unwrap();
    }
}

/// The sweep looks under the key of the row.
#[tokio::test]
async fn h11_the_sweep_repairs_nothing_from_a_second_object() {
    let memory = Memory::default();
    create_at(&memory, 'a', json!([item(1)]), NOW).await;
    memory.set_object(&other(), Some(head_of("evil")));
    assert_eq!(swept(&memory, NOW + HOUR).await, []);
    let row = memory.row(&owner('a'), id(1)).unwrap();
    assert_eq!(row.record.status, UploadStatus::Pending);
}

/// A fault in between does not let it through when the message is received again.
#[tokio::test]
async fn h11_a_retry_refuses_it_again() {
    let memory = pending(1);
    memory.set_object(&other(), Some(head_of("evil")));
    memory.fail_next("apply_event", FaultKind::Unavailable);
    let failed = handle(&memory, &of_other(Some("evil"))).await;
    assert!(matches!(failed, Err(RecordError::Fault(_))), "{failed:?}");
    assert_eq!(handle(&memory, &of_other(Some("evil"))).await, refused());
}
