//! A contradicted media type is marked; active content and encoded files are withheld.

mod common;

use common::events::{created, handle, key, pending, removed};
use common::withheld::{content, refused, shown};
use common::{NOW, id, owner};
use crowfly_contract::{ErrorCode, ScanStatus, UploadStatus, Visibility, Withheld};
use crowfly_core::ports::Head;
use crowfly_core::record::{Outcome, RecordError};
use crowfly_core::{FaultKind, Scanned, read};
use crowfly_testing::{Memory, head_of};

const WEBM: &[u8] = b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01";
const HTML: &[u8] = b"<!doctype html><script>alert(1)</script>";
const ZIP: &[u8] = b"PK\x03\x04\x14\0\0\0\x08\0";
const EXE: &[u8] = b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0";
const SHELL: &[u8] = b"#!/bin/sh\nrm -rf ~";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
const M4A: &[u8] = b"\0\0\0\x1cftypM4A \0\0\0\0";
const GPX: &[u8] = b"<?xml version=\"1.0\"?><gpx/>";

fn encoded(etag: &str) -> Head {
    Head {
        content_encoding: Some("gzip".to_owned()),
        ..head_of(etag)
    }
}

/// Upload 1, stored as this type with these first bytes.
async fn stored(media_type: &str, first: &[u8]) -> Memory {
    let memory = pending(1);
    let mut row = memory.row(&owner('a'), id(1)).unwrap();
    media_type.clone_into(&mut row.record.media_type);
    if let Some(declared) = &mut row.declared {
        media_type.clone_into(&mut declared.media_type);
    }
    memory.set_row(row);
    let head = Head {
        media_type: media_type.to_owned(),
        ..head_of("e1")
    };
    memory.set_object(&key(1), Some(head));
    memory.set_first_bytes(&key(1), first);
    handle(&memory, &created(1, "A1", "e1")).await.unwrap();
    memory
}

#[tokio::test]
async fn a30_active_content_under_a_harmless_type_is_marked_and_withheld() {
    for first in [HTML, EXE, SHELL, GPX] {
        let memory = pending(1);
        memory.set_first_bytes(&key(1), first);
        let done = handle(&memory, &created(1, "A1", "e1")).await.unwrap();
        assert!(matches!(
            done,
            Outcome::Written {
                type_mismatch: true,
                withheld: Some(Withheld::ActiveContent),
                verified: true,
                ..
            }
        ));
        let record = shown(&memory).await;
        assert!(record.type_mismatch && record.verified && record.seen_type.is_some());
        assert_eq!(record.withheld, Some(Withheld::ActiveContent));
        assert_eq!(record.url, None);
        assert_eq!(refused(&memory).await, ErrorCode::TypeMismatch);
        let status = read::status(&memory, &owner('a'), &[id(1)], NOW)
            .await
            .unwrap();
        assert_eq!(status.uploads[0].record.as_ref(), Some(&record));
        let list = read::list(&memory, &owner('a'), 10, None, NOW).await;
        assert_eq!(list.unwrap().uploads, [record]);
    }
}

#[tokio::test]
async fn u5_a_related_type_is_marked_and_served_as_detected() {
    for (media_type, first, seen) in [
        ("image/x-icon", PNG, "image/png"),
        ("audio/mpeg", M4A, "audio/mp4"),
        ("audio/wav", WEBM, "audio/webm"),
        ("video/webm", ZIP, "application/zip"),
        ("text/csv", PNG, "image/png"),
    ] {
        let memory = stored(media_type, first).await;
        let record = shown(&memory).await;
        assert_eq!((record.type_mismatch, record.withheld), (true, None));
        assert_eq!(record.seen_type.as_deref(), Some(seen), "{media_type}");
        assert_eq!(record.media_type, media_type);
        assert!(record.verified && record.url.is_some());
        let url = content(&memory).await.unwrap().url;
        let served = format!("type={seen}&disposition=attachment");
        assert!(url.contains(&served), "{url}");
    }
}

