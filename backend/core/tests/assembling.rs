//! Completes multipart uploads, in memory: HEAD decides every unclear outcome.

mod common;

use common::multipart::{PART, SIZE, WHOLE_CRC, begun, code, row, send_all, set_status};
use common::{id, owner};
use crowfly_contract::{Completing, Crc64Nvme, ErrorCode, Stored, UploadStatus};
use crowfly_core::complete::{Completed, complete};
use crowfly_core::ports::{Completion, Head};
use crowfly_core::{Error, FaultKind};
use crowfly_testing::{Memory, head_of};

const CRC: Option<Crc64Nvme> = Some(Crc64Nvme::new(WHOLE_CRC));
const WORKING: Completed = Completed::Working(Completing {
    retry_after_ms: 1_000,
});

async fn complete_it(memory: &Memory, crc: Option<Crc64Nvme>) -> Result<Completed, Error> {
    complete(memory, memory, &owner('a'), id(1), crc.into()).await
}

async fn stored(memory: &Memory, crc: Option<Crc64Nvme>) -> Stored {
    match complete_it(memory, crc).await.unwrap() {
        Completed::Stored(stored) => stored,
        working => panic!("{working:?}"),
    }
}

async fn sent() -> Memory {
    let memory = Memory::default();
    let row = begun(&memory).await;
    send_all(&memory, &row);
    memory
}

fn count(memory: &Memory, verb: &str) -> usize {
    memory.calls().iter().filter(|call| **call == verb).count()
}

#[tokio::test]
async fn completing_is_idempotent() {
    let memory = sent().await;
    let first = stored(&memory, CRC).await;
    assert_eq!((first.size, first.crc64nvme), (SIZE, CRC));
    assert!(memory.open_multiparts().is_empty());
    assert_eq!(stored(&memory, CRC).await, first);
    set_status(&memory, UploadStatus::Stored);
    assert_eq!(stored(&memory, CRC).await, first);
    assert_eq!(stored(&memory, None).await, first);
    assert_eq!(count(&memory, "complete_multipart"), 1);
}

#[tokio::test]
async fn the_checksum_is_in_the_record_before_the_object_exists() {
    let memory = sent().await;
    memory.next_completion(Completion::Unknown, false);
    assert_eq!(complete_it(&memory, CRC).await.unwrap(), WORKING);
    let row = row(&memory);
    assert_eq!(row.declared.unwrap().crc64nvme, CRC);
    assert_eq!(row.record.crc64nvme, CRC);
    let calls = memory.calls();
    let position = |verb| calls.iter().position(|call| *call == verb);
    assert!(position("declare_checksum") < position("complete_multipart"));
}

#[tokio::test]
async fn a_checksum_is_optional_and_then_not_declared() {
    let memory = sent().await;
    assert_eq!(stored(&memory, None).await.crc64nvme, CRC);
    assert_eq!(row(&memory).declared.unwrap().crc64nvme, None);
}

#[tokio::test]
async fn f35_a_wrong_checksum_creates_no_object() {
    let memory = sent().await;
    let wrong = Some(Crc64Nvme::new(WHOLE_CRC + 1));
    assert_eq!(
        code(complete_it(&memory, wrong).await),
        ErrorCode::ChecksumMismatch
    );
    assert_eq!(memory.open_multiparts().len(), 1, "nothing was made");
    assert_eq!(
        code(complete_it(&memory, CRC).await),
        ErrorCode::ChecksumMismatch,
        "one upload has one checksum"
    );
    assert_eq!(row(&memory).declared.unwrap().crc64nvme, wrong);
}

#[tokio::test]
async fn a66_parts_that_differ_from_the_plan_are_refused() {
    let memory = Memory::default();
    let row = begun(&memory).await;
    let put =
        |number, size| memory.put_part(row.s3_upload_id.as_deref().unwrap(), number, size, None);
    let refused = async |word: &str| {
        let refusal = complete_it(&memory, None).await.unwrap_err().to_refusal();
        assert_eq!(refusal.code, ErrorCode::PartsMismatch);
        assert!(refusal.message.contains(word), "{}", refusal.message);
    };
    refused("part 1 is missing").await;
    put(1, PART);
    put(3, 5);
    refused("part 2 is missing").await;
    put(2, PART - 1);
    refused("part 2 has").await;
    put(2, PART);
    put(3, 6);
    refused("part 3 has").await;
    put(3, 5);
    put(4, 1);
    refused("part 4 is not in the plan").await;
    assert_eq!(count(&memory, "complete_multipart"), 0);
}

