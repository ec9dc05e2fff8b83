//! F80 to F82: an issuer's keys over time. The clock is a number.

use crowfly_core::token::{
    EMPTY_PAUSE_MS, FRESH_MS, LAST_GOOD_MS, MAX_DOCUMENT_BYTES, PAUSE_MS, TokenError, Verifier,
    VerifyError,
};
use crowfly_core::{Error, Fault, FaultKind};
use futures_util::future::join_all;
use serde_json::json;

use crate::mint::{ISSUER, Key, NOW, Source, key, other, run, set, trust};

/// A token of this key that lives for ever, as far as these tests go.
fn lasting(key: &Key) -> String {
    key.token(&json!({}), &json!({"exp": 99_999_999_999u64}))
}

fn check(verifier: &Verifier<&Source>, token: &str, at: u64) -> Result<bool, VerifyError> {
    run(verifier.verify(token, at)).map(|verified| verified.stale.is_some())
}

const UNKNOWN: Result<bool, VerifyError> = Err(VerifyError::Refused(TokenError::UnknownKey));

fn outages() -> Vec<Result<Vec<u8>, Fault>> {
    let slow = Fault::new("issuer.Keys", FaultKind::Unavailable, "no answer in time");
    let long = json!({"keys": [key().public()], "x": "x".repeat(MAX_DOCUMENT_BYTES)});
    vec![
        Err(slow),
        Err(Fault::new(
            "issuer.Keys",
            FaultKind::Unexpected,
            "status 404",
        )),
        Ok(Vec::new()),
        Ok(b"<html>".to_vec()),
        Ok(b"{}".to_vec()),
        Ok(set(&[])),
        Ok(set(&[key().changed(&json!({"kty": "EC"}))])),
        Ok(long.to_string().into_bytes()),
    ]
}

#[test]
fn f80_keys_are_fetched_once_an_hour() {
    let source = Source::of(ISSUER, set(&[key().public()]));
    let verifier = Verifier::new(&source, [trust(ISSUER)]);
    let token = lasting(key());
    for at in [0, 1, 1_000, FRESH_MS - 1] {
        assert_eq!(check(&verifier, &token, NOW + at), Ok(false));
        assert_eq!(source.fetches(), 1, "after {at} ms");
    }
    assert_eq!(check(&verifier, &token, NOW + FRESH_MS), Ok(false));
    assert_eq!(source.fetches(), 2);
}

#[test]
fn f80_fifty_at_once_make_one_fetch() {
    let source = Source::of(ISSUER, set(&[key().public()]));
    let verifier = Verifier::new(&source, [trust(ISSUER)]);
    let token = lasting(key());
    let all = |at: u64| {
        let calls = (0..50).map(|n| verifier.verify(&token, at + n % 7));
        run(join_all(calls))
            .into_iter()
            .filter(Result::is_ok)
            .count()
    };
    assert_eq!((all(NOW), source.fetches()), (50, 1));
    assert_eq!((all(NOW + 10_000), source.fetches()), (50, 1));
    assert_eq!((all(NOW + FRESH_MS), source.fetches()), (50, 2));
    // The same while the issuer is away: no queue of callers that each wait for it.
    source.answer(ISSUER, outages().remove(0));
    assert_eq!((all(NOW + 2 * FRESH_MS), source.fetches()), (50, 3));
    assert_eq!(
        (all(NOW + LAST_GOOD_MS + FRESH_MS), source.fetches()),
        (0, 4)
    );
}

#[test]
fn f80_a_new_key_counts_after_one_fetch_and_an_old_one_ends_with_it() {
    let source = Source::of(ISSUER, set(&[key().public()]));
    let verifier = Verifier::new(&source, [trust(ISSUER)]);
    assert_eq!(check(&verifier, &lasting(key()), NOW), Ok(false));
    // A rotation that keeps the old key beside the new one.
    source.answer(ISSUER, Ok(set(&[key().public(), other().public()])));
    assert_eq!(check(&verifier, &lasting(other()), NOW + 10), Ok(false));
    assert_eq!(check(&verifier, &lasting(key()), NOW + 11), Ok(false));
    assert_eq!(source.fetches(), 2);
    // A rotation that drops it: it works until the next fetch, and not a moment longer.
    source.answer(ISSUER, Ok(set(&[other().public()])));
    assert_eq!(
        check(&verifier, &lasting(key()), NOW + 9 + FRESH_MS),
        Ok(false)
    );
    assert_eq!(
        check(&verifier, &lasting(key()), NOW + 10 + FRESH_MS),
        UNKNOWN
    );
    assert_eq!(
        check(&verifier, &lasting(other()), NOW + 11 + FRESH_MS),
        Ok(false)
    );
    assert_eq!(source.fetches(), 3);
}

