//! A36: requests of an owner are limited to a rate, and a refusal states exactly when the next one
//! is allowed.

mod common;

use common::{NOW, owner};
use crowfly_contract::ErrorCode;
use crowfly_core::rate::{Rate, admit};
use crowfly_core::{Error, FaultKind, bounded};
use crowfly_testing::Memory;

/// Sends a request at `now_ms`: `None` if allowed, otherwise the retry delay.
async fn request(memory: &Memory, who: char, rate: u64, now_ms: u64) -> Option<u64> {
    match admit(memory, &owner(who), Rate(rate), now_ms).await {
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
        for n in 0..rate * 10 {
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
    assert!((1_999..=2_001).contains(&passed), "{passed}");
    // Idle time accumulates to one burst at most.
    let later = NOW + 3_600_000;
    let mut passed = 0;
    while request(&memory, 'a', 50, later).await.is_none() {
        passed += 1;
    }
    assert_eq!(passed, 500);
}

#[tokio::test]
async fn a36_concurrent_requests_are_each_counted() {
    let memory = Memory::default();
    let who = owner('a');
    let tasks = (0..50)
        .map(|_| admit(&memory, &who, Rate(2), NOW))
        .collect();
    let results = bounded(tasks, 50).await;
    let passed = results.iter().filter(|result| result.is_ok()).count();
    assert_eq!(passed, 20);
}

#[tokio::test]
async fn a36_no_limit_makes_no_call_and_a_fault_is_no_refusal() {
    let memory = Memory::default();
    memory.fail_next("advance_rate", FaultKind::Unavailable);
    for _ in 0..100 {
        assert_eq!(request(&memory, 'a', 0, NOW).await, None);
    }
    assert_eq!(memory.calls(), Vec::<&str>::new());
    let failed = admit(&memory, &owner('a'), Rate(1), NOW).await;
    let refusal = failed.unwrap_err().to_refusal();
    assert_eq!(refusal.code, ErrorCode::ServiceUnavailable);
}
