//! What is stored under a false type is marked and withheld.

mod common;

use common::events::{created, key, pending, tell};
use common::withheld::{content, refused, shown};
use common::{NOW, id, owner};
use crowfly_contract::{ErrorCode, Visibility};
use crowfly_core::cursor::CursorKey;
use crowfly_core::record::{Done, RecordError};
use crowfly_core::testing::head_of;
use crowfly_core::{FaultKind, read};

const WEBM: &[u8] = b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01";
const HTML: &[u8] = b"<!doctype html><script>alert(1)</script>";
const ZIP: &[u8] = b"PK\x03\x04\x14\0\0\0\x08\0";
const EXE: &[u8] = b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0";

#[tokio::test]
async fn a30_bytes_of_another_kind_are_marked_and_withheld() {
    for first in [HTML, ZIP, EXE] {
        let memory = pending(1);
        memory.set_first(&key(1), first);
        let done = tell(&memory, &created(1, "A1", "e1")).await.unwrap();
        assert!(matches!(
            done,
            Done::Written {
                type_mismatch: true,
                verified: true,
                ..
            }
        ));
        let record = shown(&memory).await;
        assert!(record.type_mismatch && record.verified);
        assert_eq!(record.url, None);
        assert_eq!(refused(&memory).await, ErrorCode::TypeMismatch);
        let status = read::status(&memory, &owner('a'), &[id(1)], NOW)
            .await
            .unwrap();
        assert_eq!(status.uploads[0].record.as_ref(), Some(&record));
        let cursor = CursorKey::new(&[7; 32]).unwrap();
        let list = read::list(&memory, &cursor, &owner('a'), 10, None, NOW).await;
        assert_eq!(list.unwrap().uploads, [record]);
    }
}

#[tokio::test]
async fn a30_a_public_object_of_another_kind_is_withheld_too() {
    let memory = pending(1);
    let mut row = memory.row(&owner('a'), id(1)).unwrap();
    row.record.visibility = Visibility::Public;
    memory.set_row(row);
    memory.set_first(&key(1), HTML);
    tell(&memory, &created(1, "A1", "e1")).await.unwrap();
    assert_eq!(shown(&memory).await.url, None);
    assert_eq!(refused(&memory).await, ErrorCode::TypeMismatch);
}

#[tokio::test]
async fn a30_a_later_object_is_looked_at_anew() {
    let memory = pending(1);
    memory.set_first(&key(1), HTML);
    tell(&memory, &created(1, "A1", "e1")).await.unwrap();
    memory.set_object(&key(1), Some(head_of("e2")));
    memory.set_first(&key(1), WEBM);
    tell(&memory, &created(1, "A2", "e2")).await.unwrap();
    let record = shown(&memory).await;
    assert!(!record.type_mismatch && record.url.is_some());
    content(&memory).await.unwrap();
    memory.set_object(&key(1), Some(head_of("e3")));
    memory.set_first(&key(1), ZIP);
    tell(&memory, &created(1, "A3", "e3")).await.unwrap();
    assert!(shown(&memory).await.type_mismatch);
}

#[tokio::test]
async fn a86_an_empty_object_is_not_looked_at() {
    let memory = pending(1);
    let mut head = head_of("e1");
    head.size = 0;
    memory.set_object(&key(1), Some(head));
    let body = created(1, "A1", "e1").replace("\"size\":9", "\"size\":0");
    tell(&memory, &body).await.unwrap();
    assert!(!memory.calls().contains(&"peek_object"));
    assert!(!shown(&memory).await.type_mismatch);
}

#[tokio::test]
async fn f64_a_look_that_fails_comes_again() {
    let memory = pending(1);
    memory.set_first(&key(1), HTML);
    memory.fail_next("peek_object", FaultKind::Unavailable);
    let first = tell(&memory, &created(1, "A1", "e1")).await;
    assert!(matches!(first, Err(RecordError::Fault(_))));
    assert!(!memory.calls().contains(&"apply_event"));
    tell(&memory, &created(1, "A1", "e1")).await.unwrap();
    assert!(shown(&memory).await.type_mismatch);
}
