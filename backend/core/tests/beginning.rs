//! Creates multipart uploads, in memory: exactly one in storage for each.

mod common;

use common::multipart::{PART, SIZE, begun, create_one, item, row, send_all};
use common::{NOW, id, owner, signing};
use crowfly_contract::limits::{GIB, MIB};
use crowfly_contract::{ErrorCode, PartToSign, Plan, UploadStatus};
use crowfly_core::{FaultKind, parts};
use crowfly_testing::{Memory, Race, head_of};
use serde_json::json;

const PLAN: Plan = Plan::Multipart {
    part_size: PART,
    part_count: 3,
};

#[tokio::test]
async fn a_large_file_gets_a_plan_and_one_multipart_upload() {
    let memory = Memory::default();
    assert_eq!(create_one(&memory, item(SIZE)).await, Ok((PLAN, false)));
    let row = row(&memory);
    assert_eq!(row.record.status, UploadStatus::Pending);
    assert_eq!(row.record.part_size, Some(PART));
    assert_eq!(memory.open_multiparts(), [row.s3_upload_id.unwrap()]);
}

#[tokio::test]
async fn f43_the_size_alone_decides_the_route() {
    for (size, parts) in [
        (0, None),
        (1, None),
        (16 * MIB, None),
        (16 * MIB + 1, Some(3)),
        (64 * MIB, Some(8)),
        (4 * GIB, Some(129)),
    ] {
        let memory = Memory::default();
        let (plan, _) = create_one(&memory, item(size)).await.unwrap();
        match (plan, parts) {
            (Plan::Single { .. }, None) => assert!(memory.open_multiparts().is_empty()),
            (
                Plan::Multipart {
                    part_size,
                    part_count,
                },
                Some(_),
            ) => {
                assert_eq!(size.div_ceil(part_size), u64::from(part_count), "{size}");
                assert!((5 * MIB..=5 * GIB).contains(&part_size));
                assert_eq!(memory.open_multiparts().len(), 1);
            }
            (plan, _) => panic!("{size}: {plan:?}"),
        }
    }
    let memory = Memory::default();
    assert_eq!(
        create_one(&memory, item(6_000_000_000)).await,
        Err(ErrorCode::TooLarge)
    );
    assert!(memory.open_multiparts().is_empty() && memory.row_count() == 0);
}

#[tokio::test]
async fn public_objects_are_attachments_from_the_start() {
    let memory = Memory::default();
    let mut public = item(SIZE);
    public["visibility"] = json!("public");
    create_one(&memory, public).await.unwrap();
    let s3_upload_id = row(&memory).s3_upload_id.unwrap();
    let disposition = memory.multipart_disposition(&s3_upload_id).unwrap();
    assert!(disposition.starts_with("attachment; "), "{disposition}");
}

#[tokio::test]
async fn a_repeated_create_answers_the_same_and_begins_nothing() {
    let memory = Memory::default();
    let first = begun(&memory).await;
    assert_eq!(create_one(&memory, item(SIZE)).await, Ok((PLAN, true)));
    assert_eq!(row(&memory), first);
    assert_eq!(memory.open_multiparts().len(), 1);
    assert_eq!(
        create_one(&memory, item(SIZE + 1)).await,
        Err(ErrorCode::UploadMismatch)
    );
}

#[tokio::test]
async fn a_repeated_create_keeps_the_plan_of_the_record() {
    let memory = Memory::default();
    let mut row = begun(&memory).await;
    row.record.part_size = Some(5 * MIB);
    memory.set_row(row);
    let plan = Plan::Multipart {
        part_size: 5 * MIB,
        part_count: 4,
    };
    assert_eq!(create_one(&memory, item(SIZE)).await, Ok((plan, true)));
}

#[tokio::test]
async fn a_create_may_be_repeated_after_the_checksum_was_declared() {
    let memory = Memory::default();
    let mut row = begun(&memory).await;
    row.declared.as_mut().unwrap().crc64nvme = Some(crowfly_contract::Crc64Nvme::new(7));
    memory.set_row(row);
    assert_eq!(create_one(&memory, item(SIZE)).await, Ok((PLAN, true)));
    let mut other = item(SIZE);
    other["crc64nvme"] = json!(crowfly_contract::Crc64Nvme::new(8));
    assert_eq!(
        create_one(&memory, other).await,
        Err(ErrorCode::UploadMismatch)
    );
}

/// Signs the first part; the error code if that is refused.
async fn sign(memory: &Memory) -> Result<(), ErrorCode> {
    let part = PartToSign {
        number: 1,
        crc64nvme: None,
        size: None,
    };
    let who = owner('a');
    let signed = parts::sign(memory, memory, memory, signing(&who), &[part]).await;
    signed.map(drop).map_err(|error| error.to_refusal().code)
}

