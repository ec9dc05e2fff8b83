//! A07 to A10: for when and for whom a token holds.

use crowfly_core::token::{CLOCK_AHEAD_MS, TokenError, VerifyError};
use serde_json::{Value, json};

use crate::mint::{AUDIENCE, ISSUER, NOW, SECOND, good_claims, good_header, key, verify};

/// What becomes of a good token with these claims changed.
fn with(change: &Value) -> Result<(), TokenError> {
    match verify(&key().token(&json!({}), change)) {
        Ok(_) => Ok(()),
        Err(VerifyError::Refused(error)) => Err(error),
        Err(other) => panic!("{other}"),
    }
}

/// As [`with`], with the text of one time claim as it stands.
fn with_text(name: &str, text: &str) -> Result<(), TokenError> {
    let mut claims = good_claims();
    claims.insert(name.into(), "HERE".into());
    let claims = Value::Object(claims).to_string().replace("\"HERE\"", text);
    let header = Value::Object(good_header(&key().id)).to_string();
    match verify(&key().token_of(&header, &claims)) {
        Ok(_) => Ok(()),
        Err(VerifyError::Refused(error)) => Err(error),
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn a07_the_end_is_kept_to_the_second() {
    assert_eq!(with(&json!({"exp": SECOND + 1})), Ok(()));
    assert_eq!(with(&json!({"exp": SECOND})), Err(TokenError::Expired));
    assert_eq!(
        with(&json!({"exp": SECOND - 3_600})),
        Err(TokenError::Expired)
    );
    assert_eq!(with(&json!({"exp": 0})), Err(TokenError::Expired));
    assert_eq!(with(&json!({"exp": null})), Err(TokenError::Times));
}

#[test]
fn a07_an_end_is_a_whole_number_of_seconds() {
    let later = SECOND + 60;
    assert_eq!(with_text("exp", &later.to_string()), Ok(()));
    for text in [
        format!("\"{later}\""),
        format!("{later}.0"),
        format!("{later}.5"),
        "1e10".into(),
        "-1".into(),
        format!("-{later}"),
        "true".into(),
        "null".into(),
        format!("[{later}]"),
        "{}".into(),
        // Milliseconds taken for seconds would hold for fifty thousand years.
        (later * 1_000).to_string(),
        u64::MAX.to_string(),
        "99999999999999999999999".into(),
    ] {
        assert_eq!(with_text("exp", &text), Err(TokenError::Times), "{text}");
    }
    assert_eq!(with_text("exp", "1e400"), Err(TokenError::Json));
}

#[test]
fn a08_a_token_from_the_future() {
    let ahead = SECOND + CLOCK_AHEAD_MS / 1_000;
    for name in ["nbf", "iat"] {
        assert_eq!(with(&json!({name: ahead})), Ok(()), "{name}");
        assert_eq!(
            with(&json!({name: ahead + 1})),
            Err(TokenError::NotYet),
            "{name}"
        );
        assert_eq!(
            with(&json!({name: SECOND + 3_600})),
            Err(TokenError::NotYet),
            "{name}"
        );
        assert_eq!(with(&json!({name: null})), Ok(()), "{name}");
        for text in [&format!("\"{SECOND}\""), "1.5", "-1", "true", "null"] {
            assert_eq!(
                with_text(name, text),
                Err(TokenError::Times),
                "{name} {text}"
            );
        }
    }
    assert!(NOW < (ahead + 1) * 1_000);
}

#[test]
fn a09_issuers_are_compared_exactly() {
    for issuer in [
        json!(null),
        json!(""),
        json!(1),
        json!([ISSUER]),
        json!(ISSUER.trim_end_matches('/')),
        json!(format!("{ISSUER}/")),
        json!("https://issuer.example.evil.example/"),
        json!("https://evil-issuer.example/"),
        json!("http://issuer.example/"),
        json!("HTTPS://ISSUER.EXAMPLE/"),
        json!(format!("{ISSUER} ")),
    ] {
        assert_eq!(
            with(&json!({"iss": issuer})),
            Err(TokenError::Issuer),
            "{issuer}"
        );
    }
}

#[test]
fn a10_audiences_are_compared_exactly() {
    for aud in [
        json!(AUDIENCE),
        json!([AUDIENCE]),
        json!(["other", AUDIENCE]),
    ] {
        assert_eq!(with(&json!({"aud": aud})), Ok(()), "{aud}");
    }
    for aud in [
        json!(""),
        json!("other"),
        json!("uploads-apix"),
        json!("UPLOADS-API"),
        json!([]),
        json!(["other"]),
        json!([AUDIENCE, 1]),
        json!({AUDIENCE: 1}),
        json!(1),
        json!(format!("other {AUDIENCE}")),
    ] {
        // A client id helps only a token that names no audience.
        let change = json!({"aud": aud, "client_id": AUDIENCE});
        assert_eq!(with(&change), Err(TokenError::Audience), "{aud}");
    }
    assert_eq!(with(&json!({"aud": null, "client_id": AUDIENCE})), Ok(()));
    for client in [json!(null), json!("other"), json!([AUDIENCE])] {
        let change = json!({"aud": null, "client_id": client});
        assert_eq!(with(&change), Err(TokenError::Audience), "{client}");
    }
}
