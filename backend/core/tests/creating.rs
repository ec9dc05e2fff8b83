//! Creates uploads, in memory.

mod common;

use common::creating::create_with;
use common::{NOW, id, owner};
use crowfly_contract::{ErrorCode, ObjectKey, Outcome, Plan, UploadStatus};
use crowfly_core::create::{Answer, ItemResult, answer};
use crowfly_core::quota::Limits;
use crowfly_core::{Error, FaultKind};
use crowfly_testing::{Memory, OBJECT_CRC, row_of};
use serde_json::{Value, json};

async fn create_at(memory: &Memory, items: Value, now_ms: u64) -> Vec<ItemResult> {
    create_with(memory, Limits::default(), 'a', items, now_ms).await
}

/// The item of the upload that [`row_of`] describes.
fn item(n: u128) -> Value {
    json!({"id": id(n).to_string(), "name": "ä.webm", "size": 9, "type": "video/webm",
        "crc64nvme": OBJECT_CRC.to_string(), "metadata": {"album": "여름 😀"}})
}

fn changed(n: u128, field: &str, value: Value) -> Value {
    let mut item = item(n);
    item[field] = value;
    item
}

fn code<T: std::fmt::Debug>(result: Result<T, Error>) -> ErrorCode {
    result.unwrap_err().to_refusal().code
}

#[tokio::test]
async fn a_new_upload_is_pending_and_signed() {
    let memory = Memory::default();
    let mut results = create_at(&memory, json!([item(1)]), NOW).await;
    let granted = results.remove(0).1.unwrap();
    assert!(!granted.repeated);
    assert_eq!(
        granted.created.key.to_string(),
        format!("uploads/{}/{}/ä.webm", owner('a'), id(1))
    );
    let Plan::Single { put } = granted.created.plan else {
        panic!("not a single PUT")
    };
    assert_eq!(
        put.headers.get("x-amz-checksum-crc64nvme").unwrap(),
        &OBJECT_CRC.to_string()
    );
    let row = memory.row(&owner('a'), id(1)).unwrap();
    assert_eq!(row.record.status, UploadStatus::Pending);
    assert_eq!((row.record.created_at, row.record.url), (NOW, None));
    assert_eq!(row.declared.unwrap().crc64nvme, Some(OBJECT_CRC));
}

#[tokio::test]
async fn a_public_upload_is_signed_as_an_attachment() {
    let memory = Memory::default();
    let public = changed(1, "visibility", json!("public"));
    let granted = create_at(&memory, json!([public]), NOW)
        .await
        .remove(0)
        .1
        .unwrap();
    let Plan::Single { put } = granted.created.plan else {
        panic!("not a single PUT")
    };
    assert_eq!(put.headers.get("x-amz-acl").unwrap(), "public-read");
    assert!(
        put.headers
            .get("content-disposition")
            .unwrap()
            .starts_with("attachment; ")
    );
}

fn type_of(result: &ItemResult) -> String {
    let Plan::Single { put } = &result.1.as_ref().unwrap().created.plan else {
        panic!("not a single PUT")
    };
    put.headers.get("content-type").unwrap().clone()
}

#[tokio::test]
async fn u3_a_type_is_stored_and_signed_by_its_standard_name() {
    let memory = Memory::default();
    for (n, reported) in ["video/x-matroska", "video/matroska", "video/mkv"]
        .into_iter()
        .enumerate()
    {
        let item = json!([changed(1, "type", json!(reported))]);
        let result = create_at(&memory, item, NOW).await.remove(0);
        assert_eq!(type_of(&result), "video/matroska", "what the browser sends");
        assert_eq!(result.1.unwrap().repeated, n > 0, "{reported}");
    }
    let row = memory.row(&owner('a'), id(1)).unwrap();
    assert_eq!(row.record.media_type, "video/matroska");
    assert_eq!(row.declared.unwrap().media_type, "video/matroska");
}

/// An upload created by an earlier version keeps the type name of that version.
#[tokio::test]
async fn u3_a_pending_upload_keeps_its_type_name() {
    let memory = Memory::default();
    let mut old = row_of(&owner('a'), id(1), NOW);
    let name = "video/avi";
    name.clone_into(&mut old.record.media_type);
    name.clone_into(&mut old.declared.as_mut().unwrap().media_type);
    memory.set_row(old);
    for reported in [name, "video/x-msvideo"] {
        let item = json!([changed(1, "type", json!(reported))]);
        let result = create_at(&memory, item, NOW).await.remove(0);
        assert_eq!(type_of(&result), name);
    }
}

