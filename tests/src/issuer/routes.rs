use serde_json::json;

use super::{SigningKey, TokenRequest, mint};
use crate::http::{Answer, Incoming};

/// The issuer's routes: `/.well-known/openid-configuration`, `/.well-known/jwks.json`, `/token`, `/health`.
///
/// `issuer` is its name with the closing slash; `stranger` is a key that it never publishes.
pub fn answer(request: &Incoming, issuer: &str, key: &SigningKey, stranger: &SigningKey) -> Answer {
    let answer = match (request.method.as_str(), request.path.as_str()) {
        ("GET" | "HEAD", "/.well-known/openid-configuration") => Answer::json(
            200,
            &json!({
                "issuer": issuer,
                "jwks_uri": format!("{issuer}.well-known/jwks.json"),
                "token_endpoint": format!("{issuer}token"),
                "id_token_signing_alg_values_supported": ["RS256"],
                "response_types_supported": ["token"],
                "subject_types_supported": ["public"],
            }),
        ),
        ("GET" | "HEAD", "/.well-known/jwks.json") => {
            Answer::json(200, &json!({"keys": [key.public()]}))
        }
        ("GET" | "HEAD", "/health") => Answer::new(200, "text/plain", "ok\n"),
        ("OPTIONS", _) => Answer::new(204, "text/plain", ""),
        ("POST", "/token") => token(request, issuer, key, stranger),
        _ => Answer::json(404, &json!({"error": "not_found"})),
    };
    answer
        .header("access-control-allow-origin", "*")
        .header("access-control-allow-headers", "content-type")
        .header("cache-control", "no-store")
}

fn token(request: &Incoming, issuer: &str, key: &SigningKey, stranger: &SigningKey) -> Answer {
    let wanted = if request.body.is_empty() {
        Ok(TokenRequest::default())
    } else {
        serde_json::from_slice::<TokenRequest>(&request.body)
    };
    match wanted {
        Ok(wanted) => {
            let token = mint(&wanted, issuer, key, stranger, crate::time::unix());
            Answer::json(
                200,
                &json!({"access_token": token, "token_type": "Bearer", "expires_in": 3600}),
            )
        }
        Err(error) => Answer::json(
            400,
            &json!({"error": "invalid_request", "error_description": error.to_string()}),
        ),
    }
}
