//! Deletes stored objects, in memory: whose, in which state, and against which events.

mod common;

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use common::crashes::at_every_call;
use common::events::{created, handle, key, removed};
use common::multipart::code;
use common::sweeping::{create_at, item, open, status, swept};
use common::withheld::{content, shown};
use common::{NOW, id, owner};
use crowfly_contract::{ErrorCode, ScanStatus, UploadStatus, Visibility, Withheld};
use crowfly_core::Outbox;
use crowfly_core::record::Outcome;
use crowfly_core::remove::remove;
use crowfly_core::{Error, FaultKind, Row};
use crowfly_testing::{Memory, head_of, row_of};
use serde_json::json;

async fn remove_it(memory: &Memory) -> Result<(), Error> {
    remove(memory, memory, Outbox::Off, &owner('a'), id(1), NOW).await
}

/// Upload 1, created and in storage, and its event recorded.
async fn stored() -> Memory {
    let memory = sent().await;
    handle(&memory, &created(1, "A1", "e1")).await.unwrap();
    assert_eq!(
        (status(&memory, 1), open(&memory)),
        (UploadStatus::Stored, 0)
    );
    memory
}

/// Upload 1, created and in storage, without its event.
async fn sent() -> Memory {
    let memory = Memory::default();
    create_at(&memory, 'a', json!([item(1)]), NOW).await;
    memory.set_object(&key(1), Some(head_of("e1")));
    memory
}

/// Upload 1, recorded by the sweep because its event is late.
async fn repaired() -> Memory {
    let memory = sent().await;
    swept(&memory, NOW + 3_600_000).await;
    let row = memory.row(&owner('a'), id(1)).unwrap();
    assert_eq!(
        (row.record.status, row.record.sequencer),
        (UploadStatus::Stored, None)
    );
    memory
}

fn assert_gone(memory: &Memory, what: &str) {
    let record = memory.row(&owner('a'), id(1)).unwrap().record;
    assert_eq!(record.status, UploadStatus::Deleted, "{what}");
    assert_eq!((record.url, record.verified), (None, false), "{what}");
    assert_eq!(memory.object_keys(), [], "{what}");
    assert_eq!(open(memory), 0, "{what}");
}

#[tokio::test]
async fn the_object_goes_first_and_a_repeat_changes_nothing() {
    let memory = stored().await;
    let before = memory.calls().len();
    remove_it(&memory).await.unwrap();
    let verbs = ["get_row", "delete_object", "apply_removal"];
    assert_eq!(memory.calls()[before..], verbs);
    assert_gone(&memory, "deleted");
    assert_eq!(shown(&memory).await.status, UploadStatus::Deleted);
    let refused = content(&memory).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::UploadEnded);
    let row = memory.row(&owner('a'), id(1));
    for _ in 0..3 {
        let before = memory.calls().len();
        remove_it(&memory).await.unwrap();
        assert_eq!(memory.calls()[before..], ["get_row"]);
        assert_eq!(memory.row(&owner('a'), id(1)), row);
    }
}

#[tokio::test]
async fn only_a_stored_object_is_deleted() {
    for (status, expected) in [
        (UploadStatus::Pending, Some(ErrorCode::NotStored)),
        (UploadStatus::Aborted, Some(ErrorCode::UploadEnded)),
        (UploadStatus::Expired, Some(ErrorCode::UploadEnded)),
        (UploadStatus::Stored, None),
        (UploadStatus::Deleted, None),
    ] {
        let memory = Memory::default();
        let mut row = row_of(&owner('a'), id(1), 1);
        row.record.status = status;
        memory.set_row(row);
        let result = remove_it(&memory).await;
        let refused = result.err().map(|error| error.to_refusal().code);
        assert_eq!(refused, expected, "{status:?}");
        let deletes = memory.calls().contains(&"delete_object");
        assert_eq!(deletes, status == UploadStatus::Stored, "{status:?}");
    }
}

