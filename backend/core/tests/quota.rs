//! A37: open uploads are counted exactly, under concurrency and interruption.

mod common;

use common::quotas::{create_for, granted, item, of_nine_bytes, open, uploads};
use common::{NOW, id, owner};
use crowfly_contract::ErrorCode;
use crowfly_core::create::{ItemResult, answer};
use crowfly_core::quota::Limits;
use crowfly_core::{FaultKind, bounded};
use crowfly_testing::Memory;
use serde_json::json;

fn bytes(bytes: u64) -> Limits {
    Limits { uploads: 0, bytes }
}

fn codes(results: &[ItemResult]) -> Vec<Option<ErrorCode>> {
    results
        .iter()
        .map(|(_, result)| Some(result.as_ref().err()?.to_refusal().code))
        .collect()
}

#[tokio::test]
async fn a37_fifty_concurrent_calls_open_exactly_as_many_as_allowed() {
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
    assert!(memory.calls().len() > 100, "the calls interleaved");
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
        .map(|n| create_for('a', &memory, bytes(95), json!([item(n, 9)])))
        .collect();
    let results = bounded(calls, 50).await.concat_results();
    assert_eq!((granted(&results), open(&memory, 'a')), (10, 10));
    assert_eq!(memory.usage(&owner('a')).bytes, 90);
    let others = codes(&results).into_iter().flatten();
    assert!(others.into_iter().all(|code| code == ErrorCode::QuotaBytes));
    // An upload that still fits is accepted, and only an empty one is free.
    let more = json!([item(100, 6), item(101, 5), item(102, 1), item(103, 0)]);
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
    // A file that can never fit gets no retry delay.
    let limits = Limits {
        uploads: 70,
        bytes: 700,
    };
    let large = create_for('a', &memory, limits, json!([item(200, 701)])).await;
    assert_eq!(codes(&large), [Some(ErrorCode::QuotaBytes)]);
    assert_eq!(answer(large, "r").0, 403);
}

#[tokio::test]
async fn a37_a_repeated_create_is_free_even_at_the_limit() {
    let memory = Memory::default();
    let both = || of_nine_bytes(0..80);
    let first = create_for('a', &memory, uploads(60), both()).await;
    let again = create_for('a', &memory, uploads(60), both()).await;
    assert_eq!(codes(&again), codes(&first));
    assert_eq!((granted(&again), open(&memory, 'a')), (60, 60));
    let reversed = of_nine_bytes((0..80).rev());
    let results = create_for('a', &memory, uploads(60), reversed).await;
    assert_eq!((granted(&results), open(&memory, 'a')), (60, 60));
    let other = create_for('a', &memory, uploads(60), json!([item(1, 8)])).await;
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
async fn a37_f65_a_fault_is_no_refusal_and_a_lost_answer_counts_once() {
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
