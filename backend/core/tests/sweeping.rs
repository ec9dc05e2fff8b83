//! The sweep, in memory: it repairs lost events, expires unused uploads, aborts orphans, and
//! completes an interrupted sweep.

mod common;

use common::events::{address, created, handle, key, removed};
use common::sweeping::*;
use common::{NOW, id, owner};
use crowfly_contract::{UploadStatus, Withheld};
use crowfly_core::cancel::cancel;
use crowfly_core::sweep::{Effect, sweep};
use crowfly_core::{FaultKind, parts};
use crowfly_testing::{Memory, head_of};
use serde_json::json;

#[tokio::test]
async fn h2_a_repair_sees_the_encoding_that_was_smuggled_in() {
    let memory = Memory::default();
    create_at(&memory, 'a', json!([item(1)]), NOW).await;
    let mut head = head_of("e1");
    head.content_encoding = Some("gzip".to_owned());
    memory.set_object(&key(1), Some(head));
    let actions = swept(&memory, NOW + 15 * MINUTE).await;
    assert_eq!(effects(&actions), [Effect::Repaired { verified: true }]);
    let record = memory.row(&owner('a'), id(1)).unwrap().shown();
    let withheld = Some(Withheld::ContentEncoding);
    assert_eq!((record.withheld, record.url), (withheld, None));
}

#[tokio::test]
async fn f55_a_lost_event_is_repaired_and_the_late_one_is_newer() {
    let memory = Memory::default();
    create_at(&memory, 'a', json!([item(1), item(2)]), NOW).await;
    let mut head = head_of("e1");
    head.last_modified = Some(NOW + 5_000);
    memory.set_object(&key(1), Some(head));
    assert_eq!(swept(&memory, NOW + 15 * MINUTE - 1).await, []);
    let actions = swept(&memory, NOW + 15 * MINUTE).await;
    assert_eq!(effects(&actions), [Effect::Repaired { verified: true }]);
    assert_eq!((actions[0].id, actions[0].released), (id(1), 1));
    let row = memory.row(&owner('a'), id(1)).unwrap();
    let record = row.record;
    assert_eq!(
        (record.status, record.verified),
        (UploadStatus::Stored, true)
    );
    assert_eq!(record.etag.as_deref(), Some("e1"));
    assert_eq!(
        (record.stored_at, record.sequencer),
        (Some(NOW + 5_000), None)
    );
    assert_eq!(record.url, Some(address().of(&key(1).to_string())));
    assert_eq!((row.open, open(&memory)), (None, 1));
    assert_eq!(swept(&memory, NOW + HOUR).await, []);
    // The event arrives after all, followed by that of the removal.
    handle(&memory, &created(1, "A1", "e1")).await.unwrap();
    let late = memory.row(&owner('a'), id(1)).unwrap().record;
    assert_eq!(
        (late.sequencer.as_deref(), late.verified),
        (Some("A1"), true)
    );
    memory.set_object(&key(1), None);
    handle(&memory, &removed(1, "A2")).await.unwrap();
    assert_eq!(status(&memory, 1), UploadStatus::Deleted);
    assert_eq!(open(&memory), 1);
}

#[tokio::test]
async fn f55_a_pending_upload_is_checked_less_and_less_often() {
    let memory = Memory::default();
    create_at(&memory, 'a', json!([item(1)]), NOW).await;
    let mut looks = Vec::new();
    for minute in (5..=7 * 24 * 60).step_by(5) {
        let before = memory.calls().len();
        let actions = swept(&memory, NOW + minute * MINUTE).await;
        let calls = memory.calls();
        if calls[before..].contains(&"head_object") {
            looks.push(minute);
        }
        let last = minute == 7 * 24 * 60;
        assert_eq!(
            effects(&actions),
            if last { vec![Effect::Expired] } else { vec![] }
        );
    }
    assert_eq!(looks[..5], [15, 30, 60, 120, 240]);
    let longest = looks.windows(2).map(|pair| pair[1] - pair[0]).max();
    assert_eq!(
        (longest, looks.last()),
        (Some(6 * 60), Some(&(7 * 24 * 60)))
    );
}

#[tokio::test]
async fn a38_an_unused_upload_expires_and_releases_its_slot() {
    let memory = Memory::default();
    create_at(&memory, 'a', json!([item(1), multipart_item(2)]), NOW).await;
    assert_eq!(swept(&memory, NOW + WEEK - 1).await, []);
    assert_eq!((open(&memory), memory.open_multiparts().len()), (2, 1));
    let actions = swept(&memory, NOW + WEEK).await;
    assert_eq!(effects(&actions), [Effect::Expired; 2]);
    assert_eq!(
        actions.iter().map(|a| (a.dropped, a.released)).max(),
        Some((1, 1))
    );
    let state = |n| {
        let row = memory.row(&owner('a'), id(n)).unwrap();
        assert_eq!(row.record.status, UploadStatus::Expired);
        (row.open.is_some(), row.record.expires_at)
    };
    assert_eq!([1, 2].map(state), [(true, None); 2]);
    assert_eq!((open(&memory), memory.open_multiparts().len()), (0, 0));
    assert_eq!(swept(&memory, NOW + WEEK + DAY - 1).await, []);
    let actions = swept(&memory, NOW + WEEK + DAY).await;
    assert_eq!(effects(&actions), [Effect::Closed; 2]);
    let expires_at = Some(NOW + WEEK + 31 * DAY);
    assert_eq!([1, 2].map(state), [(false, expires_at); 2]);
    assert_eq!(swept(&memory, NOW + 2 * WEEK).await, []);
}

