//! The record routes, in memory.

mod common;

use common::{NOW, id, owner};
use crowfly_contract::{ErrorCode, UploadStatus, Visibility};
use crowfly_core::cursor;
use crowfly_core::ports::Position;
use crowfly_core::read::{content, get, list, status};
use crowfly_core::{Error, FaultKind};
use crowfly_testing::{Memory, row_of};

fn code<T: std::fmt::Debug>(result: Result<T, Error>) -> ErrorCode {
    result.unwrap_err().to_refusal().code
}

fn stored(n: u128) -> crowfly_core::Row {
    let mut row = row_of(&owner('a'), id(n), 1);
    row.record.status = UploadStatus::Stored;
    row.record.url = Some("https://example.org/a.webm".to_owned());
    row
}

#[tokio::test]
async fn a61_a_record_is_its_owners() {
    let memory = Memory::default();
    memory.set_row(stored(1));
    assert_eq!(
        get(&memory, &owner('a'), id(1), NOW).await.unwrap(),
        stored(1).record
    );
    let foreign = get(&memory, &owner('b'), id(1), NOW)
        .await
        .unwrap_err()
        .to_refusal();
    let unknown = get(&memory, &owner('b'), id(9), NOW)
        .await
        .unwrap_err()
        .to_refusal();
    assert_eq!((foreign.code, &foreign), (ErrorCode::NotFound, &unknown));
    assert_eq!(
        code(content(&memory, &memory, &owner('b'), id(1), NOW).await),
        ErrorCode::NotFound
    );
}

#[tokio::test]
async fn f85_an_expired_record_is_hidden_everywhere() {
    let memory = Memory::default();
    let mut row = row_of(&owner('a'), id(1), 1);
    row.record.status = UploadStatus::Aborted;
    row.record.expires_at = Some(NOW);
    memory.set_row(row);
    let me = owner('a');
    assert!(get(&memory, &me, id(1), NOW - 1).await.is_ok());
    assert_eq!(
        code(get(&memory, &me, id(1), NOW).await),
        ErrorCode::NotFound
    );
    let entry = status(&memory, &me, &[id(1)], NOW)
        .await
        .unwrap()
        .uploads
        .remove(0);
    assert_eq!((entry.status, entry.record), (UploadStatus::NotFound, None));
    let page = list(&memory, &me, 10, None, NOW).await.unwrap();
    assert_eq!(page.uploads, vec![]);
}

