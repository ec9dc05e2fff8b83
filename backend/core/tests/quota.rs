//! A37, A38: what an owner has open is counted exactly, whoever asks at the same time and whatever breaks off.

mod common;

use common::events::{created, key, recorder, removed};
use common::{NOW, bucket_policy, id, owner, wishes};
use crowfly_contract::{ErrorCode, UploadStatus};
use crowfly_core::cancel::cancel;
use crowfly_core::create::{Creator, ItemResult, answer, create};
use crowfly_core::ports::{Place, Usage};
use crowfly_core::quota::{Limits, release};
use crowfly_core::record::{record, record_batch};
use crowfly_core::testing::{Memory, head_of};
use crowfly_core::{Error, FaultKind, bounded};
use serde_json::{Value, json};

const DAY_MS: u64 = 24 * 3_600 * 1_000;

async fn create_for(who: char, memory: &Memory, limits: Limits, items: Value) -> Vec<ItemResult> {
    let (policy, owner) = (bucket_policy(), owner(who));
    let creator = Creator {
        owner: &owner,
        policy: &policy,
        bucket: "bucket",
        limits,
        repair_after_ms: 900_000,
        now_ms: NOW,
    };
    create(memory, memory, creator, wishes(items)).await
}

fn uploads(uploads: u64) -> Limits {
    Limits { uploads, bytes: 0 }
}

fn bytes(bytes: u64) -> Limits {
    Limits { uploads: 0, bytes }
}

fn wish(n: u128, size: u64) -> Value {
    json!({"id": id(n).to_string(), "name": "a.webm", "size": size, "type": "video/webm"})
}

fn of_nine_bytes(ns: impl Iterator<Item = u128>) -> Value {
    ns.map(|n| wish(n, 9)).collect()
}

fn codes(results: &[ItemResult]) -> Vec<Option<ErrorCode>> {
    results
        .iter()
        .map(|(_, result)| Some(result.as_ref().err()?.to_refusal().code))
        .collect()
}

fn granted(results: &[ItemResult]) -> usize {
    results.iter().filter(|(_, result)| result.is_ok()).count()
}

/// What the rows and the quota both say that the owner has open.
fn open(memory: &Memory, who: char) -> u64 {
    let usage = memory.usage(&owner(who));
    assert_eq!(usage, memory.counted(&owner(who)));
    usage.uploads
}

#[tokio::test]
async fn a37_fifty_calls_at_once_open_exactly_as_many_as_allowed() {
    let memory = Memory::default();
    let calls = (0..50u128)
        .map(|call| {
            let items = of_nine_bytes((0..3).map(|n| call * 3 + n));
            create_for('a', &memory, uploads(40), items)
        })
        .collect();
    let results = bounded(calls, 50).await.concat_results();
    assert_eq!((granted(&results), open(&memory, 'a')), (40, 40));
    let refused = results
        .iter()
        .filter_map(|(_, result)| result.as_ref().err());
    for error in refused {
        let refusal = error.to_refusal();
        assert_eq!(refusal.code, ErrorCode::QuotaOpenUploads);
        assert!((1_000..=5_000).contains(&refusal.retry_after_ms.unwrap()));
    }
    assert!(memory.calls().len() > 100, "the calls met each other");
}

trait Concat {
    fn concat_results(self) -> Vec<ItemResult>;
}

impl Concat for Vec<Vec<ItemResult>> {
    fn concat_results(self) -> Vec<ItemResult> {
        self.into_iter().flatten().collect()
    }
}

#[tokio::test]
async fn a37_bytes_count_as_exactly_as_uploads() {
    let memory = Memory::default();
    let calls = (0..50u128)
        .map(|n| create_for('a', &memory, bytes(95), json!([wish(n, 9)])))
        .collect();
    let results = bounded(calls, 50).await.concat_results();
    assert_eq!((granted(&results), open(&memory, 'a')), (10, 10));
    assert_eq!(memory.usage(&owner('a')).bytes, 90);
    let others = codes(&results).into_iter().flatten();
    assert!(others.into_iter().all(|code| code == ErrorCode::QuotaBytes));
    // What still fits is taken, and nothing is free of charge but nothing.
    let more = json!([wish(100, 6), wish(101, 5), wish(102, 1), wish(103, 0)]);
    let results = create_for('a', &memory, bytes(95), more).await;
    let full = Some(ErrorCode::QuotaBytes);
    assert_eq!(codes(&results), [full, None, full, None]);
}

