//! The time limit of the sweep and its orphans, in memory: a sweep that is cut short continues next
//! time, and neither part starves the other.

mod common;

use std::sync::atomic::AtomicUsize;

use common::sweeping::*;
use common::{NOW, id, owner};
use crowfly_contract::UploadStatus;
use crowfly_core::sweep::{Effect, sweep};
use crowfly_testing::Memory;
use serde_json::{Value, json};

#[tokio::test]
async fn f40_multipart_uploads_that_no_pending_upload_names_are_dropped_after_a_day() {
    let memory = Memory::default();
    let all: Vec<Value> = (1..=6).map(multipart_item).collect();
    create_at(&memory, 'a', json!(all), NOW).await;
    for id in memory.open_multiparts() {
        memory.set_initiated(&id, NOW);
    }
    let begun = |n| {
        memory
            .row(&owner('a'), id(n))
            .unwrap()
            .s3_upload_id
            .unwrap()
    };
    let named = begun(1);
    // These rows name another multipart upload, none, or have ended.
    for n in [2, 3, 4] {
        let mut row = memory.row(&owner('a'), id(n)).unwrap();
        match n {
            2 => row.s3_upload_id = Some("another".to_owned()),
            3 => row.s3_upload_id = None,
            _ => {
                row.record.status = UploadStatus::Aborted;
                row.open = None;
            }
        }
        memory.set_row(row);
    }
    let young = begun(5);
    memory.set_initiated(&young, NOW + 1);
    let other = begun(6);
    assert_eq!(swept(&memory, NOW + DAY - 1).await, []);
    let actions = swept(&memory, NOW + DAY).await;
    assert_eq!(effects(&actions), [Effect::Cleared; 3]);
    let mut left = memory.open_multiparts();
    left.sort();
    let mut expected = [named, young, other];
    expected.sort();
    assert_eq!(left, expected);
}

#[tokio::test]
async fn a_sweep_stops_when_its_time_is_up_and_goes_on_next_time() {
    let memory = Memory::default();
    let all: Vec<Value> = (0..40).map(item).collect();
    create_at(&memory, 'a', json!(all), NOW).await;
    let (mut sweeps, mut expired) = (0, 0);
    while open(&memory) > 0 {
        let seen = Recorded {
            uploads: Some(AtomicUsize::new(48)),
            ..Recorded::default()
        };
        let now = NOW + WEEK + sweeps * 15 * MINUTE;
        sweep(&memory, &memory, &memory, &sweeper(), now, &seen).await;
        let cut_short = seen.cut_short.into_inner();
        assert!(cut_short || open(&memory) == 0, "and that is reported");
        expired += seen.actions.into_inner().unwrap().len();
        sweeps += 1;
        assert!(sweeps < 50, "it does not go on");
    }
    assert!(sweeps > 1, "it did not stop");
    assert_eq!(expired, 40);
    let seen = Recorded::default();
    let now = NOW + WEEK + sweeps * 15 * MINUTE;
    sweep(&memory, &memory, &memory, &sweeper(), now, &seen).await;
    assert!(!seen.cut_short.into_inner(), "there was time enough");
}

#[tokio::test]
async fn f40_orphans_are_dropped_even_where_the_uploads_take_all_the_time() {
    let memory = Memory::default();
    create_at(&memory, 'a', json!([item(1), multipart_item(2)]), NOW).await;
    let mut row = memory.row(&owner('a'), id(2)).unwrap();
    row.s3_upload_id = None;
    memory.set_row(row);
    let seen = Recorded {
        uploads: Some(AtomicUsize::new(0)),
        ..Recorded::default()
    };
    sweep(&memory, &memory, &memory, &sweeper(), NOW + WEEK, &seen).await;
    let actions = seen.actions.into_inner().unwrap();
    assert_eq!(effects(&actions), [Effect::Cleared]);
    assert!(seen.cut_short.into_inner());
}

/// Multipart uploads in use do not hide an orphan listed after them, whatever the schedule.
#[tokio::test]
async fn f40_every_orphan_is_reached() {
    for minutes in [15, 32, 60] {
        let memory = Memory::default();
        let all: Vec<Value> = (1..=30).map(multipart_item).collect();
        create_at(&memory, 'b', json!(all), NOW).await;
        create_at(&memory, 'z', json!([multipart_item(1)]), NOW).await;
        let mut row = memory.row(&owner('z'), id(1)).unwrap();
        let orphan = row.s3_upload_id.take().unwrap();
        memory.set_row(row);
        let mut sweeps = 0;
        while memory.open_multiparts().contains(&orphan) {
            let seen = Recorded {
                orphans: Some(AtomicUsize::new(12)),
                ..Recorded::default()
            };
            let now = NOW + DAY + sweeps * minutes * MINUTE;
            sweep(&memory, &memory, &memory, &sweeper(), now, &seen).await;
            sweeps += 1;
            assert!(sweeps < 100, "every {minutes} minutes: it never comes");
        }
        assert_eq!(memory.open_multiparts().len(), 30);
    }
}
