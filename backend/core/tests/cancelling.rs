//! Cancels multipart uploads, in memory: nothing is left in storage.

mod common;

use common::multipart::{begun, code, row, send_all, set_status};
use common::{NOW, id, owner};
use crowfly_contract::{ErrorCode, UploadStatus};
use crowfly_core::cancel::cancel;
use crowfly_core::{Error, FaultKind};
use crowfly_testing::{Memory, head_of};

async fn cancel_it(memory: &Memory) -> Result<(), Error> {
    cancel(memory, memory, &owner('a'), id(1), NOW).await
}

#[tokio::test]
async fn f41_a_cancel_drops_the_parts() {
    let memory = Memory::default();
    let begun = begun(&memory).await;
    send_all(&memory, &begun);
    for _ in 0..3 {
        cancel_it(&memory).await.unwrap();
        assert!(memory.open_multiparts().is_empty());
    }
    assert_eq!(row(&memory).record.status, UploadStatus::Aborted);
}

#[tokio::test]
async fn f41_parts_in_flight_are_aborted_too() {
    let memory = Memory::default();
    begun(&memory).await;
    memory.ignore_aborts(3);
    cancel_it(&memory).await.unwrap();
    assert!(memory.open_multiparts().is_empty());
}

#[tokio::test]
async fn f41_an_incomplete_abort_is_reported_and_completed_by_a_retry() {
    let memory = Memory::default();
    begun(&memory).await;
    memory.ignore_aborts(7);
    assert_eq!(
        code(cancel_it(&memory).await),
        ErrorCode::ServiceUnavailable
    );
    assert_eq!(memory.open_multiparts().len(), 1);
    cancel_it(&memory).await.unwrap();
    assert!(memory.open_multiparts().is_empty());
}

#[tokio::test]
async fn f41_an_interrupted_cancel_is_completed_by_a_retry() {
    for verb in ["abort_multipart", "find_multipart", "mark_aborted"] {
        let memory = Memory::default();
        begun(&memory).await;
        memory.fail_next(verb, FaultKind::Unavailable);
        assert_eq!(
            code(cancel_it(&memory).await),
            ErrorCode::ServiceUnavailable
        );
        cancel_it(&memory).await.unwrap();
        assert!(memory.open_multiparts().is_empty(), "{verb}");
        assert_eq!(row(&memory).record.status, UploadStatus::Aborted);
    }
}

#[tokio::test]
async fn f41_a_completion_that_was_faster_wins() {
    let memory = Memory::default();
    let begun = begun(&memory).await;
    memory.set_object(&begun.record.key, Some(head_of("e")));
    assert_eq!(code(cancel_it(&memory).await), ErrorCode::AlreadyStored);
    assert_eq!(row(&memory).record.status, UploadStatus::Pending);
    // The completion came between the mark and the abort.
    set_status(&memory, UploadStatus::Aborted);
    assert_eq!(code(cancel_it(&memory).await), ErrorCode::AlreadyStored);
}

#[tokio::test]
async fn a60_another_user_drops_nothing() {
    let memory = Memory::default();
    begun(&memory).await;
    let foreign = cancel(&memory, &memory, &owner('b'), id(1), NOW).await;
    assert_eq!(code(foreign), ErrorCode::NotFound);
    assert_eq!(memory.open_multiparts().len(), 1);
}