#[tokio::test]
async fn a37_the_first_that_fit_are_taken_in_the_order_asked() {
    let memory = Memory::default();
    let results = create_for('a', &memory, uploads(70), of_nine_bytes(0..100)).await;
    let full = Some(ErrorCode::QuotaOpenUploads);
    let expected = [vec![None; 70], vec![full; 30]].concat();
    assert_eq!((codes(&results), open(&memory, 'a')), (expected, 70));
    let ids: Vec<_> = results.iter().map(|(id, _)| *id).collect();
    assert_eq!(ids, (0..100).map(id).collect::<Vec<_>>());
    assert_eq!(answer(results, "r").0, 207);
    let alone = create_for('a', &memory, uploads(70), of_nine_bytes(99..100)).await;
    let message = alone[0].1.as_ref().unwrap_err().to_refusal().message;
    assert!(message.contains("70 of your uploads") && message.contains("at most 70"));
    assert_eq!(answer(alone, "r").0, 429);
    // A file that never fits is not told to wait.
    let limits = Limits {
        uploads: 70,
        bytes: 700,
    };
    let large = create_for('a', &memory, limits, json!([wish(200, 701)])).await;
    assert_eq!(codes(&large), [Some(ErrorCode::QuotaBytes)]);
    assert_eq!(answer(large, "r").0, 403);
}

#[tokio::test]
async fn a37_a_repeat_costs_nothing_even_where_nothing_more_fits() {
    let memory = Memory::default();
    let both = || of_nine_bytes(0..80);
    let first = create_for('a', &memory, uploads(60), both()).await;
    let again = create_for('a', &memory, uploads(60), both()).await;
    assert_eq!(codes(&again), codes(&first));
    assert_eq!((granted(&again), open(&memory, 'a')), (60, 60));
    let reversed = of_nine_bytes((0..80).rev());
    let results = create_for('a', &memory, uploads(60), reversed).await;
    assert_eq!((granted(&results), open(&memory, 'a')), (60, 60));
    let other = create_for('a', &memory, uploads(60), json!([wish(1, 8)])).await;
    assert_eq!(codes(&other), [Some(ErrorCode::UploadMismatch)]);
}

#[tokio::test]
async fn a37_each_owner_has_a_quota_of_its_own() {
    let memory = Memory::default();
    for who in ['a', 'b'] {
        let results = create_for(who, &memory, uploads(3), of_nine_bytes(0..4)).await;
        assert_eq!((granted(&results), open(&memory, who)), (3, 3));
    }
}

#[tokio::test]
async fn a37_a_limit_of_nothing_is_no_limit_and_counts_nothing() {
    let memory = Memory::default();
    let results = create_for('a', &memory, uploads(0), of_nine_bytes(0..100)).await;
    assert_eq!((granted(&results), open(&memory, 'a')), (100, 0));
    let row = memory.row(&owner('a'), id(0)).unwrap();
    let open = row.open.unwrap();
    assert!(!open.counted, "but the sweep still sees it");
    assert_eq!((open.active_at, open.sweep_at), (NOW, NOW + 900_000));
}

#[tokio::test]
async fn a37_f65_a_fault_refuses_nobody_and_a_lost_answer_counts_once() {
    for lost in [false, true] {
        let memory = Memory::default();
        if lost {
            memory.lose_next("open_uploads");
        } else {
            memory.fail_next("open_uploads", FaultKind::Throttled);
        }
        let first = create_for('a', &memory, uploads(5), of_nine_bytes(0..3)).await;
        let unavailable = Some(ErrorCode::ServiceUnavailable);
        assert_eq!(codes(&first), [unavailable; 3]);
        assert_eq!(open(&memory, 'a'), if lost { 3 } else { 0 });
        let again = create_for('a', &memory, uploads(5), of_nine_bytes(0..3)).await;
        assert_eq!((granted(&again), open(&memory, 'a')), (3, 3));
        let repeated = again.iter().filter(|(_, r)| r.as_ref().unwrap().repeated);
        assert_eq!(repeated.count(), if lost { 3 } else { 0 });
    }
}

