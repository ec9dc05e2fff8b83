//! A02 to A06: tokens that nobody of ours signed.

use aws_lc_rs::hmac;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{RSA_PKCS1_SHA384, RSA_PSS_SHA256};
use crowfly_core::token::{TokenError, VerifyError};
use serde_json::{Value, json};

use crate::mint::{Key, good_claims, good_header, key, other, set, text, verify, verify_with};

/// Why the verifier refuses this token.
pub(crate) fn refused(token: &str) -> TokenError {
    refused_by(&set(&[key().public()]), token)
}

fn refused_by(document: &[u8], token: &str) -> TokenError {
    match verify_with(document, token) {
        Err(VerifyError::Refused(error)) => error,
        answer => panic!("{answer:?}"),
    }
}

/// Header and claims of a good token under another header, without a signature.
fn unsigned(header: &Value) -> String {
    let claims = Value::Object(good_claims()).to_string();
    format!(
        "{}.{}",
        text(header.to_string().as_bytes()),
        text(claims.as_bytes())
    )
}

#[test]
fn a_good_token_gives_its_claims() {
    let verified = verify(&key().good()).unwrap();
    assert_eq!(verified.claims, good_claims());
    assert_eq!(verified.stale, None);
    for name in ["RS256", "RS384", "RS512"] {
        let document = set(&[key().changed(&json!({"alg": null, "use": null}))]);
        let token = key().token(&json!({"alg": name}), &json!({}));
        assert!(verify_with(&document, &token).is_ok(), "{name}");
    }
    for kind in [
        json!("at+jwt"),
        json!("application/at+jwt"),
        json!("jwt"),
        Value::Null,
    ] {
        let token = key().token(&json!({"typ": kind}), &json!({}));
        assert!(verify(&token).is_ok(), "{kind}");
    }
}

#[test]
fn a02_tokens_without_a_signature() {
    for name in ["none", "None", "nOnE", "NONE", ""] {
        let header = json!({"alg": name, "kid": key().id});
        assert_eq!(
            refused(&format!("{}.", unsigned(&header))),
            TokenError::Algorithm,
            "{name}"
        );
        let signature = text(&[0; 256]);
        assert_eq!(
            refused(&format!("{}.{signature}", unsigned(&header))),
            TokenError::Algorithm,
            "{name}"
        );
        assert_eq!(
            refused(&key().token(&json!({"alg": name}), &json!({}))),
            TokenError::Algorithm
        );
    }
    let header = Value::Object(good_header(&key().id));
    assert_eq!(
        refused(&format!("{}.", unsigned(&header))),
        TokenError::Form
    );
    assert_eq!(refused(&unsigned(&header)), TokenError::Form);
    assert_eq!(
        refused(&format!("{}.{}", unsigned(&header), text(&[0]))),
        TokenError::Signature
    );
    for alg in [
        json!(null),
        json!(256),
        json!(["RS256"]),
        json!("rs256"),
        json!("RS256 "),
    ] {
        assert_eq!(
            refused(&key().token(&json!({"alg": alg}), &json!({}))),
            TokenError::Algorithm
        );
    }
}

#[test]
fn a03_the_public_key_is_no_hmac_secret() {
    let modulus = key().modulus();
    let public = key().public().to_string();
    for name in ["HS256", "HS384", "HS512"] {
        let signed = unsigned(&json!({"alg": name, "kid": key().id}));
        for secret in [&modulus[..], text(&modulus).as_bytes(), public.as_bytes()] {
            let tag = hmac::sign(
                &hmac::Key::new(hmac::HMAC_SHA256, secret),
                signed.as_bytes(),
            );
            assert_eq!(
                refused(&format!("{signed}.{}", text(tag.as_ref()))),
                TokenError::Algorithm
            );
        }
    }
    // Under the header of a true token the tag is but a signature that does not fit.
    let signed = unsigned(&Value::Object(good_header(&key().id)));
    let tag = hmac::sign(
        &hmac::Key::new(hmac::HMAC_SHA256, &modulus),
        signed.as_bytes(),
    );
    assert_eq!(
        refused(&format!("{signed}.{}", text(tag.as_ref()))),
        TokenError::Signature
    );
}