#[test]
fn f81_unknown_key_ids_make_one_fetch_a_minute() {
    let source = Source::of(ISSUER, set(&[key().public()]));
    let verifier = Verifier::new(&source, [trust(ISSUER)]);
    let forged = |n: u64| key().token(&json!({"kid": format!("key-{n}x")}), &json!({}));
    // The very first fetch is made for an unknown one and counts.
    for n in 0..100 {
        assert_eq!(check(&verifier, &forged(n), NOW + n), UNKNOWN);
    }
    assert_eq!(source.fetches(), 1);
    assert_eq!(check(&verifier, &forged(100), NOW + PAUSE_MS), UNKNOWN);
    assert_eq!(check(&verifier, &forged(101), NOW + PAUSE_MS + 1), UNKNOWN);
    assert_eq!(source.fetches(), 2);
    assert_eq!(
        check(&verifier, &lasting(key()), NOW + PAUSE_MS + 2),
        Ok(false)
    );
    // Tokens that cannot be good, whoever signed them, make none at all.
    let times = NOW + 10 * PAUSE_MS;
    for bad in [
        "a.b.c".to_owned(),
        key().token(&json!({}), &json!({"iss": "https://evil.example/"})),
    ] {
        assert!(check(&verifier, &bad, times).is_err());
    }
    assert_eq!(source.fetches(), 2);
}

#[test]
fn f81_the_last_good_keys_outlive_an_outage_of_a_day() {
    for outage in outages() {
        let source = Source::of(ISSUER, set(&[key().public()]));
        let verifier = Verifier::new(&source, [trust(ISSUER)]);
        let token = lasting(key());
        assert_eq!(check(&verifier, &token, NOW), Ok(false));
        source.answer(ISSUER, outage.clone());
        // The caller that found out says so; the others use the old keys without asking.
        assert_eq!(
            check(&verifier, &token, NOW + FRESH_MS),
            Ok(true),
            "{outage:.60?}"
        );
        assert_eq!(check(&verifier, &token, NOW + FRESH_MS + 1), Ok(false));
        assert_eq!(
            check(&verifier, &lasting(other()), NOW + FRESH_MS + 2),
            UNKNOWN
        );
        assert_eq!(source.fetches(), 2);
        assert_eq!(
            check(&verifier, &token, NOW + FRESH_MS + PAUSE_MS),
            Ok(true)
        );
        assert_eq!(check(&verifier, &token, NOW + LAST_GOOD_MS - 1), Ok(true));
        assert_eq!(source.fetches(), 4);
        let answer = check(&verifier, &token, NOW + LAST_GOOD_MS + PAUSE_MS);
        assert!(
            matches!(answer, Err(VerifyError::Unavailable(_))),
            "{answer:?}"
        );
        // It heals by itself.
        source.answer(ISSUER, Ok(set(&[key().public()])));
        let healed = NOW + LAST_GOOD_MS + PAUSE_MS + EMPTY_PAUSE_MS;
        assert_eq!(check(&verifier, &token, healed), Ok(false));
    }
}

#[test]
fn f81_without_any_keys_callers_are_told_to_come_again() {
    for outage in outages() {
        let source = Source::of(ISSUER, Vec::new());
        source.answer(ISSUER, outage);
        let verifier = Verifier::new(&source, [trust(ISSUER)]);
        for at in [0, 1, EMPTY_PAUSE_MS - 1] {
            let error: Error = check(&verifier, &lasting(key()), NOW + at)
                .unwrap_err()
                .into();
            let refusal = error.to_refusal();
            assert_eq!(
                (refusal.status(), refusal.code.as_str()),
                (503, "service_unavailable")
            );
            assert!(refusal.retry_after_ms.is_some());
        }
        assert_eq!(source.fetches(), 1);
        assert!(check(&verifier, &lasting(key()), NOW + EMPTY_PAUSE_MS).is_err());
        assert_eq!(source.fetches(), 2);
    }
}

#[test]
fn f81_a_clock_that_is_set_back_makes_keys_old() {
    let source = Source::of(ISSUER, set(&[key().public()]));
    let verifier = Verifier::new(&source, [trust(ISSUER)]);
    let token = key().token(&json!({}), &json!({"iat": 1, "exp": 99_999_999_999u64}));
    assert_eq!(check(&verifier, &token, NOW), Ok(false));
    assert_eq!(check(&verifier, &token, NOW - 5), Ok(false));
    assert_eq!(source.fetches(), 1);
    assert_eq!(check(&verifier, &token, NOW - FRESH_MS), Ok(false));
    assert_eq!(source.fetches(), 2);
}

#[test]
fn f82_a_key_belongs_to_its_issuer() {
    let (one, two) = ("https://one.example/", "https://two.example/");
    let (ours, theirs) = (Key::new("same"), Key::new("same"));
    let source = Source::of(one, set(&[ours.public()]));
    source.answer(two, Ok(set(&[theirs.public()])));
    let verifier = Verifier::new(&source, [trust(one), trust(two)]);
    let by = |key: &Key, issuer: &str| {
        check(
            &verifier,
            &key.token(&json!({}), &json!({"iss": issuer})),
            NOW,
        )
    };
    let forged = Err(VerifyError::Refused(TokenError::Signature));
    assert_eq!(by(&ours, one), Ok(false));
    assert_eq!(by(&ours, two), forged);
    assert_eq!(by(&theirs, one), forged);
    assert_eq!(by(&theirs, two), Ok(false));
    assert_eq!(source.fetches(), 2);
    // The one's outage is not the other's.
    source.answer(two, outages().remove(0));
    let late = NOW + LAST_GOOD_MS;
    let token = |key: &Key, issuer: &str| {
        key.token(
            &json!({}),
            &json!({"iss": issuer, "exp": 99_999_999_999u64}),
        )
    };
    assert_eq!(check(&verifier, &token(&ours, one), late), Ok(false));
    assert!(check(&verifier, &token(&theirs, two), late).is_err());
}
