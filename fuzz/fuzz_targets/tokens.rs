//! Tokens: of all texts only the one that the issuer signed is good.
//!
//! The input is a token as it stands, or header and claims as JSON on two lines: these are given the good
//! token's signature.
#![no_main]

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use crowfly_core::Fault;
use crowfly_core::ports::FetchKeys;
use crowfly_core::token::{IssuerUrl, Trust, Verifier, bearer, keys_address};
use data_encoding::BASE64URL_NOPAD;
use libfuzzer_sys::fuzz_target;

const ISSUER: &str = "https://issuer.example/";
const HEADER: &str = r#"{"alg":"RS256","kid":"one","typ":"at+jwt"}"#;
const CLAIMS: &str = r#"{"iss":"https://issuer.example/","aud":"films","sub":"someone","iat":1700000000,"exp":4102444800}"#;
/// By a key that was thrown away.
const SIGNATURE: &str = include_str!("../signature.txt");
const NOW: u64 = 1_800_000_000_000;

/// An issuer that publishes the one key.
struct Issuer;

impl FetchKeys for Issuer {
    async fn fetch_keys(&self, _: &IssuerUrl) -> Result<Vec<u8>, Fault> {
        Ok(include_bytes!("../issuer.json").to_vec())
    }
}

fuzz_target!(|text: &str| {
    let token = match text.split_once('\n') {
        Some((header, claims)) => signed(header, claims),
        None => text.to_owned(),
    };
    let good = token == signed(HEADER, CLAIMS);
    assert_eq!(verified(&token), good, "{token}");
    assert!(verified(&signed(HEADER, CLAIMS)));

    if let Some(token) = bearer(text) {
        let alone = token
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b',');
        assert!(alone && text.ends_with(token.trim_end()) | text.ends_with(' '));
    }
    if let Ok(issuer) = text.parse::<IssuerUrl>() {
        assert_eq!(issuer.as_str(), text);
        assert!(text.starts_with("https://") || text.starts_with("http://"));
        assert!(issuer.discovery().starts_with(text.trim_end_matches('/')));
    }
    let issuer: IssuerUrl = ISSUER.parse().expect("an issuer");
    if let Ok(address) = keys_address(&issuer, text.as_bytes()) {
        assert!(address.starts_with("https://"), "{address}");
    }
});

fn signed(header: &str, claims: &str) -> String {
    let encoded = |text: &str| BASE64URL_NOPAD.encode(text.as_bytes());
    format!(
        "{}.{}.{}",
        encoded(header),
        encoded(claims),
        SIGNATURE.trim()
    )
}

/// A verifier of its own for each token: no key is left over from the one before.
fn verified(token: &str) -> bool {
    let trust = Trust {
        issuer: ISSUER.parse().expect("an issuer"),
        audience: "films".to_owned(),
    };
    let verifier = Verifier::new(Issuer, [trust]);
    let mut checking = pin!(verifier.verify(token, NOW));
    match checking
        .as_mut()
        .poll(&mut Context::from_waker(Waker::noop()))
    {
        Poll::Ready(result) => result.is_ok(),
        Poll::Pending => panic!("the issuer answers at once"),
    }
}
