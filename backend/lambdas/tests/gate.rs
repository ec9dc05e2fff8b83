//! Authentication: only the claims of the authorizer count, unless the owner is denied.

mod common;

use common::{NOW, assert_problem, event, json_of, owner, variable};
use crowfly_core::rate::{Limited, Rate};
use crowfly_lambdas::http::{Answer, Gate};
use crowfly_lambdas::read;
use crowfly_lambdas::variables::{StartError, Variables};
use crowfly_testing::Memory;
use data_encoding::BASE64URL_NOPAD;
use serde_json::{Value, json};

fn gate(set: &[(&str, &str)]) -> Result<Gate, StartError> {
    let lookup = |name: &'static str| {
        let given = set.iter().find(|(known, _)| *known == name);
        given.map_or_else(|| variable(name), |(_, value)| Some((*value).to_owned()))
    };
    Gate::read(&Variables::new(&lookup))
}

/// A well-formed token with a made-up signature.
fn token() -> String {
    let part = |value: Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
    let header = part(json!({"alg": "RS256", "kid": "k"}));
    let mut claims = common::claims("alice");
    claims["exp"] = (NOW / 1_000 + 60).into();
    format!(
        "{header}.{}.{}",
        part(claims),
        BASE64URL_NOPAD.encode(&[1; 256])
    )
}

async fn list(gate: Gate, event: Value) -> (Answer, usize) {
    let memory = Memory::default();
    let rate = Rate {
        of: Limited::Reads,
        per_second: 0,
    };
    let settings = read::Settings { gate, rate };
    let answer = read::handle(&memory, &memory, &settings, event, NOW).await;
    (answer, memory.calls().len())
}

#[tokio::test]
async fn a90_only_the_authorizers_claims_count() {
    let claims = common::claims("alice");
    let bare = {
        let mut event = event("GET /uploads", None);
        event["requestContext"]["authorizer"] = json!(null);
        event
    };
    let mut elsewhere = bare.clone();
    elsewhere["requestContext"]["authorizer"] =
        json!({"jwt": {}, "claims": claims, "lambda": claims});
    elsewhere["authorizer"] = json!({"jwt": {"claims": claims}});
    elsewhere["headers"]["x-amzn-oidc-data"] = claims.to_string().into();
    elsewhere["queryStringParameters"] = json!({"access_token": token()});
    for event in [bare, elsewhere] {
        for header in [
            json!(null),
            json!(""),
            json!("Bearer"),
            json!("Basic YTpi"),
            json!("Bearer a.b.c"),
            json!(["Bearer x"]),
            format!("Bearer {}", token()).into(),
        ] {
            let mut event = event.clone();
            event["headers"]["authorization"] = header;
            let (answer, calls) = list(gate(&[]).unwrap(), event).await;
            assert_problem(&answer, 401, "unauthenticated");
            assert_eq!(answer.headers["www-authenticate"], "Bearer");
            assert_eq!(calls, 0);
        }
    }
}

#[tokio::test]
async fn a18_a_denied_owner_is_forbidden_with_a_valid_token() {
    let denied = format!("{},{}", owner("mallory"), owner("alice"));
    let denied = || gate(&[("DENIED_OWNERS", &denied)]).unwrap();
    let (answer, calls) = list(denied(), event("GET /uploads", None)).await;
    assert_problem(&answer, 403, "forbidden");
    assert_eq!(calls, 0);
    let mut bob = event("GET /uploads", None);
    bob["requestContext"]["authorizer"]["jwt"]["claims"]["sub"] = json!("bob");
    let (answer, _) = list(denied(), bob).await;
    assert_eq!(answer.status_code, 200, "{}", json_of(&answer));
}

/// The owner of a former issuer's subject is denied under the new issuer, so it is the same owner.
#[tokio::test]
async fn d10_the_owner_is_that_of_the_former_issuer() {
    let denied = owner("alice");
    let moved = || {
        let mut event = event("GET /uploads", None);
        event["requestContext"]["authorizer"]["jwt"]["claims"]["iss"] =
            json!("https://now.example/");
        event
    };
    let without = gate(&[("DENIED_OWNERS", denied.as_str())]).unwrap();
    assert_eq!(list(without, moved()).await.0.status_code, 200);
    let kept = gate(&[
        ("DENIED_OWNERS", denied.as_str()),
        ("OWNER_ISSUER", "https://issuer.example/"),
    ]);
    let (answer, _) = list(kept.unwrap(), moved()).await;
    assert_problem(&answer, 403, "forbidden");
}

#[test]
fn f74_a_denied_owner_has_the_form_of_one() {
    assert!(gate(&[("DENIED_OWNERS", "")]).is_ok());
    let error = gate(&[("DENIED_OWNERS", "alice")]).unwrap_err().to_string();
    assert!(error.contains("DENIED_OWNERS"), "{error}");
}

#[test]
fn a53_no_token_in_debug() {
    let mut event = event("GET /uploads", None);
    event["headers"]["authorization"] = "Bearer a-token-that-must-not-show".into();
    let shown = format!("{:?}", crowfly_lambdas::http::Request::new(event));
    assert!(
        shown.contains("request-1") && !shown.contains("must-not-show"),
        "{shown}"
    );
}
