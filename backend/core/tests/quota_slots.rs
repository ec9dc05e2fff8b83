//! A38: a quota slot is released once, by an upload that has ended and by nothing else.

mod common;

use common::creating::create_with;
use common::events::{created, key, recorder, removed};
use common::quotas::{create_for, granted, of_nine_bytes, open, uploads};
use common::{NOW, id, owner};
use crowfly_contract::UploadStatus;
use crowfly_core::cancel::cancel;
use crowfly_core::ports::{Slot, Usage};
use crowfly_core::quota::release;
use crowfly_core::record::{record, record_batch};
use crowfly_core::{Error, FaultKind};
use crowfly_testing::{Memory, head_of};

const DAY_MS: u64 = 24 * 3_600 * 1_000;

#[tokio::test]
async fn f50_f62_f63_a_stored_upload_releases_its_slot_once_for_any_number_of_events() {
    let memory = Memory::default();
    create_for('a', &memory, uploads(3), of_nine_bytes(1..4)).await;
    memory.set_object(&key(1), Some(head_of("e1")));
    for _ in 0..5 {
        record(
            &memory,
            &memory,
            &memory,
            &recorder(),
            &created(1, "A1", "e1"),
            NOW,
        )
        .await;
        assert_eq!(open(&memory, 'a'), 2);
    }
    // An upload that was removed, or cancelled and then stored, releases its slot only once.
    let body = removed(2, "A1");
    record(&memory, &memory, &memory, &recorder(), &body, NOW).await;
    cancel(&memory, &memory, &owner('a'), id(3), NOW)
        .await
        .unwrap();
    assert_eq!(open(&memory, 'a'), 0);
    memory.set_object(&key(3), Some(head_of("e1")));
    record(
        &memory,
        &memory,
        &memory,
        &recorder(),
        &created(3, "A1", "e1"),
        NOW,
    )
    .await;
    assert_eq!(open(&memory, 'a'), 0);
    let results = create_for('a', &memory, uploads(3), of_nine_bytes(4..8)).await;
    assert_eq!(granted(&results), 3);
}

#[tokio::test]
async fn f62_f63_a_redelivery_releases_the_slot_after_an_interruption() {
    for lost in [false, true] {
        let memory = Memory::default();
        create_for('a', &memory, uploads(3), of_nine_bytes(1..3)).await;
        memory.set_object(&key(1), Some(head_of("e1")));
        memory.set_object(&key(2), Some(head_of("e1")));
        if lost {
            memory.lose_next("release");
        } else {
            memory.fail_next("release", FaultKind::Unavailable);
        }
        let (one, two) = (created(1, "A1", "e1"), created(2, "A1", "e1"));
        let batch = [one.as_str(), two.as_str(), one.as_str(), "poison"];
        let done = record_batch(&memory, &memory, &memory, &recorder(), &batch, 10, NOW).await;
        assert!(done.results.iter().all(|results| results[0].is_err()));
        let row = memory.row(&owner('a'), id(1)).unwrap();
        assert_eq!(row.record.status, UploadStatus::Stored);
        assert_eq!(open(&memory, 'a'), if lost { 0 } else { 2 });
        let again =
            record_batch(&memory, &memory, &memory, &recorder(), &batch[..2], 10, NOW).await;
        assert!(again.results.iter().all(|results| results[0].is_ok()));
        assert_eq!(open(&memory, 'a'), 0);
    }
}

#[tokio::test]
async fn f63_a_batch_releases_the_slots_of_an_owner_in_one_call() {
    let memory = Memory::default();
    create_for('a', &memory, uploads(20), of_nine_bytes(0..10)).await;
    let bodies: Vec<String> = (0..10)
        .map(|n| {
            memory.set_object(&key(n), Some(head_of("e1")));
            created(n, "A1", "e1")
        })
        .collect();
    let bodies: Vec<&str> = bodies.iter().map(String::as_str).collect();
    record_batch(&memory, &memory, &memory, &recorder(), &bodies, 10, NOW).await;
    assert_eq!(open(&memory, 'a'), 0);
    let calls = memory.calls();
    assert_eq!(calls.iter().filter(|verb| **verb == "release").count(), 1);
}

#[tokio::test]
async fn f41_a_cancel_releases_the_slot_and_a_retry_completes_an_interrupted_one() {
    let memory = Memory::default();
    create_for('a', &memory, uploads(3), of_nine_bytes(1..3)).await;
    memory.fail_next("release", FaultKind::Unavailable);
    let first = cancel(&memory, &memory, &owner('a'), id(1), NOW).await;
    assert!(matches!(first, Err(Error::Fault(_))));
    assert_eq!(open(&memory, 'a'), 2);
    for _ in 0..3 {
        let again = cancel(&memory, &memory, &owner('a'), id(1), NOW).await;
        again.unwrap();
        assert_eq!(open(&memory, 'a'), 1);
    }
}

#[tokio::test]
async fn a38_only_an_ended_upload_releases_its_slot() {
    let memory = Memory::default();
    create_for('a', &memory, uploads(3), of_nine_bytes(1..3)).await;
    let slot = |n, watched_until| Slot {
        id: id(n),
        counted: Some(9),
        watched_until,
        unnotified: false,
    };
    let cancelled = slot(2, Some(NOW + DAY_MS));
    let slots = vec![slot(1, None), cancelled, slot(1, None), slot(7, None)];
    let mine = owner('a');
    assert_eq!(release(&memory, &mine, slots.clone()).await, Ok(0));
    cancel(&memory, &memory, &mine, id(2), NOW).await.unwrap();
    assert_eq!(release(&memory, &mine, slots).await, Ok(0));
    let left = Usage {
        uploads: 1,
        bytes: 9,
    };
    assert_eq!(memory.usage(&mine), left);
}

#[tokio::test]
async fn a38_use_is_recorded_once_an_hour() {
    let memory = Memory::default();
    create_for('a', &memory, uploads(3), of_nine_bytes(1..2)).await;
    let active_at = || {
        memory
            .row(&owner('a'), id(1))
            .unwrap()
            .open
            .unwrap()
            .active_at
    };
    for (after, noted) in [
        (3_600_000, NOW),
        (3_600_001, NOW + 3_600_001),
        (DAY_MS, NOW + DAY_MS),
        (DAY_MS + 1, NOW + DAY_MS),
    ] {
        let again = create_with(&memory, uploads(3), 'a', of_nine_bytes(1..2), NOW + after).await;
        assert!(again[0].1.is_ok());
        assert_eq!(active_at(), noted, "{after}");
    }
}
