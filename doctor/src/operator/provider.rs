//! Whether a stack and its page can trust an OpenID provider, judged by what it says of itself.
//! <https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderMetadata>

use serde_json::Value;

use super::curl::Curl;
use crate::Finding;
use crate::probe::origin_of;

/// An OpenID provider for which nothing speaks against trusting it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provider {
    /// The origins that a page calls to sign in there and to stay signed in.
    pub origins: Vec<String>,
}

/// Addresses of which the first two are for the browser's window and for the gateway, and the others are called by the
/// page.
const ADDRESSES: [&str; 4] = [
    "authorization_endpoint",
    "jwks_uri",
    "token_endpoint",
    OPTIONAL,
];
const OPTIONAL: &str = "revocation_endpoint";

/// Looks at the provider of this issuer, for a page of this origin.
///
/// # Errors
/// What speaks against it.
pub fn examine_provider(issuer: &str, origin: &str) -> Result<Provider, Finding> {
    if !is_safe(issuer) || issuer.contains(['?', '#']) {
        let message = format!(
            "the issuer `{issuer}` is no https address, nor one of this computer by http (127.0.0.1 or localhost)"
        );
        let fix = "give it exactly as the tokens' `iss` names it, without query and fragment";
        return Err(Finding::bad("issuer_invalid", message, fix));
    }
    let curl = Curl::new(origin);
    let document = document(&curl, issuer)?;
    let provider = judge(issuer, &document)?;
    let keys = document["jwks_uri"]
        .as_str()
        .and_then(|url| curl.ask("GET", url, &[], None));
    let keys = keys.and_then(|answer| answer.json()).unwrap_or_default();
    let mut keys = keys["keys"].as_array().into_iter().flatten();
    if keys.any(|key| key["kty"] == "RSA") {
        return Ok(provider);
    }
    Err(Finding::bad(
        "issuer_keys",
        format!("{issuer} publishes no RSA key"),
        "let it sign access tokens by RS256; API Gateway takes RSA alone",
    ))
}

/// The discovery document of an issuer, if it is the issuer's own.
pub(super) fn document(curl: &Curl, issuer: &str) -> Result<Value, Finding> {
    let address = format!(
        "{}/.well-known/openid-configuration",
        issuer.trim_end_matches('/')
    );
    let answer = curl.ask("GET", &address, &[], None);
    let Some(document) = answer
        .filter(|answer| answer.status == 200)
        .and_then(|answer| answer.json())
    else {
        return Err(Finding::bad(
            "issuer_unreachable",
            format!("there is no discovery document at {address}"),
            "correct the issuer, or serve its discovery document; the API's authorizer reads it",
        ));
    };
    if document["issuer"] == issuer {
        return Ok(document);
    }
    let named = document["issuer"].as_str().unwrap_or("none");
    Err(Finding::bad(
        "issuer_mismatch",
        format!("the document at {address} names another issuer, {named}, than {issuer}"),
        "use the issuer exactly as its document names it, with or without a slash at the end",
    ))
}

/// Judges what a page needs besides.
fn judge(issuer: &str, document: &Value) -> Result<Provider, Finding> {
    let mut origins = vec![origin_of(issuer).to_owned()];
    for (place, name) in ADDRESSES.into_iter().enumerate() {
        let address = match &document[name] {
            Value::Null if name == OPTIONAL => continue,
            address => address.as_str().unwrap_or_default(),
        };
        if !is_safe(address) {
            return Err(Finding::bad(
                "issuer_endpoints",
                format!("{name} of {issuer} is `{address}`, and it must be an https address"),
                "use a provider with a sign-in page and the authorization code flow",
            ));
        }
        let origin = origin_of(address).to_owned();
        if place > 1 && !origins.contains(&origin) {
            origins.push(origin);
        }
    }
    Ok(Provider { origins })
}

/// Whether what is sent to this address can be read on no network.
fn is_safe(address: &str) -> bool {
    let plain = !address.contains(|letter: char| letter.is_whitespace() || letter.is_control());
    let is_here = |rest: &str| {
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let (name, port) = host.split_once(':').unwrap_or((host, "0"));
        matches!(name, "127.0.0.1" | "localhost") && port.parse::<u16>().is_ok()
    };
    match address.split_once("://") {
        Some(("https", rest)) => plain && !rest.is_empty() && !rest.starts_with('/'),
        Some(("http", rest)) => plain && is_here(rest),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn s11_an_issuer_is_https_or_on_this_computer() {
        for good in [
            "https://a.example",
            "https://a.example/realms/x/",
            "http://127.0.0.1:1/",
            "http://localhost",
        ] {
            assert!(is_safe(good), "{good}");
        }
        for bad in [
            "",
            "a.example",
            "https://",
            "https:///x",
            "http://a.example",
            "http://127.0.0.1.evil.example",
            "http://localhost:1@evil.example",
            "http://127.0.0.1:99999",
            "ftp://127.0.0.1",
            "https://a.example/ x",
            "https://a.example/\n",
        ] {
            assert!(!is_safe(bad), "{bad}");
            let found = examine_provider(bad, "http://127.0.0.1:1");
            let found = found.map_err(|finding| finding.code);
            assert_eq!(found, Err("issuer_invalid"), "{bad}");
        }
    }

    #[test]
    fn s11_every_address_that_a_page_calls_is_named_and_safe() {
        let issuer = "https://a.example/";
        let mut document = json!({
            "authorization_endpoint": "https://sign-in.example/authorize",
            "jwks_uri": "https://keys.example/",
            "token_endpoint": "https://tokens.example/token",
        });
        let found = judge(issuer, &document).map(|provider| provider.origins);
        let expected = ["https://a.example", "https://tokens.example"].map(str::to_owned);
        assert_eq!(found, Ok(expected.to_vec()));
        document["revocation_endpoint"] = json!("https://a.example/revoke");
        let found = judge(issuer, &document).map(|provider| provider.origins);
        assert_eq!(found, Ok(expected.to_vec()));
        for name in ADDRESSES {
            for bad in [json!("http://a.example/x"), json!(7)] {
                let mut document = document.clone();
                document[name] = bad;
                let found = judge(issuer, &document).map_err(|finding| finding.message);
                assert!(found.is_err_and(|message| message.contains(name)), "{name}");
            }
        }
    }

    #[test]
    fn s11_an_issuer_that_nothing_serves_is_named() {
        let found = examine_provider("http://127.0.0.1:9/", "http://127.0.0.1:1");
        let found = found
            .map_err(|finding| finding.message)
            .expect_err("nothing is there");
        assert!(
            found.contains("http://127.0.0.1:9/.well-known/openid-configuration"),
            "{found}"
        );
    }
}
