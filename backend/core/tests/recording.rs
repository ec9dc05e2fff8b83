//! Handles S3 events to records, in memory: duplicate, late, reordered and malformed ones.

mod common;

use common::events::{address, created, event, handle, key, pending, removed};
use common::{NOW, id, owner};
use crowfly_contract::{EventKind, UploadStatus};
use crowfly_core::FaultKind;
use crowfly_core::record::{Outcome, RecordError};
use crowfly_testing::{head_of, row_of};
use serde_json::json;

#[tokio::test]
async fn an_event_makes_the_pending_record_stored_and_verified() {
    let memory = pending(1);
    let done = handle(&memory, &created(1, "A1", "e1")).await.unwrap();
    let expected = Outcome::Written {
        owner: owner('a'),
        id: id(1),
        kind: EventKind::Created,
        verified: true,
        type_mismatch: false,
        withheld: None,
        at: NOW,
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
async fn h12_an_event_of_an_impossible_time_is_of_the_time_it_is_handled() {
    for (time, stored_at) in [
        ("9999-01-01T00:00:00Z", NOW),
        ("1970-01-01T00:00:00Z", NOW),
        ("2026-11-22T10:20:29.000Z", NOW - 1_123),
        ("2026-11-22T10:21:30.123Z", NOW + 60_000),
        ("2026-11-22T10:21:30.124Z", NOW),
    ] {
        let memory = pending(1);
        let mut record = event(&key(1).to_string(), "A1", Some("e1"));
        record["eventTime"] = json!(time);
        let body = json!({"Records": [record]}).to_string();
        let done = handle(&memory, &body).await.unwrap();
        let record = memory.row(&owner('a'), id(1)).unwrap().record;
        assert_eq!(record.stored_at, Some(stored_at), "{time}");
        assert!(matches!(done, Outcome::Written { at, .. } if at == stored_at));
        // Handled again later, it changes nothing.
        assert_eq!(handle(&memory, &body).await, Ok(Outcome::NotNewer));
    }
}

#[tokio::test]
async fn f50_f62_f68_the_same_event_again_changes_nothing() {
    let memory = pending(1);
    handle(&memory, &created(1, "A1", "e1")).await.unwrap();
    let once = memory.row(&owner('a'), id(1));
    for _ in 0..10 {
        assert_eq!(
            handle(&memory, &created(1, "A1", "e1")).await,
            Ok(Outcome::NotNewer)
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
    memory.set_object(&key(1), None);
    handle(&memory, &removed(1, "A2")).await.unwrap();
    // Storage returns it once although it is deleted.
    memory.set_object(&key(1), Some(head_of("e1")));
    assert_eq!(
        handle(&memory, &created(1, "A1", "e1")).await,
        Ok(Outcome::NotNewer)
    );
    assert_eq!(
        memory.row(&owner('a'), id(1)).unwrap().record.status,
        UploadStatus::Deleted
    );
}

#[tokio::test]
async fn f56_a_missing_object_is_left_to_the_event_of_its_removal() {
    let memory = pending(1);
    memory.set_object(&key(1), None);
    assert_eq!(
        handle(&memory, &created(1, "A1", "e1")).await,
        Ok(Outcome::Gone)
    );
    assert_eq!(
        memory.row(&owner('a'), id(1)).unwrap().record.status,
        UploadStatus::Pending
    );
    handle(&memory, &removed(1, "A2")).await.unwrap();
    assert_eq!(
        memory.row(&owner('a'), id(1)).unwrap().record.status,
        UploadStatus::Deleted
    );
}

fn still_stored() -> Result<Outcome, RecordError> {
    Ok(Outcome::StillStored {
        owner: owner('a'),
        id: id(1),
    })
}

#[tokio::test]
async fn f56_the_removal_of_an_older_version_leaves_the_record_as_it_is() {
    let memory = pending(1);
    handle(&memory, &created(1, "A1", "e1")).await.unwrap();
    let before = memory.row(&owner('a'), id(1)).unwrap();
    assert_eq!(handle(&memory, &removed(1, "A2")).await, still_stored());
    let mut after = memory.row(&owner('a'), id(1)).unwrap();
    assert_eq!(after.record.sequencer.as_deref(), Some("A2"));
    after.record.sequencer.clone_from(&before.record.sequencer);
    assert_eq!(after, before);
    assert_eq!(
        handle(&memory, &removed(1, "A2")).await,
        Ok(Outcome::NotNewer)
    );
}

#[tokio::test]
async fn f56_an_object_that_is_back_is_recorded_by_the_removal_of_its_delete_marker() {
    let memory = pending(1);
    handle(&memory, &created(1, "A1", "e1")).await.unwrap();
    let stored = memory.row(&owner('a'), id(1)).unwrap().record;
    memory.set_object(&key(1), None);
    handle(&memory, &removed(1, "A2")).await.unwrap();
    memory.set_object(&key(1), Some(head_of("e1")));
    assert_eq!(handle(&memory, &removed(1, "A3")).await, still_stored());
    let mut back = memory.row(&owner('a'), id(1)).unwrap().record;
    back.sequencer.clone_from(&stored.sequencer);
    assert_eq!(back, stored, "with the original storedAt");
}

/// S3 Lifecycle sends the sequencer of the removed object, or none.
#[tokio::test]
async fn f52_a_removal_by_the_lifecycle_is_recorded_whatever_its_sequencer() {
    for sequencer in [Some("A1"), Some("A0"), None] {
        let memory = pending(1);
        handle(&memory, &created(1, "A1", "e1")).await.unwrap();
        memory.set_object(&key(1), None);
        let mut expired = event(&key(1).to_string(), sequencer.unwrap_or_default(), None);
        expired["eventName"] = "LifecycleExpiration:Delete".into();
        if sequencer.is_none() {
            let object = expired["s3"]["object"].as_object_mut().unwrap();
            object.remove("sequencer");
        }
        let body = json!({"Records": [expired]}).to_string();
        let done = handle(&memory, &body).await;
        assert!(matches!(done, Ok(Outcome::Written { .. })), "{done:?}");
        for again in [body, created(1, "A1", "e1")] {
            handle(&memory, &again).await.unwrap();
            let record = memory.row(&owner('a'), id(1)).unwrap().record;
            assert_eq!(
                (record.status, record.url, record.sequencer.as_deref()),
                (UploadStatus::Deleted, None, Some("A1"))
            );
        }
    }
}

#[tokio::test]
async fn f51_f57_an_overwritten_object_waits_for_its_own_event() {
    let memory = pending(1);
    memory.set_object(&key(1), Some(head_of("e2")));
    assert_eq!(
        handle(&memory, &created(1, "A1", "e1")).await,
        Ok(Outcome::Superseded)
    );
    handle(&memory, &created(1, "A2", "e2")).await.unwrap();
    assert_eq!(
        handle(&memory, &created(1, "A1", "e1")).await,
        Ok(Outcome::Superseded)
    );
    let record = memory.row(&owner('a'), id(1)).unwrap().record;
    assert_eq!(
        (record.etag.as_deref(), record.sequencer.as_deref()),
        (Some("e2"), Some("A2"))
    );
}

#[tokio::test]
async fn an_object_that_appears_after_a_cancel_is_recorded() {
    let memory = pending(1);
    let mut row = row_of(&owner('a'), id(1), 1);
    row.record.status = UploadStatus::Aborted;
    row.record.expires_at = Some(NOW);
    memory.set_row(row);
    handle(&memory, &created(1, "A1", "e1")).await.unwrap();
    let record = memory.row(&owner('a'), id(1)).unwrap().record;
    assert_eq!(
        (record.status, record.expires_at),
        (UploadStatus::Stored, None)
    );
}

#[tokio::test]
async fn a89_f58_f59_foreign_messages_are_acknowledged_and_write_nothing() {
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
        json!({"Records": [event(&format!("{ours}//x"), "A1", Some("e1"))]}),
    ];
    for body in bodies {
        let done = handle(&memory, &body.to_string()).await;
        assert!(matches!(done, Ok(Outcome::Ignored(_))), "{body}: {done:?}");
    }
    assert_eq!(memory.calls(), Vec::<&str>::new());
}

#[tokio::test]
async fn f59_a_malformed_message_is_an_error_of_its_own_kind() {
    let memory = pending(1);
    for body in ["", "{}", "not json", r#"{"v":9}"#] {
        assert!(
            matches!(handle(&memory, body).await, Err(RecordError::Malformed(_))),
            "{body}"
        );
    }
}

#[tokio::test]
async fn f64_f65_a_redelivery_after_a_fault_yields_the_same_row() {
    for verb in ["head_object", "peek_object", "apply_event"] {
        for kind in [
            FaultKind::Throttled,
            FaultKind::Unavailable,
            FaultKind::Denied,
        ] {
            let memory = pending(1);
            memory.fail_next(verb, kind);
            let first = handle(&memory, &created(1, "A1", "e1")).await;
            assert!(
                matches!(first, Err(RecordError::Fault(_))),
                "{verb} {kind:?}"
            );
            assert!(matches!(
                handle(&memory, &created(1, "A1", "e1")).await,
                Ok(Outcome::Written { .. })
            ));
        }
    }
    for verb in ["get_row", "head_object", "apply_removal"] {
        let memory = pending(1);
        memory.set_object(&key(1), None);
        memory.fail_next(verb, FaultKind::Unavailable);
        let first = handle(&memory, &removed(1, "A1")).await;
        assert!(matches!(first, Err(RecordError::Fault(_))), "{verb}");
        let second = handle(&memory, &removed(1, "A1")).await;
        assert!(matches!(second, Ok(Outcome::Written { .. })), "{verb}");
    }
}
