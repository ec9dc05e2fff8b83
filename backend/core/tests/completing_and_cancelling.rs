//! Completes and cancels single uploads, in memory.

mod common;

use common::{NOW, id, owner};
use crowfly_contract::{ErrorCode, UploadStatus};
use crowfly_core::cancel::cancel;
use crowfly_core::complete::{Completed, complete};
use crowfly_core::ports::Head;
use crowfly_core::request::FileEnd;
use crowfly_core::{Error, FaultKind};
use crowfly_testing::{Memory, OBJECT_CRC, head_of, row_of};

fn code<T: std::fmt::Debug>(result: Result<T, Error>) -> ErrorCode {
    result.unwrap_err().to_refusal().code
}

#[tokio::test]
async fn complete_says_what_storage_holds() {
    let (memory, me) = (Memory::default(), owner('a'));
    let row = row_of(&me, id(1), 1);
    memory.set_row(row.clone());
    assert_eq!(
        code(complete(&memory, &memory, &me, id(1), FileEnd::default()).await),
        ErrorCode::NotStored
    );
    memory.set_object(&row.record.key, Some(head_of("e")));
    let answer = complete(&memory, &memory, &me, id(1), Some(OBJECT_CRC).into())
        .await
        .unwrap();
    let Completed::Stored(first) = &answer else {
        panic!("{answer:?}")
    };
    assert_eq!(
        (first.size, first.etag.as_str(), first.crc64nvme),
        (9, "e", Some(OBJECT_CRC))
    );
    assert_eq!(
        complete(&memory, &memory, &me, id(1), FileEnd::default())
            .await
            .unwrap(),
        answer
    );
    assert_eq!(
        memory.row(&me, id(1)).unwrap(),
        row,
        "complete writes nothing"
    );
}

#[tokio::test]
async fn complete_refuses_an_object_that_is_not_what_was_declared() {
    let (memory, me) = (Memory::default(), owner('a'));
    let row = row_of(&me, id(1), 1);
    memory.set_row(row.clone());
    let other = crowfly_contract::Crc64Nvme::new(1);
    memory.set_object(
        &row.record.key,
        Some(Head {
            size: 8,
            ..head_of("e")
        }),
    );
    assert_eq!(
        code(complete(&memory, &memory, &me, id(1), FileEnd::default()).await),
        ErrorCode::SizeMismatch
    );
    memory.set_object(
        &row.record.key,
        Some(Head {
            crc64nvme: Some(other),
            ..head_of("e")
        }),
    );
    assert_eq!(
        code(complete(&memory, &memory, &me, id(1), FileEnd::default()).await),
        ErrorCode::ChecksumMismatch
    );
    memory.set_object(&row.record.key, Some(head_of("e")));
    let wrong = complete(&memory, &memory, &me, id(1), Some(other).into()).await;
    assert_eq!(code(wrong), ErrorCode::ChecksumMismatch);
}

#[tokio::test]
async fn complete_after_a_cancel_still_reports_a_stored_object() {
    let (memory, me) = (Memory::default(), owner('a'));
    let mut row = row_of(&me, id(1), 1);
    row.record.status = UploadStatus::Aborted;
    memory.set_row(row.clone());
    assert_eq!(
        code(complete(&memory, &memory, &me, id(1), FileEnd::default()).await),
        ErrorCode::UploadEnded
    );
    memory.set_object(&row.record.key, Some(head_of("e")));
    assert!(
        complete(&memory, &memory, &me, id(1), FileEnd::default())
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn cancel_is_repeatable_and_keeps_the_record() {
    let (memory, me) = (Memory::default(), owner('a'));
    memory.set_row(row_of(&me, id(1), 1));
    for _ in 0..3 {
        cancel(&memory, &memory, &me, id(1), NOW).await.unwrap();
    }
    let record = memory.row(&me, id(1)).unwrap().record;
    assert_eq!(record.status, UploadStatus::Aborted);
    assert_eq!(record.expires_at, None, "the sweep says when");
}

#[tokio::test]
async fn cancel_comes_too_late_for_an_object_that_is_there() {
    let (memory, me) = (Memory::default(), owner('a'));
    let mut row = row_of(&me, id(1), 1);
    memory.set_row(row.clone());
    memory.set_object(&row.record.key, Some(head_of("e")));
    assert_eq!(
        code(cancel(&memory, &memory, &me, id(1), NOW).await),
        ErrorCode::AlreadyStored
    );
    assert_eq!(memory.row(&me, id(1)).unwrap(), row);
    row.record.status = UploadStatus::Stored;
    memory.set_row(row);
    assert_eq!(
        code(cancel(&memory, &memory, &me, id(1), NOW).await),
        ErrorCode::AlreadyStored
    );
}

#[tokio::test]
async fn a60_uploads_of_others_do_not_exist() {
    let (memory, me) = (Memory::default(), owner('a'));
    let row = row_of(&owner('b'), id(1), 1);
    memory.set_row(row.clone());
    memory.set_object(&row.record.key, Some(head_of("e")));
    let foreign = complete(&memory, &memory, &me, id(1), FileEnd::default())
        .await
        .unwrap_err()
        .to_refusal();
    let unknown = complete(&memory, &memory, &me, id(2), FileEnd::default())
        .await
        .unwrap_err()
        .to_refusal();
    assert_eq!((foreign.code, &foreign), (ErrorCode::NotFound, &unknown));
    let foreign = cancel(&memory, &memory, &me, id(1), NOW)
        .await
        .unwrap_err()
        .to_refusal();
    assert_eq!(foreign, unknown);
    assert_eq!(memory.row(&owner('b'), id(1)).unwrap(), row);
}

#[tokio::test]
async fn faults_reach_the_caller_without_their_detail() {
    for (kind, expected) in [
        (FaultKind::Throttled, ErrorCode::ServiceUnavailable),
        (FaultKind::Unavailable, ErrorCode::ServiceUnavailable),
        (FaultKind::Denied, ErrorCode::Internal),
        (FaultKind::Unexpected, ErrorCode::Internal),
    ] {
        let (memory, me) = (Memory::default(), owner('a'));
        memory.set_row(row_of(&me, id(1), 1));
        memory.fail_next("head_object", kind);
        let refusal = cancel(&memory, &memory, &me, id(1), NOW)
            .await
            .unwrap_err()
            .to_refusal();
        assert_eq!(refusal.code, expected);
        assert!(!refusal.message.contains("head_object"));
        assert_eq!(
            memory.row(&me, id(1)).unwrap().record.status,
            UploadStatus::Pending
        );
    }
}