/// The call that uses the multipart upload finds out that it is gone, and the next create call
/// starts another one.
#[tokio::test]
async fn f40_a_multipart_upload_that_storage_dropped_is_followed_by_a_new_one() {
    let memory = Memory::default();
    let first = begun(&memory).await.s3_upload_id.unwrap();
    memory.drop_multiparts();
    assert_eq!(create_one(&memory, item(SIZE)).await, Ok((PLAN, true)));
    assert_eq!(sign(&memory).await, Err(ErrorCode::MultipartGone));
    assert_eq!(row(&memory).s3_upload_id, None);
    assert_eq!(sign(&memory).await, Err(ErrorCode::MultipartGone));
    assert_eq!(create_one(&memory, item(SIZE)).await, Ok((PLAN, true)));
    let second = row(&memory).s3_upload_id.unwrap();
    assert_ne!(second, first);
    assert_eq!(memory.open_multiparts(), [second]);
    assert_eq!(sign(&memory).await, Ok(()));
}

#[tokio::test]
async fn f40_a_row_that_could_not_forget_is_asked_again() {
    let memory = Memory::default();
    begun(&memory).await;
    memory.drop_multiparts();
    memory.fail_next("clear_multipart", FaultKind::Unavailable);
    assert_eq!(sign(&memory).await, Err(ErrorCode::ServiceUnavailable));
    assert_eq!(sign(&memory).await, Err(ErrorCode::MultipartGone));
    assert_eq!(create_one(&memory, item(SIZE)).await, Ok((PLAN, true)));
    assert_eq!(sign(&memory).await, Ok(()));
}

#[tokio::test]
async fn f37_what_is_stored_is_not_begun_again() {
    let memory = Memory::default();
    let row = begun(&memory).await;
    memory.drop_multiparts();
    assert_eq!(sign(&memory).await, Err(ErrorCode::MultipartGone));
    memory.set_object(&row.record.key, Some(head_of("e")));
    assert_eq!(
        create_one(&memory, item(SIZE)).await,
        Err(ErrorCode::AlreadyStored)
    );
    assert!(memory.open_multiparts().is_empty());
}

#[tokio::test]
async fn h6_a_repeated_create_asks_storage_nothing() {
    let memory = Memory::default();
    begun(&memory).await;
    let before = memory.calls().len();
    create_one(&memory, item(SIZE)).await.unwrap();
    assert_eq!(memory.calls()[before..], ["get_rows"]);
}

#[tokio::test]
async fn f30_the_loser_of_two_concurrent_creates_aborts_its_multipart_upload() {
    let memory = Memory::default();
    memory.race(Race::Begun("rival".to_owned()));
    assert_eq!(create_one(&memory, item(SIZE)).await, Ok((PLAN, false)));
    assert_eq!(row(&memory).s3_upload_id.as_deref(), Some("rival"));
    assert!(memory.open_multiparts().is_empty(), "its own was dropped");
}

#[tokio::test]
async fn f41_an_upload_cancelled_meanwhile_is_not_begun() {
    let memory = Memory::default();
    memory.race(Race::Cancelled);
    assert_eq!(
        create_one(&memory, item(SIZE)).await,
        Err(ErrorCode::UploadEnded)
    );
    assert_eq!(row(&memory).s3_upload_id, None);
    assert!(memory.open_multiparts().is_empty());
}

#[tokio::test]
async fn an_interrupted_create_is_completed_by_the_next() {
    for verb in ["create_multipart", "set_multipart"] {
        let memory = Memory::default();
        memory.fail_next(verb, FaultKind::Unavailable);
        assert_eq!(
            create_one(&memory, item(SIZE)).await,
            Err(ErrorCode::ServiceUnavailable)
        );
        assert!(memory.open_multiparts().is_empty(), "{verb}: an orphan");
        assert_eq!(create_one(&memory, item(SIZE)).await, Ok((PLAN, true)));
        assert_eq!(
            memory.open_multiparts(),
            [row(&memory).s3_upload_id.unwrap()]
        );
    }
}

#[tokio::test]
async fn parts_that_arrived_survive_a_repeated_create() {
    let memory = Memory::default();
    let row = begun(&memory).await;
    send_all(&memory, &row);
    create_one(&memory, item(SIZE)).await.unwrap();
    let listed = crowfly_core::parts::list(&memory, &memory, &owner('a'), id(1), NOW).await;
    assert_eq!(listed.unwrap().parts.len(), 3);
}
