//! The first parts of a file are signed along with its create call, as a sign call signs them.

mod common;

use common::multipart::{CRCS, PART, SIZE, begun, create_all, item, row};
use common::{owner, signing};
use crowfly_contract::limits::MIB;
use crowfly_contract::{Crc64Nvme, Created, ErrorCode, PartToSign, Plan, UploadStatus};
use crowfly_core::{FaultKind, parts};
use crowfly_testing::{Memory, Race};
use serde_json::{Value, json};

/// The item of [`SIZE`] bytes that asks for its first parts.
fn asking(part_size: u64, count: u32) -> Value {
    let mut item = item(SIZE);
    item["partSize"] = json!(part_size);
    item["parts"] = (1..=count).map(|number| json!(to_sign(number))).collect();
    item
}

fn to_sign(number: u32) -> PartToSign {
    let crc64nvme = CRCS.get(number as usize - 1).copied().map(Crc64Nvme::new);
    PartToSign {
        number,
        crc64nvme,
        size: None,
    }
}

async fn created(memory: &Memory, item: Value) -> Result<(Created, bool), ErrorCode> {
    let (_, result) = create_all(memory, json!([item])).await.remove(0);
    let granted = result.map_err(|error| error.to_refusal().code)?;
    Ok((granted.created, granted.repeated))
}

#[tokio::test]
async fn a46_a49_they_are_signed_exactly_as_a_sign_call_signs_them() {
    let memory = Memory::default();
    let (created, repeated) = created(&memory, asking(PART, 2)).await.unwrap();
    assert!(!repeated);
    let asked = [to_sign(1), to_sign(2)];
    let who = owner('a');
    let signed = parts::sign(&memory, &memory, &memory, signing(&who), &asked).await;
    assert_eq!(created.grants, signed.unwrap().grants);
    assert_eq!(created.grants.len(), 2);
    assert_eq!(
        memory.open_multiparts(),
        [row(&memory).s3_upload_id.unwrap()]
    );
}

#[tokio::test]
async fn a33_only_parts_of_the_plan_are_signed() {
    let memory = Memory::default();
    let (created, _) = created(&memory, asking(PART, 6)).await.unwrap();
    let numbers: Vec<u32> = created.grants.iter().map(|grant| grant.number).collect();
    assert_eq!(numbers, [1, 2, 3]);
}

/// Its checksums are of other bytes than the parts of the plan.
#[tokio::test]
async fn whoever_asks_for_another_part_size_than_that_of_the_row_gets_the_plan_alone() {
    for (part_size, count) in [(5 * MIB, 2), (PART + 1, 2), (0, 1), (PART, 0)] {
        let memory = Memory::default();
        created(&memory, item(SIZE)).await.unwrap();
        let (created, _) = created(&memory, asking(part_size, count)).await.unwrap();
        assert!(created.grants.is_empty(), "{part_size}, {count}");
        let plan = Plan::Multipart {
            part_size: PART,
            part_count: 3,
        };
        assert_eq!(created.plan, plan);
    }
    let memory = Memory::default();
    let mut no_size = asking(PART, 2);
    no_size.as_object_mut().unwrap().remove("partSize");
    let (created, _) = created(&memory, no_size).await.unwrap();
    assert!(created.grants.is_empty());
}

#[tokio::test]
async fn a_small_file_has_no_parts_whatever_is_asked_for() {
    let memory = Memory::default();
    let mut small = asking(PART, 2);
    small["size"] = json!(5);
    let (created, _) = created(&memory, small).await.unwrap();
    assert!(matches!(created.plan, Plan::Single { .. }));
    assert!(created.grants.is_empty());
}

#[tokio::test]
async fn a_repeated_call_signs_again_and_may_ask_for_other_parts() {
    let memory = Memory::default();
    let first = created(&memory, asking(PART, 2)).await.unwrap();
    let before = row(&memory);
    let again = created(&memory, asking(PART, 2)).await.unwrap();
    assert_eq!((again.0, again.1), (first.0, true));
    for (item, grants) in [(asking(PART, 1), 1), (asking(PART, 3), 3), (item(SIZE), 0)] {
        let (created, repeated) = created(&memory, item).await.unwrap();
        assert!(repeated);
        assert_eq!(created.grants.len(), grants);
    }
    let mut other_bytes = asking(PART, 1);
    other_bytes["parts"][0]["crc64nvme"] = json!(Crc64Nvme::new(99));
    assert!(created(&memory, other_bytes).await.unwrap().1);
    assert_eq!(row(&memory), before, "the row keeps nothing of it");
    assert_eq!(memory.open_multiparts().len(), 1);
}

/// A sign call would say that it is gone, so the create call must not sign for it.
#[tokio::test]
async fn f40_nothing_is_signed_for_a_multipart_upload_that_storage_dropped() {
    let memory = Memory::default();
    begun(&memory).await;
    memory.drop_multiparts();
    let (created, repeated) = created(&memory, asking(PART, 2)).await.unwrap();
    assert!(repeated && created.grants.is_empty());
}

#[tokio::test]
async fn h6_storage_is_asked_only_for_what_an_earlier_call_began() {
    let memory = Memory::default();
    created(&memory, asking(PART, 2)).await.unwrap();
    assert!(!memory.calls().contains(&"find_multipart"));
    let before = memory.calls().len();
    created(&memory, asking(PART, 2)).await.unwrap();
    let calls = &memory.calls()[before..];
    let services: Vec<_> = calls
        .iter()
        .filter(|call| !call.starts_with("presign"))
        .collect();
    assert_eq!(services, [&"get_rows", &"find_multipart"]);
}

#[tokio::test]
async fn f30_the_loser_of_two_concurrent_creates_signs_for_the_winner() {
    let memory = Memory::default();
    memory.race(Race::Begun("rival".to_owned()));
    let (created, _) = created(&memory, asking(PART, 1)).await.unwrap();
    assert_eq!(row(&memory).s3_upload_id.as_deref(), Some("rival"));
    assert!(created.grants[0].grant.url.contains("rival"));
}

#[tokio::test]
async fn what_has_ended_is_not_signed() {
    for (status, code) in [
        (UploadStatus::Stored, ErrorCode::AlreadyStored),
        (UploadStatus::Aborted, ErrorCode::UploadEnded),
        (UploadStatus::Expired, ErrorCode::UploadEnded),
    ] {
        let memory = Memory::default();
        begun(&memory).await;
        common::multipart::set_status(&memory, status);
        assert_eq!(created(&memory, asking(PART, 1)).await, Err(code));
    }
}

#[tokio::test]
async fn a_fault_of_signing_is_repeated_like_any_other() {
    let memory = Memory::default();
    memory.fail_next("presign_part", FaultKind::Unavailable);
    let failed = created(&memory, asking(PART, 2)).await;
    assert_eq!(failed, Err(ErrorCode::ServiceUnavailable));
    let (created, repeated) = created(&memory, asking(PART, 2)).await.unwrap();
    assert!(repeated);
    assert_eq!(created.grants.len(), 2);
    assert_eq!(memory.open_multiparts().len(), 1);
}
