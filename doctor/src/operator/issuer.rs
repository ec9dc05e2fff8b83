//! The issuer's discovery document and keys. <https://openid.net/specs/openid-connect-discovery-1_0.html>

use super::curl::Curl;
use crate::Finding;

/// Judges whether the gateway can find the key of this id at this issuer.
pub(super) fn judge(curl: &Curl, issuer: &str, key: &str) -> Finding {
    let address = format!(
        "{}/.well-known/openid-configuration",
        issuer.trim_end_matches('/')
    );
    let document = curl.ask("GET", &address, &[], None);
    let Some(document) = document
        .filter(|answer| answer.status == 200)
        .and_then(|answer| answer.json())
    else {
        let fix =
            "correct JwtIssuer, or serve its discovery document; the API's authorizer reads it";
        return Finding::bad(
            "issuer_unreachable",
            format!("there is no discovery document at {address}"),
            fix,
        );
    };
    if document["issuer"] != issuer {
        let message = format!("the document at {address} names another issuer than the token");
        return Finding::bad(
            "issuer_mismatch",
            message,
            "use the issuer exactly as its document names it",
        );
    }
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