#[tokio::test]
async fn the_owner_may_delete_what_is_withheld_or_public() {
    let changes: [fn(&mut Row); 5] = [
        |row| row.record.withheld = Some(Withheld::ActiveContent),
        |row| row.record.withheld = Some(Withheld::ContentEncoding),
        |row| row.record.scan = Some(ScanStatus::Pending),
        |row| row.record.scan = Some(ScanStatus::Infected),
        |row| row.record.visibility = Visibility::Public,
    ];
    for change in changes {
        let memory = stored().await;
        let mut row = memory.row(&owner('a'), id(1)).unwrap();
        change(&mut row);
        memory.set_row(row);
        remove_it(&memory).await.unwrap();
        assert_gone(&memory, "withheld or public");
    }
}

#[tokio::test]
async fn a60_a61_of_another_owner_and_of_nobody_are_the_same_and_cost_the_same() {
    let memory = stored().await;
    let mut found = Vec::new();
    for (who, n) in [('b', 1), ('a', 2)] {
        let before = memory.calls().len();
        let error = remove(&memory, &memory, Outbox::Off, &owner(who), id(n), NOW).await;
        found.push((
            error.unwrap_err().to_refusal(),
            memory.calls()[before..].to_vec(),
        ));
    }
    assert_eq!(found[0], found[1]);
    assert_eq!(found[0].0.code, ErrorCode::NotFound);
    assert_eq!(found[0].1, ["get_row"]);
    assert_eq!(memory.object_keys(), [key(1)]);
    // A row whose time to live has passed is no longer the owner's either.
    let mut row = memory.row(&owner('a'), id(1)).unwrap();
    row.record.expires_at = Some(NOW);
    memory.set_row(row);
    assert_eq!(code(remove_it(&memory).await), ErrorCode::NotFound);
}

#[tokio::test]
async fn a_row_behind_its_event_is_deleted_once_the_event_has_come() {
    let memory = sent().await;
    assert_eq!(code(remove_it(&memory).await), ErrorCode::NotStored);
    assert_eq!(memory.object_keys(), [key(1)]);
    handle(&memory, &created(1, "A1", "e1")).await.unwrap();
    remove_it(&memory).await.unwrap();
    assert_gone(&memory, "behind its event");
}

#[tokio::test]
async fn f52_the_removals_event_confirms_the_tombstone_and_no_late_one_brings_the_object_back() {
    for world in [stored().await, repaired().await] {
        remove_it(&world).await.unwrap();
        for _ in 0..2 {
            let late = handle(&world, &created(1, "A1", "e1")).await.unwrap();
            assert_eq!(late, Outcome::Gone);
            assert_gone(&world, "a late event");
        }
        let event = removed(1, "A2");
        let first = handle(&world, &event).await.unwrap();
        assert!(matches!(first, Outcome::Written { .. }), "{first:?}");
        assert_eq!(handle(&world, &event).await.unwrap(), Outcome::NotNewer);
        let late = handle(&world, &created(1, "A1", "e1")).await.unwrap();
        assert_eq!(late, Outcome::Gone);
        assert_gone(&world, "confirmed");
    }
}

/// Runs `first` until it has sent a HEAD request, then `second` as a whole, then the rest.
async fn after_head<T, R>(
    memory: &Memory,
    first: impl Future<Output = T>,
    second: impl Future<Output = R>,
) -> (T, R) {
    let mut first = pin!(first);
    let heads = || {
        memory
            .calls()
            .iter()
            .filter(|verb| **verb == "head_object")
            .count()
    };
    let (before, mut context) = (heads(), Context::from_waker(Waker::noop()));
    while heads() == before {
        let polled = first.as_mut().poll(&mut context);
        assert!(matches!(polled, Poll::Pending), "it ended without a HEAD");
    }
    let second = second.await;
    (first.await, second)
}

/// The event saw the object, which was deleted before the event was applied. Without a sequencer in
/// the row nothing but storage can tell that the event is old.
#[tokio::test]
async fn f52_an_event_that_saw_the_object_does_not_bring_it_back() {
    for world in [stored().await, repaired().await] {
        let event = created(1, "A1", "e1");
        let (late, gone) = after_head(&world, handle(&world, &event), remove_it(&world)).await;
        gone.unwrap();
        late.unwrap();
        assert_gone(&world, "an event in flight");
    }
}

