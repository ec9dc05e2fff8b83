//! Who is let in where no gateway stands before the function, and who is turned away everywhere.

mod common;

use common::{NOW, assert_problem, event, json_of, owner, read, variable};
use crowfly_core::cursor::CursorKey;
use crowfly_lambdas::http::{Answer, Gate};
use crowfly_lambdas::read;
use crowfly_lambdas::variables::{StartError, Variables};
use crowfly_testing::Memory;
use data_encoding::BASE64URL_NOPAD;
use serde_json::{Value, json};

/// Nobody listens here.
const ISSUER: &str = "http://127.0.0.1:9/";

fn gate(set: &[(&str, &str)]) -> Result<Gate, StartError> {
    let lookup = |name: &'static str| {
        let given = set.iter().find(|(known, _)| *known == name);
        given.map_or_else(|| variable(name), |(_, value)| Some((*value).to_owned()))
    };
    Gate::read(&Variables::new(&lookup))
}

async fn list(gate: Gate, event: Value) -> (Answer, usize) {
    let memory = Memory::default();
    let settings = read::Settings {
        cursor_key: CursorKey::new(&[1; 32]).unwrap(),
        gate,
    };
    let answer = read::handle(&memory, &memory, &settings, event, NOW).await;
    (answer, memory.calls().len())
}

fn own() -> Gate {
    gate(&[("JWT_ISSUER", ISSUER), ("JWT_AUDIENCE", "api")]).unwrap()
}

/// A token that looks like one of the issuer's and is signed by nobody.
fn unsigned() -> String {
    let part = |value: Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
    let header = part(json!({"alg": "RS256", "kid": "k"}));
    let claims = part(
        json!({"iss": ISSUER, "aud": "api", "sub": "alice", "scope": "uploads",
        "exp": NOW / 1_000 + 60}),
    );
    format!("{header}.{claims}.{}", BASE64URL_NOPAD.encode(&[1; 256]))
}

#[tokio::test]
async fn a90_forged_claims_change_nothing_where_tokens_are_checked() {
    let claims = common::claims("alice");
    let good = event("GET /uploads", None);
    let mut elsewhere = good.clone();
    elsewhere["requestContext"]["authorizer"] =
        json!({"jwt": {}, "claims": claims, "lambda": claims});
    elsewhere["authorizer"] = json!({"jwt": {"claims": claims}});
    elsewhere["headers"]["x-amzn-oidc-data"] = claims.to_string().into();
    elsewhere["queryStringParameters"] = json!({"access_token": unsigned()});
    for event in [good, elsewhere] {
        for header in [
            json!(null),
            json!(""),
            json!("Bearer"),
            json!("Basic YTpi"),
            json!("Bearer a.b.c"),
            json!(["Bearer x"]),
        ] {
            let mut event = event.clone();
            event["headers"]["authorization"] = header;
            let (answer, calls) = list(own(), event).await;
            assert_problem(&answer, 401, "unauthenticated");
            assert_eq!(answer.headers["www-authenticate"], "Bearer");
            assert_eq!(calls, 0);
        }
    }
}

#[tokio::test]
async fn a90_a_token_counts_for_nothing_where_only_the_gateway_checks() {
    let mut event = event("GET /uploads", None);
    event["requestContext"]["authorizer"] = json!(null);
    event["headers"]["authorization"] = format!("Bearer {}", unsigned()).into();
    assert_problem(
        &read(&Memory::default(), event).await,
        401,
        "unauthenticated",
    );
}

#[tokio::test]
async fn f81_an_issuer_that_never_answered_is_503() {
    let mut event = event("GET /uploads", None);
    event["headers"]["authorization"] = format!("Bearer {}", unsigned()).into();
    let (answer, calls) = list(own(), event).await;
    assert_problem(&answer, 503, "service_unavailable");
    assert!(answer.headers.contains_key("retry-after"));
    assert_eq!(calls, 0);
}

#[tokio::test]
async fn a18_a_denied_owner_is_turned_away_with_a_good_token() {
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

#[test]
fn f74_issuer_and_audience_come_together() {
    assert!(gate(&[]).is_ok());
    assert!(gate(&[("JWT_ISSUER", ""), ("JWT_AUDIENCE", "")]).is_ok());
    for (set, wrong) in [
        (vec![("JWT_ISSUER", ISSUER)], "JWT_AUDIENCE"),
        (vec![("JWT_AUDIENCE", "api")], "JWT_ISSUER"),
        (
            vec![
                ("JWT_ISSUER", "http://issuer.example/"),
                ("JWT_AUDIENCE", "api"),
            ],
            "JWT_ISSUER",
        ),
        (
            vec![("JWT_ISSUER", "issuer.example"), ("JWT_AUDIENCE", "api")],
            "JWT_ISSUER",
        ),
        (vec![("DENIED_OWNERS", "alice")], "DENIED_OWNERS"),
    ] {
        let error = gate(&set).unwrap_err().to_string();
        assert!(error.contains(wrong), "{set:?}: {error}");
    }
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
