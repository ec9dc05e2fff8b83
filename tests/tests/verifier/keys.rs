//! F80 to F82: an issuer that changes its keys, fails, or shares a key's name with another.

use e2e::issuer::{Issuer, SigningKey, TokenRequest, Trouble};
use serde_json::Value;

use crate::function::Functions;

const MINUTE: u64 = 60_000;
const HOUR: u64 = 60 * MINUTE;

/// A token that lives as long as these tests look ahead.
fn lasting(issuer: &Issuer) -> String {
    issuer.mint(&TokenRequest::of("alice").claim("exp", 9_999_999_999u64))
}

#[test]
fn f80_a_new_key_counts_after_one_fetch() {
    let issuer = Issuer::start(SigningKey::generate());
    let functions = Functions::trusting(&issuer);
    let old = lasting(&issuer);
    assert_eq!((functions.status(&old), issuer.fetches()), (200, 1));
    issuer.rotate(true);
    assert_eq!(
        (functions.status(&lasting(&issuer)), issuer.fetches()),
        (200, 2)
    );
    assert_eq!((functions.status(&old), issuer.fetches()), (200, 2));
    // Without the old key in the set, its tokens end with the next refresh.
    issuer.rotate(false);
    let new = lasting(&issuer);
    assert_eq!(
        (functions.status_at(&new, HOUR), issuer.fetches()),
        (200, 3)
    );
    assert_eq!(
        (functions.status_at(&old, HOUR + 1), issuer.fetches()),
        (401, 4)
    );
    assert_eq!(
        (functions.status_at(&old, HOUR + 2), issuer.fetches()),
        (401, 4)
    );
}

#[test]
fn f80_fifty_at_once_make_one_fetch() {
    let issuer = Issuer::start(SigningKey::generate());
    let functions = Functions::trusting(&issuer);
    let token = lasting(&issuer);
    for (later, fetches) in [(0, 1), (HOUR, 2)] {
        let answers = functions.run(async {
            let mut waiting: Vec<_> = (0..50)
                .map(|_| Box::pin(functions.list_at(&token, later)))
                .collect();
            let mut answers = Vec::new();
            std::future::poll_fn(|context| {
                waiting.retain_mut(|call| match call.as_mut().poll(context) {
                    std::task::Poll::Ready(answer) => {
                        answers.push(answer.status_code);
                        false
                    }
                    std::task::Poll::Pending => true,
                });
                if waiting.is_empty() {
                    std::task::Poll::Ready(())
                } else {
                    std::task::Poll::Pending
                }
            })
            .await;
            answers
        });
        assert_eq!(answers, [200; 50]);
        assert_eq!(issuer.fetches(), fetches);
    }
}

#[test]
fn f81_the_last_good_keys_outlive_the_issuers_troubles() {
    for trouble in [
        Trouble::Slow,
        Trouble::Broken,
        Trouble::Empty,
        Trouble::Long,
        Trouble::NoJson,
        Trouble::Elsewhere,
    ] {
        let issuer = Issuer::start(SigningKey::generate());
        let functions = Functions::trusting(&issuer);
        let token = lasting(&issuer);
        assert_eq!(functions.status(&token), 200);
        issuer.fail(Some(trouble));
        assert_eq!(functions.status_at(&token, HOUR), 200, "{trouble:?}");
        // An unknown key id is refused at once, without another fetch within the minute.
        issuer.rotate(true);
        let new = lasting(&issuer);
        let unknown = (functions.status_at(&new, HOUR + 1), issuer.fetches());
        assert_eq!(unknown, (401, 2), "{trouble:?}");
        // A day and an hour after the last good answer the old keys are no longer believed.
        let stopped = functions.run(functions.list_at(&token, 26 * HOUR));
        assert_eq!(stopped.status_code, 503, "{trouble:?}");
        assert_eq!(stopped.headers["retry-after"], "1");
        let problem: Value = serde_json::from_str(&stopped.body).expect("JSON");
        assert_eq!(problem["error"]["code"], "service_unavailable");
        issuer.fail(None);
        assert_eq!(
            functions.status_at(&new, 26 * HOUR + MINUTE),
            200,
            "{trouble:?}"
        );
    }
}

#[test]
fn f81_unknown_key_ids_make_one_fetch_a_minute() {
    let issuer = Issuer::start(SigningKey::generate());
    let functions = Functions::trusting(&issuer);
    let forged = |n: u32| issuer.mint(&TokenRequest::default().header("kid", format!("key-{n}")));
    for n in 0..20 {
        assert_eq!(functions.status(&forged(n)), 401);
    }
    assert_eq!(issuer.fetches(), 1);
    assert_eq!(functions.status_at(&forged(20), MINUTE), 401);
    assert_eq!(functions.status_at(&forged(21), MINUTE + 1), 401);
    assert_eq!(issuer.fetches(), 2);
    assert_eq!(functions.status(&lasting(&issuer)), 200);
}

#[test]
fn f82_two_issuers_share_a_key_id() {
    let one = Issuer::start(SigningKey::named("shared"));
    let two = Issuer::start(SigningKey::named("shared"));
    let (trusts_one, trusts_two) = (Functions::trusting(&one), Functions::trusting(&two));
    for (functions, own, other) in [(&trusts_one, &one, &two), (&trusts_two, &two, &one)] {
        assert_eq!(functions.status(&lasting(own)), 200);
        assert_eq!(functions.status(&lasting(other)), 401);
        let posing = other.mint(&TokenRequest::of("alice").claim("iss", own.name()));
        assert_eq!(functions.status(&posing), 401);
    }
    assert_eq!((one.fetches(), two.fetches()), (1, 1));
}
