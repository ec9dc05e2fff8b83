//! Maps the claims of a token, which the gateway has verified, to an owner.

use std::borrow::Cow;

use crowfly_contract::{ErrorCode, OwnerId};
use data_encoding::BASE32_NOPAD;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::Refusal;

const OWNER_LEN: usize = 26;
const MAX_SUBJECT_BYTES: usize = 255;

/// Derives the owner from the claims of a verified token, and checks scope and token type.
///
/// An ID token states who signed in; it does not authorise API calls. Cognito names the type of a
/// token in `token_use`
/// (<https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html>),
/// Keycloak in `typ`. ID tokens of other issuers have `at_hash` or `c_hash`, which bind them to the
/// access token and the code issued with them
/// (<https://openid.net/specs/openid-connect-core-1_0.html#CodeIDToken>,
/// <https://openid.net/specs/openid-connect-core-1_0.html#HybridIDToken>), or `nonce`. A nonce
/// counts only without any scope: some issuers copy it into access tokens, which do have a scope.
///
/// An empty `required_scope` requires none. Scopes are compared exactly; they are read from `scope`
/// (a space-separated list, <https://www.rfc-editor.org/rfc/rfc8693#section-4.2>) and from `scp`
/// (an array, which the gateway passes on as `[a b]`).
///
/// The owner is derived from `owner_issuer` instead of the token's issuer, unless it is empty: records
/// of a former issuer stay with the same subjects.
///
/// # Errors
/// `unauthenticated` without an issuer, `insufficient_scope`, or `invalid_subject`.
pub fn authenticate(
    claims: &Map<String, Value>,
    required_scope: &str,
    owner_issuer: &str,
) -> Result<OwnerId, Refusal> {
    let issuer = claims
        .get("iss")
        .and_then(Value::as_str)
        .unwrap_or_default();
    if issuer.is_empty() {
        return Err(unauthenticated());
    }
    let scoped = required_scope.is_empty() || has_scope(claims, required_scope);
    if !scoped || is_no_access_token(claims) {
        return Err(insufficient_scope(required_scope));
    }
    let subject = claims
        .get("sub")
        .and_then(Value::as_str)
        .unwrap_or_default();
    match owner_issuer {
        "" => owner(issuer, subject),
        former => owner(former, subject),
    }
}

/// The refusal of a request without a verified token.
pub fn unauthenticated() -> Refusal {
    Refusal::new(
        ErrorCode::Unauthenticated,
        "the request needs a valid access token: `authorization: Bearer ...`",
    )
}

fn insufficient_scope(required: &str) -> Refusal {
    let message = match required {
        "" => Cow::Borrowed("the token must be an access token, not an ID token"),
        scope => format!("the token must be an access token with the scope `{scope}`").into(),
    };
    Refusal::new(ErrorCode::InsufficientScope, message)
}

/// Whether the claims mark a token that is not an access token.
fn is_no_access_token(claims: &Map<String, Value>) -> bool {
    let is = |name: &str, text: &str| claims.get(name).and_then(Value::as_str) == Some(text);
    let other_use = claims.contains_key("token_use") && !is("token_use", "access");
    let bound = claims.contains_key("at_hash") || claims.contains_key("c_hash");
    let scoped = claims.contains_key("scope") || claims.contains_key("scp");
    other_use || is("typ", "ID") || bound || (claims.contains_key("nonce") && !scoped)
}

/// Derives the owner, so that the subject itself appears nowhere else.
fn owner(issuer: &str, subject: &str) -> Result<OwnerId, Refusal> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.@|:+=~".contains(&byte);
    let acceptable = (1..=MAX_SUBJECT_BYTES).contains(&subject.len())
        && subject.bytes().all(plain)
        && !subject.contains("..");
    if !acceptable {
        return Err(invalid_subject());
    }
    let digest = Sha256::digest(format!("{issuer}\n{subject}"));
    let mut text = BASE32_NOPAD.encode(digest.as_slice()).to_ascii_lowercase();
    text.truncate(OWNER_LEN);
    text.parse().map_err(|_| invalid_subject())
}

fn invalid_subject() -> Refusal {
    Refusal::new(
        ErrorCode::InvalidSubject,
        "the token's subject must be 1 to 255 letters, digits or `-_.@|:+=~`, without `..`",
    )
}