#[tokio::test]
async fn u4_an_unspecific_type_is_served_as_octet_stream() {
    for first in [
        HTML,
        EXE,
        SHELL,
        GPX,
        PNG,
        b"<table><tr><td>1</td></tr></table>",
    ] {
        for media_type in ["application/octet-stream", ""] {
            let memory = stored(media_type, first).await;
            let record = shown(&memory).await;
            assert_eq!((record.type_mismatch, record.withheld), (false, None));
            let url = content(&memory).await.unwrap().url;
            let served = "type=application/octet-stream&disposition=attachment";
            assert!(url.contains(served), "{url}");
        }
    }
}

#[tokio::test]
async fn u4_what_a_browser_could_run_is_served_as_octet_stream() {
    for (media_type, first, seen) in [
        ("application/gpx+xml", GPX, None),
        ("application/gpx+xml", ZIP, Some("application/zip")),
        (
            "application/vnd.ms-excel",
            b"<table><tr><td>1".as_slice(),
            Some("text/html"),
        ),
        ("application/x-unheard-of", HTML, Some("text/html")),
    ] {
        let memory = stored(media_type, first).await;
        let record = shown(&memory).await;
        assert_eq!((record.seen_type.as_deref(), record.withheld), (seen, None));
        let url = content(&memory).await.unwrap().url;
        let served = "type=application/octet-stream&disposition=attachment";
        assert!(url.contains(served), "{media_type}: {url}");
    }
}

#[tokio::test]
async fn u2_a_voice_note_is_given_out() {
    let memory = stored("audio/amr", b"#!AMR\n\x3c\x08").await;
    let record = shown(&memory).await;
    assert_eq!((record.type_mismatch, record.withheld), (false, None));
    content(&memory).await.unwrap();
}

#[tokio::test]
async fn a30_a_public_object_of_another_kind_is_withheld_too() {
    let memory = pending(1);
    let mut row = memory.row(&owner('a'), id(1)).unwrap();
    row.record.visibility = Visibility::Public;
    memory.set_row(row);
    memory.set_first_bytes(&key(1), HTML);
    handle(&memory, &created(1, "A1", "e1")).await.unwrap();
    assert_eq!(shown(&memory).await.url, None);
    assert_eq!(refused(&memory).await, ErrorCode::TypeMismatch);
}

#[tokio::test]
async fn a30_a_later_object_is_inspected_again() {
    let memory = pending(1);
    memory.set_first_bytes(&key(1), HTML);
    handle(&memory, &created(1, "A1", "e1")).await.unwrap();
    memory.set_object(&key(1), Some(head_of("e2")));
    memory.set_first_bytes(&key(1), WEBM);
    handle(&memory, &created(1, "A2", "e2")).await.unwrap();
    let record = shown(&memory).await;
    assert!(!record.type_mismatch && record.url.is_some());
    content(&memory).await.unwrap();
    memory.set_object(&key(1), Some(head_of("e3")));
    memory.set_first_bytes(&key(1), ZIP);
    handle(&memory, &created(1, "A3", "e3")).await.unwrap();
    assert!(shown(&memory).await.type_mismatch);
}

#[tokio::test]
async fn h2_an_encoded_object_is_withheld_and_nothing_else_is_changed() {
    let memory = pending(1);
    memory.set_object(&key(1), Some(encoded("e1")));
    memory.set_first_bytes(&key(1), WEBM);
    handle(&memory, &created(1, "A1", "e1")).await.unwrap();
    let record = shown(&memory).await;
    assert_eq!(record.withheld, Some(Withheld::ContentEncoding));
    assert!(record.verified && !record.type_mismatch && record.url.is_none());
    assert_eq!(refused(&memory).await, ErrorCode::ContentEncoding);
    // The next object under the key is not encoded.
    memory.set_object(&key(1), Some(head_of("e2")));
    handle(&memory, &created(1, "A2", "e2")).await.unwrap();
    content(&memory).await.unwrap();
}