#[tokio::test]
async fn status_answers_each_id_in_order() {
    let memory = Memory::default();
    memory.set_row(row_of(&owner('a'), id(1), 1));
    memory.set_row(stored(2));
    memory.set_row(row_of(&owner('b'), id(3), 1));
    let asked = [id(3), id(2), id(9), id(1)];
    let answer = status(&memory, &owner('a'), &asked, NOW).await.unwrap();
    let seen: Vec<_> = answer
        .uploads
        .iter()
        .map(|entry| (entry.id, entry.status, entry.record.is_some()))
        .collect();
    let expected = [
        (id(3), UploadStatus::NotFound, false),
        (id(2), UploadStatus::Stored, true),
        (id(9), UploadStatus::NotFound, false),
        (id(1), UploadStatus::Pending, false),
    ];
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn f83_f84_pages_follow_their_cursor_to_the_end() {
    let memory = Memory::default();
    for n in 0..10 {
        memory.set_row(row_of(&owner('a'), id(n), u64::try_from(n / 3).unwrap()));
    }
    let me = owner('a');
    let (mut seen, mut cursor) = (Vec::new(), None);
    loop {
        let page = list(&memory, &me, 3, cursor.as_deref(), NOW).await.unwrap();
        seen.extend(
            page.uploads
                .iter()
                .map(|record| (record.created_at, record.id)),
        );
        cursor = page.cursor;
        // An upload created between two pages is newer than all of them.
        memory.set_row(row_of(&me, id(100), 100));
        if cursor.is_none() {
            break;
        }
    }
    let expected: Vec<_> = (0..10)
        .rev()
        .map(|n| (u64::try_from(n / 3).unwrap(), id(n)))
        .collect();
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn a61_a64_any_cursor_shows_the_callers_own_records_only() {
    let memory = Memory::default();
    for (letter, n) in [('a', 1), ('b', 2), ('a', 3), ('b', 4), ('a', 5), ('b', 6)] {
        memory.set_row(row_of(&owner(letter), id(n), u64::try_from(n).unwrap()));
    }
    let page = list(&memory, &owner('a'), 1, None, NOW).await.unwrap();
    let foreign = page.cursor.unwrap();
    let altered = |created_at, n| {
        cursor::encode(Position {
            created_at,
            id: id(n),
        })
    };
    // Records of `b` from the position on, which may belong to any owner or to none.
    for (cursor, expected) in [
        (foreign, vec![4, 2]),
        (altered(3, 3), vec![2]),
        (altered(4, 4), vec![2]),
        (altered(u64::MAX, 9), vec![6, 4, 2]),
        (altered(0, 0), vec![]),
    ] {
        let page = list(&memory, &owner('b'), 10, Some(&cursor), NOW).await;
        let seen: Vec<_> = page.unwrap().uploads.iter().map(|one| one.id).collect();
        let expected: Vec<_> = expected.into_iter().map(id).collect();
        assert_eq!(seen, expected, "{cursor}");
    }
}

#[tokio::test]
async fn a64_a_malformed_cursor_is_refused_before_anything_is_read() {
    let memory = Memory::default();
    let malformed = list(&memory, &owner('a'), 1, Some("x"), NOW).await;
    assert_eq!(code(malformed), ErrorCode::InvalidCursor);
    assert_eq!(memory.calls(), Vec::<&str>::new());
}

#[tokio::test]
async fn content_is_a_signed_attachment() {
    let memory = Memory::default();
    memory.set_row(stored(1));
    let content = content(&memory, &memory, &owner('a'), id(1), NOW)
        .await
        .unwrap();
    assert!(
        content
            .url
            .contains("type=video/webm&disposition=attachment"),
        "{}",
        content.url
    );
    assert!(
        content.url.contains("filename*=UTF-8''%C3%A4.webm"),
        "{}",
        content.url
    );
    assert_eq!(content.expires_in_ms, Some(300_000));
}

#[tokio::test]
async fn a82_active_types_are_served_as_plain_bytes() {
    let memory = Memory::default();
    for media_type in [
        "text/html",
        "text/html; charset=utf-8",
        "Text/HTML",
        " text/html ;x",
        "text/html,text/plain",
        "text/plain, text/html",
        "image/svg+xml",
        "IMAGE/SVG+XML;charset=utf-8",
        "text/javascript",
        "application/JavaScript; x=y",
    ] {
        let mut row = stored(1);
        row.record.media_type = media_type.to_owned();
        memory.set_row(row);
        let content = content(&memory, &memory, &owner('a'), id(1), NOW)
            .await
            .unwrap();
        assert!(
            content.url.contains("type=application/octet-stream&"),
            "{}",
            content.url
        );
    }
}

#[tokio::test]
async fn public_content_is_the_address_itself() {
    let memory = Memory::default();
    let mut row = stored(1);
    row.record.visibility = Visibility::Public;
    memory.set_row(row);
    let content = content(&memory, &memory, &owner('a'), id(1), NOW)
        .await
        .unwrap();
    assert_eq!(content.url, "https://example.org/a.webm");
    assert_eq!(
        (content.expires_in_ms, memory.calls()),
        (None, vec!["get_row"])
    );
}

#[tokio::test]
async fn there_is_no_content_before_and_after() {
    let memory = Memory::default();
    for (status, expected) in [
        (UploadStatus::Pending, ErrorCode::NotStored),
        (UploadStatus::Aborted, ErrorCode::UploadEnded),
        (UploadStatus::Expired, ErrorCode::UploadEnded),
        (UploadStatus::Deleted, ErrorCode::UploadEnded),
    ] {
        let mut row = stored(1);
        row.record.status = status;
        memory.set_row(row);
        assert_eq!(
            code(content(&memory, &memory, &owner('a'), id(1), NOW).await),
            expected
        );
    }
}

#[tokio::test]
async fn f86_a_throttled_table_is_unavailable_for_a_moment() {
    let memory = Memory::default();
    memory.fail_next("get_row", FaultKind::Throttled);
    let refusal = get(&memory, &owner('a'), id(1), NOW)
        .await
        .unwrap_err()
        .to_refusal();
    assert_eq!(
        (refusal.status(), refusal.retry_after_ms),
        (503, Some(1_000))
    );
}
