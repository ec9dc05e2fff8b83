//! How live uploads end, in memory: the size that their clients say, and what the parts say.

mod common;

use common::creating::create_with;
use common::events::{event, handle};
use common::live::{
    PART, completed, crc_of, end, live_item, open_bytes, recording, row, send, signed,
};
use common::{LIMITS, NOW};
use crowfly_contract::{Crc64Nvme, ErrorCode, UploadStatus};
use crowfly_core::FaultKind;
use crowfly_core::request::FileEnd;
use crowfly_testing::{Memory, head_of};
use serde_json::{Value, json};

/// Creates another upload than a live one.
async fn create_other(memory: &Memory, size: u64) {
    let mut item: Value = live_item(1);
    item["live"] = false.into();
    item["size"] = size.into();
    create_with(memory, LIMITS, 'a', json!([item]), NOW).await;
}

#[tokio::test]
async fn a_recording_is_completed_from_its_parts_and_verified() {
    let memory = Memory::default();
    recording(&memory, 1).await;
    signed(&memory, &[(1, None), (2, None), (3, Some(9))])
        .await
        .unwrap();
    send(&memory, 1, &[(1, PART), (2, PART), (3, 9)]);
    let size = 2 * PART + 9;
    let said = FileEnd {
        duration_ms: Some(61_000),
        ..end(size, crc_of(&[1, 2, 3]))
    };
    assert_eq!(completed(&memory, said).await, Ok(size));
    let pending = row(&memory, 1).record;
    assert_eq!(
        (pending.status, pending.size),
        (UploadStatus::Pending, size)
    );
    assert_eq!(open_bytes(&memory), size);
    // A repeated call finds the object.
    assert_eq!(completed(&memory, said).await, Ok(size));
    let mut created = event(&pending.key.to_string(), "A1", Some("e-3"));
    created["s3"]["object"]["size"] = size.into();
    handle(&memory, &json!({"Records": [created]}).to_string())
        .await
        .unwrap();
    let record = row(&memory, 1).shown();
    assert_eq!((record.status, record.size), (UploadStatus::Stored, size));
    assert!(record.verified && record.live && !record.truncated);
    assert_eq!(record.duration_ms, Some(61_000));
    assert_eq!(open_bytes(&memory), 0);
    for call in [
        signed(&memory, &[(4, Some(1))]).await,
        signed(&memory, &[(1, None)]).await,
    ] {
        assert_eq!(call, Err(ErrorCode::AlreadyStored), "sign after complete");
    }
    assert_eq!(completed(&memory, said).await, Ok(size));
    assert_eq!(
        completed(&memory, end(size + 1, None)).await,
        Err(ErrorCode::SizeMismatch)
    );
}

#[tokio::test]
async fn an_empty_recording_is_one_empty_part() {
    let memory = Memory::default();
    recording(&memory, 1).await;
    assert_eq!(signed(&memory, &[(1, Some(0))]).await, Ok(vec![0]));
    send(&memory, 1, &[(1, 0)]);
    assert_eq!(completed(&memory, end(0, None)).await, Ok(0));
}

#[tokio::test]
async fn only_a_live_upload_has_a_size_at_its_end() {
    let memory = Memory::default();
    recording(&memory, 1).await;
    let none = FileEnd::default();
    assert_eq!(completed(&memory, none).await, Err(ErrorCode::InvalidSize));
    let memory = Memory::default();
    create_other(&memory, 9).await;
    memory.set_object(&row(&memory, 1).record.key, Some(head_of("e")));
    assert_eq!(
        completed(&memory, end(9, None)).await,
        Err(ErrorCode::InvalidSize)
    );
    let duration = FileEnd {
        duration_ms: Some(0),
        ..none
    };
    assert_eq!(
        completed(&memory, duration).await,
        Err(ErrorCode::InvalidSize)
    );
    assert_eq!(completed(&memory, none).await, Ok(9));
    let memory = Memory::default();
    create_other(&memory, 100_000_000).await;
    assert_eq!(
        signed(&memory, &[(1, Some(9))]).await,
        Err(ErrorCode::InvalidPart)
    );
}

/// A client lies about the size: the parts decide, and it is not bound to what was wrong.
#[tokio::test]
async fn the_size_must_be_that_of_an_unbroken_run() {
    let memory = Memory::default();
    recording(&memory, 1).await;
    signed(&memory, &[(1, None), (2, None), (3, Some(9))])
        .await
        .unwrap();
    send(&memory, 1, &[(1, PART), (2, PART), (3, 9)]);
    let size = 2 * PART + 9;
    for wrong in [0, 1, PART, 2 * PART, size - 1, size + 1, 3 * PART] {
        let refused = completed(&memory, end(wrong, None)).await;
        assert_eq!(refused, Err(ErrorCode::PartsMismatch), "{wrong}");
    }
    assert_eq!(
        completed(&memory, end(u64::MAX >> 11, None)).await,
        Err(ErrorCode::TooLarge)
    );
    assert!(!row(&memory, 1).live.unwrap().size_declared);
    let lie = end(size, Some(Crc64Nvme::new(99)));
    assert_eq!(
        completed(&memory, lie).await,
        Err(ErrorCode::ChecksumMismatch)
    );
    // The checksum is declared now, as that of any other upload.
    let truth = end(size, crc_of(&[1, 2, 3]));
    assert_eq!(
        completed(&memory, truth).await,
        Err(ErrorCode::ChecksumMismatch)
    );
    assert_eq!(open_bytes(&memory), size);
}

#[tokio::test]
async fn after_its_size_is_declared_only_its_own_parts_are_signed() {
    let memory = Memory::default();
    recording(&memory, 1).await;
    signed(&memory, &[(1, None), (2, None)]).await.unwrap();
    send(&memory, 1, &[(1, PART), (2, PART)]);
    memory.fail_next("complete_multipart", FaultKind::Unavailable);
    let said = end(2 * PART, crc_of(&[1, 2]));
    assert_eq!(
        completed(&memory, said).await,
        Err(ErrorCode::ServiceUnavailable)
    );
    for beyond in [(3, None), (3, Some(1)), (2, Some(1))] {
        assert_eq!(
            signed(&memory, &[beyond]).await,
            Err(ErrorCode::InvalidPart)
        );
    }
    assert_eq!(
        completed(&memory, end(PART, None)).await,
        Err(ErrorCode::SizeMismatch)
    );
    assert_eq!(signed(&memory, &[(2, None)]).await, Ok(vec![PART]));
    assert_eq!(open_bytes(&memory), 2 * PART);
    assert_eq!(completed(&memory, said).await, Ok(2 * PART));
}
