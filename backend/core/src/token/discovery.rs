use serde_json::Value;

use super::json::object;
use super::{IssuerUrl, MAX_DOCUMENT_BYTES};

/// An issuer's description of itself cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DiscoveryError {
    /// It is no JSON object, or longer than [`MAX_DOCUMENT_BYTES`].
    #[error("the issuer's description is no JSON object")]
    Document,
    /// It is another issuer's.
    #[error("the issuer's description names another issuer")]
    Issuer,
    /// It names no place for keys that may be used.
    #[error("the issuer's description names no acceptable jwks_uri")]
    Keys,
}

/// Reads where the issuer keeps its keys from its description of itself (OpenID Connect Discovery 1.0),
/// which must name the very issuer.
///
/// # Errors
/// [`DiscoveryError`].
pub fn keys_address(issuer: &IssuerUrl, document: &[u8]) -> Result<String, DiscoveryError> {
    if document.len() > MAX_DOCUMENT_BYTES {
        return Err(DiscoveryError::Document);
    }
    let document = object(document).ok_or(DiscoveryError::Document)?;
    if document.get("issuer").and_then(Value::as_str) != Some(issuer.as_str()) {
        return Err(DiscoveryError::Issuer);
    }
    document
        .get("jwks_uri")
        .and_then(Value::as_str)
        .filter(|address| issuer.may_keep_keys_at(address))
        .map(str::to_owned)
        .ok_or(DiscoveryError::Keys)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a05_a09_the_description_is_the_issuers_own() {
        let issuer: IssuerUrl = "https://a.example/".parse().unwrap();
        let of = |document: Value| keys_address(&issuer, document.to_string().as_bytes());
        assert_eq!(
            of(json!({"issuer": "https://a.example/", "jwks_uri": "https://a.example/keys"})),
            Ok("https://a.example/keys".to_owned())
        );
        for (document, error) in [
            (json!([]), DiscoveryError::Document),
            (
                json!({"x": "y".repeat(MAX_DOCUMENT_BYTES)}),
                DiscoveryError::Document,
            ),
            (json!({}), DiscoveryError::Issuer),
            (
                json!({"issuer": "https://a.example"}),
                DiscoveryError::Issuer,
            ),
            (
                json!({"issuer": "https://a.example/"}),
                DiscoveryError::Keys,
            ),
            (
                json!({"issuer": "https://a.example/", "jwks_uri": 1}),
                DiscoveryError::Keys,
            ),
            (
                json!({"issuer": "https://a.example/", "jwks_uri": "http://169.254.169.254/"}),
                DiscoveryError::Keys,
            ),
        ] {
            assert_eq!(of(document), Err(error));
        }
    }
}
