//! Who calls: from the claims of a token that the gateway has verified to an owner.

use std::borrow::Cow;

use crowfly_contract::{ErrorCode, OwnerId};
use data_encoding::BASE32_NOPAD;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::Refusal;

const OWNER_LEN: usize = 26;
const MAX_SUBJECT_BYTES: usize = 255;

/// Finds the owner of a verified token, and checks its use and its scope once more.
///
/// An ID token tells a client who signed in and is no leave to call an API. Cognito says in `token_use`
/// what a token is for, Keycloak in a claim `typ`; other issuers' ID tokens are known by `at_hash` and
/// `c_hash`, which bind them to the access token and the code that they came with (OpenID Connect Core,
/// 3.1.3.6 and 3.3.2.11), and by `nonce`. A nonce is a mark only without any scope: some issuers copy it
/// into access tokens, which have one.
///
/// An empty `required_scope` asks for none. Scopes are compared exactly; they are read from `scope` (words
/// in a text, RFC 8693) and from `scp` (a list, which the gateway turns into `[a b]`).
///
/// # Errors
/// `unauthenticated` without an issuer, `insufficient_scope`, or `invalid_subject`.
pub fn authenticate(claims: &Map<String, Value>, required_scope: &str) -> Result<OwnerId, Refusal> {
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
    owner(issuer, subject)
}

/// The refusal of a request that no verified token came with.
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

/// Whether the claims say that the token is for something else than calling an API.
fn is_no_access_token(claims: &Map<String, Value>) -> bool {
    let is = |name: &str, text: &str| claims.get(name).and_then(Value::as_str) == Some(text);
    let other_use = claims.contains_key("token_use") && !is("token_use", "access");
    let bound = claims.contains_key("at_hash") || claims.contains_key("c_hash");
    let scoped = claims.contains_key("scope") || claims.contains_key("scp");
    other_use || is("typ", "ID") || bound || (claims.contains_key("nonce") && !scoped)
}

/// Derives the owner; the subject itself goes no further.
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
            authenticate(&claims(json!({"iss": iss, "sub": sub})), "").unwrap()
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
    fn a14_subjects_that_no_key_may_stem_from() {
        let long = "a".repeat(256);
        for sub in [
            "", "a/b", "..", "a..b", "a#b", "é", "a b", "a\nb", "\0", "a\u{7f}", &long,
        ] {
            let refusal = authenticate(&claims(json!({"iss": "i", "sub": sub})), "").unwrap_err();
            assert_eq!(refusal.code, ErrorCode::InvalidSubject, "{sub:?}");
            assert_eq!(refusal.status(), 403);
        }
        for sub in [json!(1), json!(null), json!(["a"]), json!({})] {
            let refusal = authenticate(&claims(json!({"iss": "i", "sub": sub})), "").unwrap_err();
            assert_eq!(refusal.code, ErrorCode::InvalidSubject);
        }
        for sub in [
            "google-oauth2|108",
            "0b5c3d2e-11aa",
            "user@example.com",
            &"a".repeat(255),
        ] {
            assert!(
                authenticate(&claims(json!({"iss": "i", "sub": sub})), "").is_ok(),
                "{sub}"
            );
        }
    }

    #[test]
    fn a90_no_issuer_is_nobody() {
        for value in [
            json!({}),
            json!({"sub": "a"}),
            json!({"iss": "", "sub": "a"}),
        ] {
            let refusal = authenticate(&claims(value), "").unwrap_err();
            assert_eq!(refusal.code, ErrorCode::Unauthenticated);
        }
    }

    #[test]
    fn a11_a12_scopes_are_exact() {
        let with = |scopes: Value| {
            let mut all = claims(json!({"iss": "i", "sub": "s"}));
            all.append(&mut claims(scopes));
            authenticate(&all, "uploads").map_err(|refusal| refusal.code)
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
    fn a11_id_tokens_do_not_do_even_without_a_required_scope() {
        let with = |more: Value, required: &str| {
            let mut all = claims(json!({"iss": "i", "sub": "s"}));
            all.append(&mut claims(more));
            authenticate(&all, required).map_err(|refusal| (refusal.code, refusal.status()))
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