#[tokio::test]
async fn f31_a_part_sent_again_between_list_and_completion_is_listed_anew() {
    let memory = sent().await;
    memory.next_completion(Completion::PartsMismatch, false);
    assert_eq!(
        code(complete_it(&memory, CRC).await),
        ErrorCode::PartsMismatch
    );
    stored(&memory, CRC).await;
}

#[tokio::test]
async fn f36_an_unknown_outcome_is_no_success() {
    let memory = sent().await;
    memory.next_completion(Completion::Unknown, false);
    assert_eq!(complete_it(&memory, CRC).await.unwrap(), WORKING);
    assert_eq!(stored(&memory, CRC).await.size, SIZE);
}

#[tokio::test]
async fn f37_a_lost_answer_is_settled_by_what_storage_holds() {
    let memory = sent().await;
    memory.next_completion(Completion::Unknown, true);
    assert_eq!(stored(&memory, CRC).await.size, SIZE, "in the same call");

    let memory = sent().await;
    memory.next_completion(Completion::Done, true);
    memory.fail_next("head_object", FaultKind::Unavailable);
    assert_eq!(
        code(complete_it(&memory, CRC).await),
        ErrorCode::ServiceUnavailable
    );
    assert_eq!(stored(&memory, CRC).await.size, SIZE, "by the repeated one");
    assert_eq!(count(&memory, "complete_multipart"), 1);
}

#[tokio::test]
async fn f37_a_multipart_upload_gone_between_list_and_completion() {
    let memory = sent().await;
    memory.next_completion(Completion::Gone, true);
    assert_eq!(stored(&memory, CRC).await.size, SIZE);
    let memory = sent().await;
    memory.next_completion(Completion::Gone, false);
    assert_eq!(
        code(complete_it(&memory, CRC).await),
        ErrorCode::MultipartGone
    );
}

#[tokio::test]
async fn f39_nothing_is_written_over() {
    let memory = sent().await;
    let object = Head {
        size: SIZE,
        crc64nvme: CRC,
        ..head_of("first")
    };
    memory.set_object(&row(&memory).record.key, Some(object));
    assert_eq!(stored(&memory, CRC).await.etag, "first");
    assert!(
        memory.open_multiparts().is_empty(),
        "the unused parts are aborted"
    );

    let memory = sent().await;
    memory.set_object(&row(&memory).record.key, Some(head_of("another file")));
    assert_eq!(
        code(complete_it(&memory, CRC).await),
        ErrorCode::SizeMismatch
    );
}

#[tokio::test]
async fn f39_after_a_conflict_the_multipart_upload_is_aborted() {
    let memory = sent().await;
    memory.next_completion(Completion::Conflict, false);
    assert_eq!(
        code(complete_it(&memory, CRC).await),
        ErrorCode::MultipartGone
    );
    assert!(memory.open_multiparts().is_empty());

    let memory = sent().await;
    memory.next_completion(Completion::Conflict, true);
    assert_eq!(stored(&memory, CRC).await.size, SIZE);
}

#[tokio::test]
async fn f40_a_gone_multipart_upload_without_an_object() {
    let memory = sent().await;
    memory.drop_multiparts();
    assert_eq!(
        code(complete_it(&memory, CRC).await),
        ErrorCode::MultipartGone
    );
    let mut row = row(&memory);
    row.s3_upload_id = None;
    memory.set_row(row);
    assert_eq!(
        code(complete_it(&memory, CRC).await),
        ErrorCode::MultipartGone,
        "never begun"
    );
}

#[tokio::test]
async fn f41_a_cancelled_upload_is_not_completed() {
    let memory = sent().await;
    set_status(&memory, UploadStatus::Aborted);
    assert_eq!(
        code(complete_it(&memory, CRC).await),
        ErrorCode::UploadEnded
    );
    assert_eq!(count(&memory, "complete_multipart"), 0);
}

#[tokio::test]
async fn a60_another_user_completes_nothing() {
    let memory = sent().await;
    let foreign = complete(&memory, &memory, &owner('b'), id(1), CRC.into()).await;
    assert_eq!(code(foreign), ErrorCode::NotFound);
    assert_eq!(count(&memory, "complete_multipart"), 0);
    assert_eq!(row(&memory).declared.unwrap().crc64nvme, None);
}
