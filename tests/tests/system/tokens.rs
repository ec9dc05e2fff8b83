//! A02 to A18: every forged token of the list, at the gateway's authorizer and the functions behind it.

use data_encoding::BASE64URL_NOPAD;
use devkit::env::{Env, Stack};
use devkit::http::Response;
use devkit::random::random_hex;
use devkit::time::unix;
use e2e::api::{Api, item, login};
use e2e::aws::Aws;
use e2e::issuer::forged::Forge;
use e2e::issuer::{Issuer, TokenRequest, token};
use serde_json::{Value, json};

use crate::common::oidc;

fn list(token: &str) -> Response {
    Api::with_token(oidc(), token).get("/uploads")
}

/// Sends the tokens of some rows, and returns the attacker's issuer, which must not have been asked.
#[track_caller]
fn check(rows: &[&str]) {
    let evil = Issuer::start();
    let forge = Forge {
        issuer: &oidc().issuer,
        mint: &token,
        evil: &evil,
        now: unix(),
    };
    let mut wrong = Vec::new();
    for row in rows {
        for forged in forge.row(row) {
            let answer = list(&forged.token);
            if answer.status != forged.status {
                let text = answer.text();
                wrong.push(format!("{row} {}: {} {text}", forged.what, answer.status));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(
        evil.requests(),
        0,
        "the attacker's issuer is never asked for keys"
    );
}

/// One test for each row, or for a few that belong together.
macro_rules! forged_rows {
    ($($name:ident = [$($row:literal),+];)+) => {$(
        #[test]
        fn $name() {
            check(&[$($row),+]);
        }
    )+};
}

forged_rows! {
    a02_tokens_without_a_signature = ["A02"];
    a03_the_public_key_is_no_hmac_secret = ["A03"];
    a04_other_algorithms = ["A04"];
    a05_keys_that_a_token_brings_along = ["A05"];
    a06_key_ids = ["A06"];
    a07_a08_tokens_out_of_their_time = ["A07", "A08"];
    a09_a10_tokens_of_others_and_for_others = ["A09", "A10"];
    a11_a12_a14_tokens_that_are_not_good_enough = ["A11", "A12", "A14"];
    a17_what_is_not_quite_a_token = ["A17"];
}

/// A token with a duplicate claim: either it is refused, or gateway and functions use the same one of the two
/// values, so that one owner is used throughout.
#[test]
fn a13_a_duplicate_claim_is_never_read_in_two_ways() {
    let (first, last) = (
        format!("first-{}", random_hex(6)),
        format!("last-{}", random_hex(6)),
    );
    let twice = TokenRequest::of(&first).raw_claim("sub", &json!(last).to_string());
    let created =
        Api::with_token(oidc(), &token(&twice)).create(&item("a.txt", "text/plain", b"a"));
    let count = |subject: &str| {
        let listed = Api::of_subject(oidc(), subject).get("/uploads").json();
        listed["uploads"].as_array().expect("a list").len()
    };
    match created.status {
        401 => assert_eq!((count(&first), count(&last)), (0, 0)),
        201 => assert_eq!((count(&first), count(&last)), (0, 1)),
        other => panic!("{other}: {}", created.text()),
    }
    let hidden = TokenRequest::of("alice").raw_claim("scope", "\"none\"");
    assert!(matches!(list(&token(&hidden)).status, 401 | 403));
}

#[test]
fn a16_a_head_that_is_too_long() {
    let of = |bytes: usize| token(&TokenRequest::of("alice").claim("x", "x".repeat(bytes)));
    assert_eq!(list(&of(4_000)).status, 200);
    let refused = list(&of(12_000)).status;
    assert!(matches!(refused, 400 | 401 | 431), "{refused}");
    let padded = Api::with_token(oidc(), &of(0))
        .request("GET", "/uploads")
        .header("x-padding", "x".repeat(10_240))
        .send();
    assert!(matches!(padded.status, 400 | 431), "{}", padded.status);
}

/// A token cannot be revoked, so it must be short-lived. `DENIED_OWNERS` stops an owner at once, as the
/// functions' own tests show.
#[test]
fn a18_a_disabled_user_keeps_an_hour_at_most() {
    let stack = Env::stack("main");
    let (user, password) = (
        format!("leaver-{}@example.com", random_hex(6)),
        format!("Aa1!{}", random_hex(8)),
    );
    let admin = |verb: &str, mut body: Value| {
        body["UserPoolId"] = pool(stack).into();
        body["Username"] = user.clone().into();
        let target = format!("AWSCognitoIdentityProviderService.{verb}");
        Aws::new(stack).call("cognito-idp", &target, &body)
    };
    admin("AdminCreateUser", json!({"MessageAction": "SUPPRESS"}));
    admin(
        "AdminSetUserPassword",
        json!({"Password": password, "Permanent": true}),
    );
    let access = login(stack, &user, &password)["AccessToken"].clone();
    let api = Api::with_token(stack, &access);
    assert_eq!(api.get("/uploads").status, 200);

    admin("AdminDisableUser", json!({}));
    assert_eq!(api.get("/uploads").status, 200, "until its end");
    let again = std::panic::catch_unwind(|| login(stack, &user, &password));
    assert!(again.is_err(), "a disabled user signs in");
    let claims = claims(&access);
    let lives = claims["exp"].as_u64().expect("exp") - claims["iat"].as_u64().expect("iat");
    assert!(lives <= 3_600, "{lives} s");
}

fn pool(stack: &Stack) -> &str {
    stack.issuer.rsplit('/').next().unwrap_or_default()
}

fn claims(token: &str) -> Value {
    let text = token.split('.').nth(1).unwrap_or_default();
    let bytes = BASE64URL_NOPAD.decode(text.as_bytes());
    serde_json::from_slice(&bytes.expect("base64")).expect("claims")
}
