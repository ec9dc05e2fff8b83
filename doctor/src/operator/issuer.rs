//! The issuer's keys. <https://openid.net/specs/openid-connect-discovery-1_0.html>

use super::curl::Curl;
use super::provider::document;
use crate::Finding;

/// Judges whether the gateway can find the key of this id at this issuer.
pub(super) fn judge(curl: &Curl, issuer: &str, key: &str) -> Finding {
    let document = match document(curl, issuer) {
        Ok(document) => document,
        Err(finding) => return finding,
    };
    let keys = document["jwks_uri"]
        .as_str()
        .and_then(|url| curl.ask("GET", url, &[], None));
    let keys = keys.and_then(|answer| answer.json()).unwrap_or_default();
    let keys = keys["keys"].as_array().cloned().unwrap_or_default();
    if keys
        .iter()
        .any(|one| one["kid"] == key && one["kty"] == "RSA")
    {
        return Finding::good("issuer", format!("{issuer} publishes the token's key"));
    }
    let message = format!("{issuer} does not publish the RSA key that the token names");
    let fix = "publish it before it signs; API Gateway takes RSA alone, and reads keys anew after two hours";
    Finding::bad("issuer_keys", message, fix)
}