#[test]
fn a04_other_algorithms_and_keys_of_other_kinds() {
    for name in [
        "ES256", "ES384", "PS256", "PS512", "EdDSA", "RS1", "RSA1_5", "HS256",
    ] {
        assert_eq!(
            refused(&key().token(&json!({"alg": name}), &json!({}))),
            TokenError::Algorithm,
            "{name}"
        );
    }
    let header = Value::Object(good_header(&key().id));
    let signed = unsigned(&header);
    let pss = key().sign_as(&RSA_PSS_SHA256, &signed);
    assert_eq!(
        refused(&format!("{signed}.{}", text(&pss))),
        TokenError::Signature
    );
    // A digest other than the header's, and an algorithm other than the key's.
    let digest = key().sign_as(&RSA_PKCS1_SHA384, &signed);
    assert_eq!(
        refused(&format!("{signed}.{}", text(&digest))),
        TokenError::Signature
    );
    assert_eq!(
        refused(&key().token(&json!({"alg": "RS384"}), &json!({}))),
        TokenError::Algorithm
    );

    let curve = json!({"kty": "EC", "crv": "P-256", "kid": "curve", "x": text(&[1; 32]), "y": text(&[2; 32])});
    let secret = json!({"kty": "oct", "kid": "secret", "k": text(&[1; 32])});
    let document = set(&[key().public(), curve, secret]);
    for id in ["curve", "secret"] {
        let token = key().token(&json!({"kid": id}), &json!({}));
        assert_eq!(refused_by(&document, &token), TokenError::UnknownKey);
    }
    assert!(verify_with(&document, &key().good()).is_ok());
}

#[test]
fn a04_keys_that_are_not_for_signatures() {
    for change in [
        json!({"use": "enc"}),
        json!({"use": 1}),
        json!({"key_ops": ["encrypt"]}),
        json!({"key_ops": "verify"}),
        json!({"alg": "RSA-OAEP"}),
        json!({"alg": "PS256"}),
        json!({"alg": 1}),
        json!({"kty": "EC"}),
        json!({"kty": null}),
        json!({"n": null}),
        json!({"n": "="}),
        json!({"e": ""}),
        json!({"n": text(&[&[0][..], &key().modulus()].concat())}),
        json!({"n": text(&key().modulus()[..255])}),
        json!({"d": "AQ"}),
        json!({"kid": null}),
        json!({"kid": 1}),
    ] {
        let document = set(&[key().changed(&change), other().public()]);
        assert_eq!(
            refused_by(&document, &key().good()),
            TokenError::UnknownKey,
            "{change}"
        );
    }
    let document = set(&[key().changed(&json!({"key_ops": ["verify"], "use": null}))]);
    assert!(verify_with(&document, &key().good()).is_ok());
}

#[test]
fn a05_keys_that_a_token_brings_along_count_for_nothing() {
    for members in [
        json!({"jwk": other().public()}),
        json!({"jku": "https://evil.example/keys"}),
        json!({"x5u": "https://evil.example/chain"}),
        json!({"x5c": ["MIIB"]}),
    ] {
        let mut header = members.clone();
        header["kid"] = json!(key().id);
        assert_eq!(
            refused(&other().token(&header, &json!({}))),
            TokenError::Signature,
            "{members}"
        );
        header["kid"] = json!(other().id);
        assert_eq!(
            refused(&other().token(&header, &json!({}))),
            TokenError::UnknownKey,
            "{members}"
        );
        // Beside a true signature they are ignored.
        assert!(
            verify(&key().token(&members, &json!({}))).is_ok(),
            "{members}"
        );
    }
}

#[test]
fn a06_key_ids() {
    let long = "k".repeat(129);
    for id in [
        json!(null),
        json!(""),
        json!(1),
        json!(["key-1"]),
        json!("key\u{0}1"),
        json!("' OR 1=1"),
        json!("schlüssel"),
        json!(long),
        json!("k".repeat(6_000)),
    ] {
        assert_eq!(
            refused(&key().token(&json!({"kid": id}), &json!({}))),
            TokenError::KeyId,
            "{id}"
        );
    }
    for id in [
        "../../x",
        "/dev/null",
        "KEY-1",
        "key-1;",
        "key-",
        "constructor",
        "__proto__",
    ] {
        assert_eq!(
            refused(&key().token(&json!({"kid": id}), &json!({}))),
            TokenError::UnknownKey,
            "{id}"
        );
    }
}

#[test]
fn a06_a_key_id_that_stands_twice_is_nobodys() {
    let twin = other().changed(&json!({"kid": key().id}));
    let curve = json!({"kty": "EC", "kid": key().id});
    for second in [twin, key().public(), curve] {
        let third = Key::new("key-3");
        let document = set(&[key().public(), second, third.public()]);
        assert_eq!(refused_by(&document, &key().good()), TokenError::UnknownKey);
        assert!(verify_with(&document, &third.good()).is_ok());
    }
}

#[test]
fn a04_keys_of_other_sizes() {
    for size in [KeySize::Rsa3072, KeySize::Rsa4096] {
        let large = Key::of_size("large", size);
        assert!(verify_with(&set(&[large.public()]), &large.good()).is_ok());
    }
}
