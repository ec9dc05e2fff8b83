//! A02 to A18: every forged token of the list, at a function that checks for itself.

use crowfly_contract::OwnerId;
use e2e::api::item;
use e2e::issuer::forged::Forge;
use e2e::issuer::{Issuer, SigningKey, TokenRequest};
use e2e::time::unix;
use serde_json::json;

use crate::function::Functions;

fn check(rows: &[&str]) {
    let issuer = Issuer::start(SigningKey::generate());
    let evil = Issuer::start(SigningKey::generate());
    let functions = Functions::trusting(&issuer);
    let forge = Forge {
        issuer: issuer.name(),
        mint: &|request| issuer.mint(request),
        evil: &evil,
        now: unix(),
    };
    let mut wrong = Vec::new();
    for row in rows {
        for forged in forge.row(row) {
            let status = functions.status(&forged.token);
            if status != forged.status {
                wrong.push(format!(
                    "{row} {}: {status}, not {}",
                    forged.what, forged.status
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(evil.requests(), 0, "nobody asks an attacker for keys");
    assert!(issuer.fetches() <= 2, "{} fetches", issuer.fetches());
}

e2e::forged_rows!(check);

#[test]
fn a13_members_that_stand_twice() {
    let issuer = Issuer::start(SigningKey::generate());
    let functions = Functions::trusting(&issuer);
    let twice = TokenRequest::of("alice").raw_claim("sub", "\"bob\"");
    assert_eq!(functions.status(&issuer.mint(&twice)), 401);
    let twice = TokenRequest::of("alice").raw_header("alg", "\"RS256\"");
    assert_eq!(functions.status(&issuer.mint(&twice)), 401);
    assert_eq!(functions.calls(), 0);
}

#[test]
fn a16_a_long_token() {
    let issuer = Issuer::start(SigningKey::generate());
    let functions = Functions::trusting(&issuer);
    let of = |bytes: usize| issuer.mint(&TokenRequest::of("alice").claim("x", "x".repeat(bytes)));
    assert_eq!(functions.status(&of(6_000)), 200);
    assert_eq!(functions.status(&of(12_000)), 401);
}

#[test]
fn a18_a_denied_owner_is_turned_away_before_the_tokens_end() {
    let issuer = Issuer::start(SigningKey::generate());
    let file = json!({"uploads": [item("a.txt", "text/plain", b"a")]});
    let token = issuer.mint(&TokenRequest::of("mallory"));
    let created = Functions::trusting(&issuer).create(&token, &file);
    assert_eq!(created.status_code, 201, "{}", created.body);
    let created: serde_json::Value = serde_json::from_str(&created.body).expect("JSON");
    let key = created["uploads"][0]["key"].as_str().expect("a key");
    // The owner as it stands in the key, which is where an operator finds it.
    let owner: OwnerId = key
        .split('/')
        .nth(1)
        .expect("an owner")
        .parse()
        .expect("an owner");

    let functions = Functions::with(&issuer, &[("DENIED_OWNERS", &owner.to_string())]);
    assert_eq!(functions.status(&token), 403);
    let refused = functions.create(&token, &file);
    assert!(refused.body.contains("forbidden"), "{}", refused.body);
    assert_eq!(functions.calls(), 0);
    assert_eq!(
        functions.status(&issuer.mint(&TokenRequest::of("alice"))),
        200
    );
}