#[tokio::test]
async fn f50_f62_f63_completion_gives_a_place_back_once_however_often_it_is_told() {
    let memory = Memory::default();
    create_for('a', &memory, uploads(3), of_nine_bytes(1..4)).await;
    memory.set_object(&key(1), Some(head_of("e1")));
    for _ in 0..5 {
        record(&memory, &memory, &recorder(), &created(1, "A1", "e1")).await;
        assert_eq!(open(&memory, 'a'), 2);
    }
    // An upload that was removed, or cancelled first and stored after all, gives back no more than others.
    let told = removed(2, "A1");
    record(&memory, &memory, &recorder(), &told).await;
    cancel(&memory, &memory, &owner('a'), id(3), NOW)
        .await
        .unwrap();
    assert_eq!(open(&memory, 'a'), 0);
    memory.set_object(&key(3), Some(head_of("e1")));
    record(&memory, &memory, &recorder(), &created(3, "A1", "e1")).await;
    assert_eq!(open(&memory, 'a'), 0);
    let results = create_for('a', &memory, uploads(3), of_nine_bytes(4..8)).await;
    assert_eq!(granted(&results), 3);
}

#[tokio::test]
async fn f62_f63_what_broke_off_before_the_place_was_free_is_finished_by_the_next_delivery() {
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
        let results = record_batch(&memory, &memory, &recorder(), &batch, 10).await;
        assert!(results.iter().all(|results| results[0].is_err()));
        let row = memory.row(&owner('a'), id(1)).unwrap();
        assert_eq!(row.record.status, UploadStatus::Stored);
        assert_eq!(open(&memory, 'a'), if lost { 0 } else { 2 });
        let results = record_batch(&memory, &memory, &recorder(), &batch[..2], 10).await;
        assert!(results.iter().all(|results| results[0].is_ok()));
        assert_eq!(open(&memory, 'a'), 0);
    }
}

#[tokio::test]
async fn f63_a_batch_meets_each_owner_once() {
    let memory = Memory::default();
    create_for('a', &memory, uploads(20), of_nine_bytes(0..10)).await;
    let bodies: Vec<String> = (0..10)
        .map(|n| {
            memory.set_object(&key(n), Some(head_of("e1")));
            created(n, "A1", "e1")
        })
        .collect();
    let bodies: Vec<&str> = bodies.iter().map(String::as_str).collect();
    record_batch(&memory, &memory, &recorder(), &bodies, 10).await;
    assert_eq!(open(&memory, 'a'), 0);
    let calls = memory.calls();
    assert_eq!(calls.iter().filter(|verb| **verb == "release").count(), 1);
}

#[tokio::test]
async fn f41_a_cancel_gives_the_place_back_and_its_repeat_finishes_what_broke_off() {
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
async fn a38_only_what_has_ended_gives_its_place_back() {
    let memory = Memory::default();
    create_for('a', &memory, uploads(3), of_nine_bytes(1..3)).await;
    let place = |n, watched_until| Place {
        id: id(n),
        counted: Some(9),
        watched_until,
    };
    let cancelled = place(2, Some(NOW + DAY_MS));
    let places = vec![place(1, None), cancelled, place(1, None), place(7, None)];
    let mine = owner('a');
    assert_eq!(release(&memory, &mine, places.clone()).await, Ok(0));
    cancel(&memory, &memory, &mine, id(2), NOW).await.unwrap();
    assert_eq!(release(&memory, &mine, places).await, Ok(0));
    let left = Usage {
        uploads: 1,
        bytes: 9,
    };
    assert_eq!(memory.usage(&mine), left);
}

#[tokio::test]
async fn a38_use_is_noted_once_an_hour() {
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
    let (policy, mine) = (bucket_policy(), owner('a'));
    for (after, noted) in [
        (3_600_000, NOW),
        (3_600_001, NOW + 3_600_001),
        (DAY_MS, NOW + DAY_MS),
        (DAY_MS + 1, NOW + DAY_MS),
    ] {
        let creator = Creator {
            owner: &mine,
            policy: &policy,
            bucket: "bucket",
            limits: uploads(3),
            repair_after_ms: 900_000,
            now_ms: NOW + after,
        };
        let again = create(&memory, &memory, creator, wishes(of_nine_bytes(1..2))).await;
        assert!(again[0].1.is_ok());
        assert_eq!(active_at(), noted, "{after}");
    }
}
