//! A13, A16, A17: tokens that are not quite tokens, whoever signed them.

use aws_lc_rs::signature::RSA_PKCS1_SHA256;
use crowfly_core::token::{MAX_TOKEN_BYTES, TokenError};
use serde_json::{Value, json};

use crate::forged::refused;
use crate::mint::{good_claims, good_header, key, text, verify};

#[test]
fn a13_members_that_stand_twice() {
    let header = Value::Object(good_header(&key().id)).to_string();
    let claims = Value::Object(good_claims()).to_string();
    assert!(verify(&key().token_of(&header, &claims)).is_ok());
    for twice in [
        claims.replace(r#""sub":"alice""#, r#""sub":"alice","sub":"bob""#),
        claims.replace(r#""sub":"alice""#, r#""sub":"alice","sub":"alice""#),
        claims.replace(r#""sub":"alice""#, r#""sub":"alice","\u0073ub":"bob""#),
        claims.replace(r#""sub":"alice""#, r#""sub":"alice","x":{"y":1,"y":2}"#),
    ] {
        assert_ne!(twice, claims);
        assert_eq!(
            refused(&key().token_of(&header, &twice)),
            TokenError::Json,
            "{twice}"
        );
    }
    let twice = header.replace(r#""alg":"RS256""#, r#""alg":"none","alg":"RS256""#);
    assert_ne!(twice, header);
    assert_eq!(refused(&key().token_of(&twice, &claims)), TokenError::Json);
}

#[test]
fn a16_a_long_token_is_refused_unread() {
    let with = |length: usize| key().token(&json!({}), &json!({"x": "x".repeat(length)}));
    let room = (MAX_TOKEN_BYTES - with(0).len()) / 4 * 3;
    assert!(verify(&with(room - 3)).is_ok());
    assert_eq!(refused(&with(room + 3)), TokenError::TooLong);
    assert_eq!(refused(&"x".repeat(1 << 20)), TokenError::TooLong);
}

#[test]
fn a17_extensions_and_other_types() {
    for members in [
        json!({"crit": ["exp"]}),
        json!({"crit": []}),
        json!({"crit": ["b64"], "b64": true}),
        json!({"b64": false}),
        json!({"crit": ["b64"], "b64": false}),
        json!({"crit": "x"}),
    ] {
        assert_eq!(
            refused(&key().token(&members, &json!({}))),
            TokenError::Extension,
            "{members}"
        );
    }
    for kind in [
        json!("logout+jwt"),
        json!("secevent+jwt"),
        json!("JWE"),
        json!(1),
    ] {
        assert_eq!(
            refused(&key().token(&json!({"typ": kind}), &json!({}))),
            TokenError::Type,
            "{kind}"
        );
    }
}

#[test]
fn a17_what_is_not_quite_a_token() {
    let good = key().good();
    let (signed, signature) = good.rsplit_once('.').unwrap();
    let (header, claims) = signed.split_once('.').unwrap();
    for bad in [
        String::new(),
        ".".into(),
        "..".into(),
        "a.b.c".into(),
        signed.into(),
        format!("{signed}."),
        format!("{good}."),
        format!("{good}.x"),
        format!("{good}.."),
        format!(".{good}"),
        format!("{header}.{claims}.{claims}.{claims}.{signature}"),
        format!("{good}="),
        format!("{good} "),
        format!(" {good}"),
        format!("{good}\n"),
        format!("{header}=.{claims}.{signature}"),
        format!("{header}..{signature}"),
        format!("{header}.\n{claims}.{signature}"),
        good.replace('.', "%2e"),
        good.replace('-', "+").replace('_', "/") + "/",
    ] {
        assert_eq!(refused(&bad), TokenError::Form, "{bad:.30}");
    }
    assert_eq!(refused(&format!("{good}A")), TokenError::Signature);
    // The payload may not be a token itself.
    let nested = key().token_of(&Value::Object(good_header(&key().id)).to_string(), &good);
    assert_eq!(refused(&nested), TokenError::Json);
    for payload in ["", "null", "[]", "\"x\"", "{}{}", "{\"exp\":1e400}"] {
        let signed = format!("{header}.{}", text(payload.as_bytes()));
        let token = format!(
            "{signed}.{}",
            text(&key().sign_as(&RSA_PKCS1_SHA256, &signed))
        );
        let expected = if payload.is_empty() {
            TokenError::Form
        } else {
            TokenError::Json
        };
        assert_eq!(refused(&token), expected, "{payload}");
    }
}