#[tokio::test]
async fn f51_a_later_object_is_the_truth() {
    for world in [stored().await, repaired().await] {
        remove_it(&world).await.unwrap();
        world.set_object(&key(1), Some(head_of("e3")));
        handle(&world, &created(1, "A3", "e3")).await.unwrap();
        // The removal in between comes late.
        handle(&world, &removed(1, "A2")).await.unwrap();
        let record = world.row(&owner('a'), id(1)).unwrap().record;
        assert_eq!(record.status, UploadStatus::Stored);
        assert_eq!(record.etag.as_deref(), Some("e3"));
        remove_it(&world).await.unwrap();
        assert_gone(&world, "deleted again");
    }
}

/// Storage has deleted the object, and something else reaches the row first.
#[tokio::test]
async fn a_row_that_has_changed_meanwhile_is_read_again() {
    for (event, is_later) in [(removed(1, "A2"), false), (created(1, "A3", "e3"), true)] {
        let memory = stored().await;
        let mut call = pin!(remove_it(&memory));
        let mut context = Context::from_waker(Waker::noop());
        while !memory.calls().contains(&"delete_object") {
            assert!(call.as_mut().poll(&mut context).is_pending());
        }
        if is_later {
            memory.set_object(&key(1), Some(head_of("e3")));
        }
        handle(&memory, &event).await.unwrap();
        call.await.unwrap();
        assert_gone(&memory, &event);
    }
}

#[tokio::test]
async fn f63_a_failed_delete_changes_nothing_and_is_completed_by_a_repeat() {
    for (verb, kind, expected) in [
        (
            "get_row",
            FaultKind::Throttled,
            ErrorCode::ServiceUnavailable,
        ),
        (
            "delete_object",
            FaultKind::Unavailable,
            ErrorCode::ServiceUnavailable,
        ),
        ("delete_object", FaultKind::Denied, ErrorCode::Internal),
        (
            "apply_removal",
            FaultKind::Throttled,
            ErrorCode::ServiceUnavailable,
        ),
    ] {
        let memory = stored().await;
        memory.fail_next(verb, kind);
        assert_eq!(code(remove_it(&memory).await), expected, "{verb}");
        assert_eq!(status(&memory, 1), UploadStatus::Stored, "{verb}");
        remove_it(&memory).await.unwrap();
        assert_gone(&memory, verb);
    }
}

/// Stored, but the function that recorded it crashed before it released the quota slot.
async fn stored_and_counted() -> Memory {
    let memory = sent().await;
    memory.fail_next("release", FaultKind::Unavailable);
    handle(&memory, &created(1, "A1", "e1")).await.unwrap_err();
    assert_eq!(
        (status(&memory, 1), open(&memory)),
        (UploadStatus::Stored, 1)
    );
    memory
}

#[tokio::test]
async fn f63_a_crash_at_any_call_is_settled_by_a_repeat() {
    at_every_call(
        "remove, then a repeat",
        stored_and_counted,
        async |ports| remove(ports, ports, Outbox::Off, &owner('a'), id(1), NOW).await,
        async |memory| remove_it(memory).await,
        |memory, result, what| {
            assert!(result.is_ok(), "{what}: {result:?}");
            assert_gone(memory, what);
        },
    )
    .await;
}

/// S3 sends it only if the object was deleted.
#[tokio::test]
async fn f62_a_crash_at_any_call_is_settled_by_the_event_of_the_removal() {
    at_every_call(
        "remove, then its event",
        stored_and_counted,
        async |ports| remove(ports, ports, Outbox::Off, &owner('a'), id(1), NOW).await,
        async |memory| {
            let deleted = memory.object_keys().is_empty();
            if deleted {
                handle(memory, &removed(1, "A2")).await.unwrap();
            }
            deleted
        },
        |memory, deleted, what| {
            if deleted {
                assert_gone(memory, what);
            } else {
                assert_eq!(status(memory, 1), UploadStatus::Stored, "{what}");
                assert_eq!(memory.object_keys(), [key(1)], "{what}");
            }
        },
    )
    .await;
}
