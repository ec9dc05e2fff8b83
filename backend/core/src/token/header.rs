use serde_json::{Map, Value};

use super::TokenError;
use super::algorithm::Algorithm;

const MAX_KEY_ID_BYTES: usize = 128;

/// What a token's header may say: the algorithm, and which of the issuer's keys was used.
///
/// `jwk`, `jku`, `x5c` and `x5u` are never looked at: whoever made the token wrote them (RFC 8725, 3.10).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) algorithm: Algorithm,
    pub(super) key_id: String,
}

impl Header {
    pub(super) fn read(header: &Map<String, Value>) -> Result<Self, TokenError> {
        if header.contains_key("crit") || header.contains_key("b64") {
            return Err(TokenError::Extension);
        }
        if !header.get("typ").is_none_or(is_access_token) {
            return Err(TokenError::Type);
        }
        let algorithm = header
            .get("alg")
            .and_then(Value::as_str)
            .and_then(Algorithm::named)
            .ok_or(TokenError::Algorithm)?;
        let key_id = header
            .get("kid")
            .and_then(Value::as_str)
            .filter(|text| is_key_id(text))
            .ok_or(TokenError::KeyId)?;
        Ok(Self {
            algorithm,
            key_id: key_id.to_owned(),
        })
    }
}

/// Whether a key may have this name. It is compared with names that the issuer publishes and goes nowhere
/// else.
pub(super) fn is_key_id(text: &str) -> bool {
    (1..=MAX_KEY_ID_BYTES).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// The type is `at+jwt` (RFC 9068) or, with most issuers, says no more than JWT. Types of other tokens
/// (`logout+jwt`, `secevent+jwt`) keep those from being taken for access tokens (RFC 8725, 3.11).
fn is_access_token(value: &Value) -> bool {
    let text = value.as_str().unwrap_or_default().to_ascii_lowercase();
    let kind = text.strip_prefix("application/").unwrap_or(&text);
    ["jwt", "at+jwt"].contains(&kind)
}