fn has_scope(claims: &Map<String, Value>, required: &str) -> bool {
    ["scope", "scp"]
        .iter()
        .filter_map(|name| claims.get(*name))
        .any(|claim| match claim {
            Value::String(text) => text
                .trim_start_matches('[')
                .trim_end_matches(']')
                .split_ascii_whitespace()
                .any(|scope| scope == required),
            Value::Array(list) => list.iter().any(|scope| scope.as_str() == Some(required)),
            _ => false,
        })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn claims(value: Value) -> Map<String, Value> {
        value.as_object().unwrap().clone()
    }

    #[test]
    fn the_owner_is_pinned() {
        let of = |iss: &str, sub: &str| {
            authenticate(&claims(json!({"iss": iss, "sub": sub})), "", "").unwrap()
        };
        // printf 'https://issuer.example/\nauth0|abc' | sha256sum | xxd -r -p | base32 | head -c 26
        assert_eq!(
            of("https://issuer.example/", "auth0|abc").as_str(),
            "zjn67vy4s4onaae2deltmf3fv5"
        );
        assert_ne!(
            of("https://issuer.example", "a"),
            of("https://issuer.example/", "a")
        );
        assert_ne!(
            of("https://issuer.example", "a"),
            of("https://issuer.example", "b")
        );
    }

    #[test]
    fn d10_an_owner_keeps_the_records_of_a_former_issuer() {
        let of = |iss: &str, sub: &str, owner_issuer: &str| {
            authenticate(&claims(json!({"iss": iss, "sub": sub})), "", owner_issuer)
        };
        let before = of("https://before.example/", "ada", "").unwrap();
        let now = "https://now.example/";
        let former = "https://before.example/";
        assert_eq!(of(now, "ada", former).unwrap(), before);
        assert_ne!(of(now, "ada", "").unwrap(), before);
        assert_ne!(of(now, "bob", former).unwrap(), before);
        // It is no issuer to be trusted: the token still needs its own.
        let refusal = of("", "ada", former).unwrap_err();
        assert_eq!(refusal.code, ErrorCode::Unauthenticated);
    }

    #[test]
    fn a14_subjects_outside_the_allowed_characters_are_refused() {
        let long = "a".repeat(256);
        for sub in [
            "", "a/b", "..", "a..b", "a#b", "é", "a b", "a\nb", "\0", "a\u{7f}", &long,
        ] {
            let refusal =
                authenticate(&claims(json!({"iss": "i", "sub": sub})), "", "").unwrap_err();
            assert_eq!(refusal.code, ErrorCode::InvalidSubject, "{sub:?}");
            assert_eq!(refusal.status(), 403);
        }
        for sub in [json!(1), json!(null), json!(["a"]), json!({})] {
            let refusal =
                authenticate(&claims(json!({"iss": "i", "sub": sub})), "", "").unwrap_err();
            assert_eq!(refusal.code, ErrorCode::InvalidSubject);
        }
        for sub in [
            "google-oauth2|108",
            "0b5c3d2e-11aa",
            "user@example.com",
            &"a".repeat(255),
        ] {
            assert!(
                authenticate(&claims(json!({"iss": "i", "sub": sub})), "", "").is_ok(),
                "{sub}"
            );
        }
    }

    #[test]
    fn a90_without_an_issuer_a_request_is_unauthenticated() {
        for value in [
            json!({}),
            json!({"sub": "a"}),
            json!({"iss": "", "sub": "a"}),
        ] {
            let refusal = authenticate(&claims(value), "", "").unwrap_err();
            assert_eq!(refusal.code, ErrorCode::Unauthenticated);
        }
    }

    #[test]
    fn a11_a12_scopes_are_exact() {
        let with = |scopes: Value| {
            let mut all = claims(json!({"iss": "i", "sub": "s"}));
            all.append(&mut claims(scopes));
            authenticate(&all, "uploads", "").map_err(|refusal| refusal.code)
        };
        for scopes in [
            json!({"scope": "uploads"}),
            json!({"scope": "openid uploads email"}),
            json!({"scp": ["read", "uploads"]}),
            json!({"scp": "[read uploads]"}),
            json!({"scp": "uploads"}),
        ] {
            assert!(with(scopes.clone()).is_ok(), "{scopes}");
        }
        for scopes in [
            json!({}),
            json!({"scope": ""}),
            json!({"scope": "uploadsx"}),
            json!({"scope": "uploads:writex"}),
            json!({"scope": "Uploads"}),
            json!({"scope": 1}),
            json!({"scp": [1]}),
            json!({"aud": "uploads"}),
        ] {
            assert_eq!(
                with(scopes.clone()),
                Err(ErrorCode::InsufficientScope),
                "{scopes}"
            );
        }
    }

    #[test]
    fn a11_id_tokens_are_refused_even_without_a_required_scope() {
        let with = |more: Value, required: &str| {
            let mut all = claims(json!({"iss": "i", "sub": "s"}));
            all.append(&mut claims(more));
            authenticate(&all, required, "").map_err(|refusal| (refusal.code, refusal.status()))
        };
        let refused = Err((ErrorCode::InsufficientScope, 403));
        for marks in [
            json!({"token_use": "id"}),
            json!({"token_use": ""}),
            json!({"token_use": "Access"}),
            json!({"token_use": null}),
            json!({"token_use": ["access"]}),
            json!({"at_hash": "x"}),
            json!({"c_hash": "x"}),
            json!({"typ": "ID"}),
        ] {
            for scope in [json!({}), json!({"scope": "uploads"})] {
                let mut more = marks.clone();
                more.as_object_mut().unwrap().append(&mut claims(scope));
                assert_eq!(with(more.clone(), ""), refused, "{more}");
                assert_eq!(with(more.clone(), "uploads"), refused, "{more}");
            }
        }
        assert_eq!(with(json!({"nonce": "n"}), ""), refused);
        for good in [
            json!({}),
            json!({"token_use": "access"}),
            json!({"scope": "", "nonce": "n"}),
            json!({"scp": "[read]", "nonce": "n"}),
            json!({"typ": "Bearer"}),
        ] {
            assert!(with(good.clone(), "").is_ok(), "{good}");
        }
    }
}
