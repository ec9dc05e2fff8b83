//! A36: requests of an owner are limited to a rate, and a refusal states exactly when the next one
//! is allowed.

mod common;

use common::{NOW, owner};
use crowfly_contract::ErrorCode;
use crowfly_core::rate::{Limited, Rate, admit, reading};
use crowfly_core::{Error, FaultKind, bounded};
use crowfly_testing::Memory;

fn uploads(per_second: u64) -> Rate {
    Rate {
        of: Limited::Uploads,
        per_second,
    }
}

/// Sends a request at `now_ms`: `None` if allowed, otherwise the retry delay.
async fn request(memory: &Memory, who: char, rate: u64, now_ms: u64) -> Option<u64> {
    costing(memory, who, rate, 1, now_ms).await
}

/// The same for one that costs more.
async fn costing(memory: &Memory, who: char, rate: u64, cost: u64, now_ms: u64) -> Option<u64> {
    match admit(memory, &owner(who), uploads(rate), cost, now_ms).await {
        Ok(()) => None,
        Err(Error::Refused(refusal)) => {
            assert_eq!(refusal.code, ErrorCode::RateLimited);
            assert!(
                refusal
                    .message
                    .contains(&format!("at most {rate} a second"))
            );
            refusal.retry_after_ms
        }
        Err(error) => panic!("{error}"),
    }
}

#[tokio::test]
async fn a36_a_burst_passes_and_then_the_rate() {
    for rate in [1, 3, 50, 999] {
        let memory = Memory::default();
        for n in 0..rate * 20 {
            assert_eq!(
                request(&memory, 'a', rate, NOW).await,
                None,
                "{n} of {rate}"
            );
        }
        let wait = request(&memory, 'a', rate, NOW).await.unwrap();
        assert_eq!(wait, 1_000u64.div_ceil(rate), "of {rate}");
        // After this delay a request is allowed, and not before.
        if wait > 1 {
            assert!(request(&memory, 'a', rate, NOW + wait - 1).await.is_some());
        }
        assert_eq!(request(&memory, 'a', rate, NOW + wait).await, None);
        assert!(request(&memory, 'a', rate, NOW + wait).await.is_some() || rate == 999);
        assert_eq!(
            request(&memory, 'b', rate, NOW).await,
            None,
            "other owners are not limited"
        );
    }
}

#[tokio::test]
async fn a36_over_time_no_more_pass_than_the_rate_and_one_burst() {
    let memory = Memory::default();
    let mut passed = 0;
    for ms in 0..30_000 {
        passed += u32::from(request(&memory, 'a', 50, NOW + ms).await.is_none());
    }
    assert!((2_499..=2_501).contains(&passed), "{passed}");
    // Idle time accumulates to one burst at most.
    let later = NOW + 3_600_000;
    let mut passed = 0;
    while request(&memory, 'a', 50, later).await.is_none() {
        passed += 1;
    }
    assert_eq!(passed, 1_000);
}

#[tokio::test]
async fn a36_concurrent_requests_are_each_counted() {
    let memory = Memory::default();
    let who = owner('a');
    let tasks = (0..50)
        .map(|_| admit(&memory, &who, uploads(2), 1, NOW))
        .collect();
    let results = bounded(tasks, 50).await;
    let passed = results.iter().filter(|result| result.is_ok()).count();
    assert_eq!(passed, 40);
}

#[tokio::test]
async fn a36_no_limit_makes_no_call_and_a_fault_is_no_refusal() {
    let memory = Memory::default();
    memory.fail_next("advance_rate", FaultKind::Unavailable);
    for _ in 0..100 {
        assert_eq!(request(&memory, 'a', 0, NOW).await, None);
    }
    assert_eq!(memory.calls(), Vec::<&str>::new());
    let failed = admit(&memory, &owner('a'), uploads(1), 1, NOW).await;
    let refusal = failed.unwrap_err().to_refusal();
    assert_eq!(refusal.code, ErrorCode::ServiceUnavailable);
}

/// A thousand files in calls of a hundred are one burst; from then on items pass at the rate,
/// whatever the size of the calls.
#[tokio::test]
async fn h6_a_batch_pays_for_each_of_its_items() {
    let memory = Memory::default();
    for call in 0..10 {
        let passed = costing(&memory, 'a', 50, 100, NOW).await;
        assert_eq!(passed, None, "call {call}");
    }
    assert_eq!(costing(&memory, 'a', 50, 100, NOW).await, Some(2_000));
    assert_eq!(request(&memory, 'a', 50, NOW).await, Some(20));
    assert!(costing(&memory, 'a', 50, 100, NOW + 1_999).await.is_some());
    assert_eq!(costing(&memory, 'a', 50, 100, NOW + 2_000).await, None);
    let mut items = 0;
    for ms in 2_000..62_000 {
        let passed = costing(&memory, 'a', 50, 100, NOW + ms).await.is_none();
        items += if passed { 100 } else { 0 };
    }
    assert_eq!(items, 2_900, "50 a second");
}

/// With a small rate a whole batch costs more than a burst: it passes, and is paid for afterwards.
#[tokio::test]
async fn h6_a_batch_above_the_burst_passes_and_is_paid_for() {
    let memory = Memory::default();
    assert_eq!(costing(&memory, 'a', 1, 100, NOW).await, None);
    assert_eq!(request(&memory, 'a', 1, NOW).await, Some(81_000));
    assert_eq!(costing(&memory, 'a', 1, 100, NOW).await, Some(100_000));
    assert_eq!(request(&memory, 'a', 1, NOW + 81_000).await, None);
}

#[tokio::test]
async fn h6_reads_have_a_rate_of_their_own_and_cost_a_token_for_ten_records() {
    let costs = [0, 1, 10, 11, 25, 100].map(reading);
    assert_eq!(costs, [1, 1, 1, 2, 3, 10]);
    let memory = Memory::default();
    let reads = Rate {
        of: Limited::Reads,
        per_second: 1,
    };
    for _ in 0..20 {
        admit(&memory, &owner('a'), reads, 1, NOW).await.unwrap();
    }
    let refused = admit(&memory, &owner('a'), reads, 1, NOW).await;
    let refusal = refused.unwrap_err().to_refusal();
    assert_eq!(refusal.code, ErrorCode::RateLimited);
    assert!(refusal.message.contains("too many reads"), "{refusal}");
    assert_eq!(refusal.retry_after_ms, Some(1_000));
    assert_eq!(request(&memory, 'a', 1, NOW).await, None);
}