/// S3 serves a public object itself, so its stored type must not be active.
#[tokio::test]
async fn u4_public_xml_is_stored_as_bytes() {
    let memory = Memory::default();
    for (n, visibility, expected) in [
        (1, "public", "application/octet-stream"),
        (2, "private", "video/x-feed+xml"),
    ] {
        let mut item = changed(n, "type", json!("video/x-feed+xml"));
        item["visibility"] = json!(visibility);
        for _ in 0..2 {
            let result = create_at(&memory, json!([item]), NOW).await.remove(0);
            assert_eq!(type_of(&result), expected);
        }
        let row = memory.row(&owner('a'), id(n)).unwrap();
        assert_eq!(row.record.media_type, expected);
        assert_eq!(row.declared.unwrap().media_type, expected);
    }
}

#[tokio::test]
async fn a34_f87_the_same_item_is_signed_again_and_another_is_refused() {
    let memory = Memory::default();
    create_at(&memory, json!([item(1)]), NOW).await;
    let before = memory.row(&owner('a'), id(1)).unwrap();
    let again = create_at(&memory, json!([item(1)]), NOW + 1)
        .await
        .remove(0)
        .1
        .unwrap();
    assert!(again.repeated);
    for (field, value) in [
        ("name", json!("b.webm")),
        ("size", json!(8)),
        ("type", json!("video/mp4")),
        ("crc64nvme", json!("AAAAAAAAAAA=")),
        ("crc64nvme", json!(null)),
        ("visibility", json!("public")),
        ("metadata", json!({})),
    ] {
        let result = create_at(&memory, json!([changed(1, field, value)]), NOW)
            .await
            .remove(0)
            .1;
        assert_eq!(code(result), ErrorCode::UploadMismatch, "{field}");
    }
    assert_eq!(memory.row(&owner('a'), id(1)).unwrap(), before);
}

/// A write costs the table many times what a read does, so a repeat must not try one.
#[tokio::test]
async fn h6_a_repeat_of_a_hundred_reads_once_and_writes_nothing() {
    let memory = Memory::default();
    let hundred: Vec<Value> = (0..100).map(item).collect();
    create_at(&memory, json!(hundred), NOW).await;
    let before = memory.calls().len();
    let results = create_at(&memory, json!(hundred), NOW + 1).await;
    assert!(
        results
            .iter()
            .all(|(_, result)| result.as_ref().unwrap().repeated)
    );
    let mut calls = memory.calls().split_off(before);
    assert_eq!(calls.remove(0), "get_rows");
    assert_eq!(calls, ["presign_put"; 100]);
}

/// Only the new items of a mixed batch are written, and only they count.
#[tokio::test]
async fn h6_a_batch_of_old_and_new_items_writes_the_new_ones() {
    let memory = Memory::default();
    create_at(&memory, json!([item(1), item(3)]), NOW).await;
    let before = memory.calls().len();
    let mixed = json!([item(1), item(2), item(3), item(4)]);
    let results = create_at(&memory, mixed, NOW + 1).await;
    let repeated: Vec<_> = results
        .iter()
        .map(|(id, result)| (*id, result.as_ref().unwrap().repeated))
        .collect();
    let expected = [(1, true), (2, false), (3, true), (4, false)];
    assert_eq!(repeated, expected.map(|(n, repeated)| (id(n), repeated)));
    assert_eq!(memory.row_count(), 4);
    let calls = memory.calls().split_off(before);
    let writes = calls.iter().filter(|verb| **verb == "put_pending");
    assert_eq!((calls[0], writes.count()), ("get_rows", 2));
}

#[tokio::test]
async fn h6_a_fault_of_the_first_read_is_that_of_each_item() {
    let memory = Memory::default();
    memory.fail_next("get_rows", FaultKind::Throttled);
    let results = create_at(&memory, json!([item(1), item(2)]), NOW).await;
    for (_, result) in results {
        assert_eq!(code(result), ErrorCode::ServiceUnavailable);
    }
    assert_eq!(memory.row_count(), 0);
}

#[tokio::test]
async fn a35_another_owner_may_use_the_same_id() {
    let memory = Memory::default();
    memory.set_row(row_of(&owner('b'), id(1), 1));
    let granted = create_at(&memory, json!([item(1)]), NOW)
        .await
        .remove(0)
        .1
        .unwrap();
    assert!(!granted.repeated);
    assert_eq!(memory.row_count(), 2);
}