#[tokio::test]
async fn a38_an_object_that_appears_after_the_expiry_is_recorded() {
    let memory = Memory::default();
    create_at(&memory, 'a', json!([item(1)]), NOW).await;
    swept(&memory, NOW + WEEK).await;
    memory.set_object(&key(1), Some(head_of("e1")));
    handle(&memory, &created(1, "A1", "e1")).await.unwrap();
    let record = memory.row(&owner('a'), id(1)).unwrap().record;
    assert_eq!(
        (record.status, record.expires_at),
        (UploadStatus::Stored, None)
    );
    assert_eq!(open(&memory), 0);
}

#[tokio::test]
async fn f40_an_upload_in_use_does_not_expire() {
    let memory = Memory::default();
    create_at(&memory, 'a', json!([multipart_item(1)]), NOW).await;
    let used = NOW + 5 * DAY;
    parts::list(&memory, &memory, &owner('a'), id(1), used)
        .await
        .unwrap();
    assert_eq!(swept(&memory, NOW + WEEK).await, []);
    assert_eq!(swept(&memory, used + WEEK - 1).await, []);
    assert_eq!(memory.open_multiparts().len(), 1);
    assert_eq!(
        effects(&swept(&memory, used + WEEK).await),
        [Effect::Expired]
    );
    assert!(memory.open_multiparts().is_empty());
    let listed = parts::list(&memory, &memory, &owner('a'), id(1), used + WEEK).await;
    assert!(listed.is_err(), "and takes no parts any more");
}

#[tokio::test]
async fn f62_f63_the_sweep_releases_slots_that_were_not_released() {
    let memory = Memory::default();
    create_at(
        &memory,
        'a',
        json!([item(1), item(2), multipart_item(3)]),
        NOW,
    )
    .await;
    memory.set_object(&key(1), Some(head_of("e1")));
    for _ in 0..2 {
        memory.fail_next("release", FaultKind::Unavailable);
    }
    memory.fail_next("abort_multipart", FaultKind::Unavailable);
    assert!(handle(&memory, &created(1, "A1", "e1")).await.is_err());
    for n in [2, 3] {
        let cancelled = cancel(&memory, &memory, &owner('a'), id(n), NOW).await;
        assert!(cancelled.is_err());
    }
    assert_eq!((open(&memory), memory.open_multiparts().len()), (3, 1));
    let actions = swept(&memory, NOW + 15 * MINUTE).await;
    assert_eq!(effects(&actions), [Effect::Finished; 3]);
    assert_eq!((open(&memory), memory.open_multiparts().len()), (0, 0));
}

#[tokio::test]
async fn f63_an_interrupted_sweep_is_completed_by_the_next() {
    for verb in [
        "list_open",
        "head_object",
        "peek_object",
        "apply_event",
        "mark_expired",
        "find_multipart",
        "abort_multipart",
        "release",
        "close",
    ] {
        for lost in [false, true] {
            let memory = Memory::default();
            let items = json!([item(1), multipart_item(2), item(3)]);
            create_at(&memory, 'a', items, NOW).await;
            memory.set_object(&key(1), Some(head_of("e1")));
            let me = owner('a');
            cancel(&memory, &memory, &me, id(3), NOW).await.unwrap();
            if lost {
                memory.lose_next(verb);
            } else {
                memory.fail_next(verb, FaultKind::Unavailable);
            }
            let seen = Recorded::default();
            sweep(&memory, &memory, &memory, &sweeper(), NOW + WEEK, &seen).await;
            open(&memory);
            swept(&memory, NOW + WEEK + HOUR).await;
            let what = format!("{verb}, {lost}");
            assert_eq!(status(&memory, 1), UploadStatus::Stored, "{what}");
            assert_eq!(status(&memory, 2), UploadStatus::Expired, "{what}");
            let cancelled = memory.row(&me, id(3)).unwrap();
            assert_eq!(cancelled.open, None, "{what}");
            assert!(cancelled.record.expires_at.is_some(), "{what}");
            assert_eq!(
                (open(&memory), memory.open_multiparts().len()),
                (0, 0),
                "{what}"
            );
        }
    }
}