/// The same bytes, and so the same entity tag, with another encoding.
#[tokio::test]
async fn h2_a_removal_sees_the_encoding_of_what_is_left() {
    for (before, after) in [(false, true), (true, false)] {
        let head = |coded: bool| if coded { encoded("e1") } else { head_of("e1") };
        let memory = pending(1);
        memory.set_object(&key(1), Some(head(before)));
        handle(&memory, &created(1, "A1", "e1")).await.unwrap();
        memory.set_object(&key(1), Some(head(after)));
        handle(&memory, &removed(1, "A2")).await.unwrap();
        let withheld = after.then_some(Withheld::ContentEncoding);
        assert_eq!(shown(&memory).await.withheld, withheld);
        // The findings stay with the row of an unchanged object.
        handle(&memory, &removed(1, "A3")).await.unwrap();
        assert_eq!(shown(&memory).await.withheld, withheld);
    }
}

#[tokio::test]
async fn h2_permanent_reasons_come_before_temporary_ones() {
    for (scan, first, head, expected) in [
        (None, HTML, encoded("e1"), Withheld::ContentEncoding),
        (None, HTML, head_of("e1"), Withheld::ActiveContent),
        (
            Some(ScanStatus::Pending),
            HTML,
            head_of("e1"),
            Withheld::ActiveContent,
        ),
        (
            Some(ScanStatus::Pending),
            WEBM,
            encoded("e1"),
            Withheld::ContentEncoding,
        ),
        (
            Some(ScanStatus::Pending),
            WEBM,
            head_of("e1"),
            Withheld::ScanPending,
        ),
        (
            Some(ScanStatus::Infected),
            HTML,
            encoded("e1"),
            Withheld::Infected,
        ),
        (
            Some(ScanStatus::Unscannable),
            WEBM,
            head_of("e1"),
            Withheld::Infected,
        ),
        (
            Some(ScanStatus::Clean),
            WEBM,
            encoded("e1"),
            Withheld::ContentEncoding,
        ),
    ] {
        let memory = pending(1);
        memory.set_object(&key(1), Some(head));
        memory.set_first_bytes(&key(1), first);
        handle(&memory, &created(1, "A1", "e1")).await.unwrap();
        let mut row = memory.row(&owner('a'), id(1)).unwrap();
        row.record.scan = scan;
        row.scanned = Some(Scanned {
            etag: "e1".to_owned(),
            version_id: None,
        });
        memory.set_row(row.clone());
        let record = shown(&memory).await;
        assert_eq!((record.withheld, record.url), (Some(expected), None));
        // Only a stored object can be withheld.
        row.record.status = UploadStatus::Deleted;
        assert_eq!(row.shown().withheld, None);
    }
}

#[tokio::test]
async fn a86_an_empty_object_is_not_inspected() {
    let memory = pending(1);
    let mut head = head_of("e1");
    head.size = 0;
    memory.set_object(&key(1), Some(head));
    let body = created(1, "A1", "e1").replace("\"size\":9", "\"size\":0");
    handle(&memory, &body).await.unwrap();
    assert!(!memory.calls().contains(&"peek_object"));
    assert!(!shown(&memory).await.type_mismatch);
}

#[tokio::test]
async fn f64_a_failed_inspection_is_retried() {
    let memory = pending(1);
    memory.set_first_bytes(&key(1), HTML);
    memory.fail_next("peek_object", FaultKind::Unavailable);
    let first = handle(&memory, &created(1, "A1", "e1")).await;
    assert!(matches!(first, Err(RecordError::Fault(_))));
    assert!(!memory.calls().contains(&"apply_event"));
    handle(&memory, &created(1, "A1", "e1")).await.unwrap();
    assert!(shown(&memory).await.type_mismatch);
}