#[tokio::test]
async fn f88_a_repeat_signs_for_the_key_in_the_table() {
    let memory = Memory::default();
    memory.set_row(row_of(&owner('a'), id(1), 1));
    let granted = create_at(&memory, json!([item(1)]), NOW)
        .await
        .remove(0)
        .1
        .unwrap();
    let key: ObjectKey = granted.created.key.as_str().parse().unwrap();
    assert_eq!(key.name(), "a.webm");
}

#[tokio::test]
async fn an_upload_that_ended_is_not_signed_again() {
    for (status, expected) in [
        (UploadStatus::Stored, ErrorCode::AlreadyStored),
        (UploadStatus::Aborted, ErrorCode::UploadEnded),
        (UploadStatus::Expired, ErrorCode::UploadEnded),
        (UploadStatus::Deleted, ErrorCode::UploadEnded),
    ] {
        let memory = Memory::default();
        let mut row = row_of(&owner('a'), id(1), 1);
        row.record.status = status;
        memory.set_row(row);
        let result = create_at(&memory, json!([item(1)]), NOW).await.remove(0).1;
        assert_eq!(code(result), expected);
        assert_eq!(memory.calls(), ["get_rows"], "nothing was signed");
    }
}

#[tokio::test]
async fn a_refused_item_touches_nothing() {
    let memory = Memory::default();
    for (field, value, expected) in [
        ("type", json!("text/html"), ErrorCode::TypeNotAllowed),
        ("size", json!(6_000_000_000u64), ErrorCode::TooLarge),
        ("size", json!(-1), ErrorCode::InvalidSize),
        ("name", json!(""), ErrorCode::InvalidName),
    ] {
        let result = create_at(&memory, json!([changed(1, field, value)]), NOW)
            .await
            .remove(0)
            .1;
        assert_eq!(code(result), expected);
    }
    assert_eq!((memory.calls(), memory.row_count()), (vec![], 0));
}

#[tokio::test]
async fn a_hundred_items_are_answered_in_order_and_apart() {
    let memory = Memory::default();
    memory.fail_next("put_pending", FaultKind::Throttled);
    let items: Vec<Value> = (0..100)
        .map(|n| {
            if n % 10 == 9 {
                changed(n, "size", json!(-1))
            } else {
                item(n)
            }
        })
        .collect();
    let results = create_at(&memory, json!(items), NOW).await;
    let ids: Vec<_> = results.iter().map(|(id, _)| *id).collect();
    assert_eq!(ids, (0..100).map(id).collect::<Vec<_>>());
    assert_eq!(
        results.iter().filter(|(_, result)| result.is_ok()).count(),
        89
    );
    let (status, body) = answer(results, "r");
    assert_eq!(status, 207);
    let Answer::Response(response) = body else {
        panic!("not a response")
    };
    let Outcome::Refused(refusal) = &response.uploads[0].outcome else {
        panic!("not refused")
    };
    assert_eq!(
        (refusal.code, refusal.request_id.as_str()),
        (ErrorCode::ServiceUnavailable, "r")
    );
    assert_eq!(refusal.retry_after_ms, Some(1_000));
}

#[tokio::test]
async fn the_status_is_that_of_all_items_or_207() {
    let bad = |n| changed(n, "size", json!(-1));
    let big = |n| changed(n, "size", json!(6_000_000_000u64));
    for (existing, items, expected) in [
        (vec![], json!([item(1), item(2)]), 201),
        (vec![1, 2], json!([item(1), item(2)]), 200),
        (vec![1], json!([item(1), item(2)]), 207),
        (vec![], json!([bad(1), bad(2)]), 400),
        (vec![], json!([bad(1), changed(2, "name", json!(""))]), 400),
        (vec![], json!([big(1), big(2)]), 413),
        (vec![], json!([bad(1), big(2)]), 207),
        (vec![1], json!([changed(1, "size", json!(1))]), 409),
    ] {
        let memory = Memory::default();
        for n in existing {
            memory.set_row(row_of(&owner('a'), id(n), 1));
        }
        let single = items.as_array().unwrap().len() == 1;
        let (status, body) = answer(create_at(&memory, items.clone(), NOW).await, "r");
        assert_eq!(status, expected, "{items}");
        assert_eq!(
            matches!(body, Answer::Refused(_)),
            single && expected >= 400
        );
    }
}
