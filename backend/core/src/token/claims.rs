use serde_json::{Map, Value};

use super::{CLOCK_AHEAD_MS, TokenError};

/// The end of the year 9999: later than any token's end, earlier than milliseconds taken for seconds.
const LAST_SECOND: u64 = 253_402_300_799;

/// Checks for whom and for when the claims hold.
///
/// Times are whole seconds: RFC 7519 would allow fractions, but no issuer known to us writes them, and one
/// form leaves nothing to round. Texts are refused. `aud`, a text or a list of texts, must have ours; only
/// without it `client_id` must be ours, which is how Cognito's access tokens say it, and what API Gateway
/// does.
pub(super) fn check(
    claims: &Map<String, Value>,
    audience: &str,
    now_ms: u64,
) -> Result<(), TokenError> {
    let end = seconds(claims, "exp")?.ok_or(TokenError::Times)?;
    for name in ["nbf", "iat"] {
        let begin = seconds(claims, name)?.unwrap_or_default();
        if begin * 1_000 > now_ms.saturating_add(CLOCK_AHEAD_MS) {
            return Err(TokenError::NotYet);
        }
    }
    if end * 1_000 <= now_ms {
        return Err(TokenError::Expired);
    }
    if is_for(claims, audience) {
        Ok(())
    } else {
        Err(TokenError::Audience)
    }
}

/// A NumericDate; `None` without the claim.
fn seconds(claims: &Map<String, Value>, name: &str) -> Result<Option<u64>, TokenError> {
    let Some(value) = claims.get(name) else {
        return Ok(None);
    };
    match value.as_u64() {
        Some(seconds) if seconds <= LAST_SECOND => Ok(Some(seconds)),
        _ => Err(TokenError::Times),
    }
}

fn is_for(claims: &Map<String, Value>, audience: &str) -> bool {
    match claims.get("aud").or_else(|| claims.get("client_id")) {
        Some(Value::String(one)) => one == audience,
        Some(Value::Array(list)) if claims.contains_key("aud") => {
            list.iter().all(Value::is_string) && list.iter().any(|one| one == audience)
        }
        _ => false,
    }
}
