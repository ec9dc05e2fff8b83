//! The token, as far as it can be judged without its issuer.

use crate::Finding;

/// What a JWT says of itself. Times are seconds since 1970.
/// <https://www.rfc-editor.org/rfc/rfc7519#section-4.1>
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claims {
    /// `exp`.
    pub expires: Option<i64>,
    /// `iat`.
    pub issued: Option<i64>,
    /// `iss`; empty if missing.
    pub issuer: String,
    /// `token_use` of Amazon Cognito, `access` or `id`; empty elsewhere.
    pub kind: String,
}

/// Seconds by which clocks may differ.
const LEEWAY: i64 = 120;

/// Judges the claims, `None` if what the application gave is no JWT, at this time in seconds since 1970.
#[must_use]
pub fn judge_token(claims: Option<&Claims>, now: i64) -> Vec<Finding> {
    let Some(claims) = claims else {
        let fix = "return the access token itself: three parts with dots between, as text";
        return vec![Finding::bad(
            "token_invalid",
            "`token` gives something that is no JWT",
            fix,
        )];
    };
    let mut findings = Vec::new();
    if claims.kind == "id" {
        findings.push(Finding::bad(
            "token_kind",
            "`token` gives an ID token, which tells the page who its user is",
            "give the access token of the same login",
        ));
    }
    if claims.issued.is_some_and(|issued| issued > now + LEEWAY) {
        findings.push(Finding::bad(
            "clock",
            "the token was issued in the future: the clock of this computer is slow, or that of the issuer fast",
            "set both by NTP; Crowfly itself does not need this computer's clock",
        ));
    }
    if claims.expires.is_some_and(|expires| expires < now - LEEWAY) {
        findings.push(Finding::bad(
            "token_expired",
            "`token` gives a token that has expired",
            "renew it in `token` when the reason is `expiring` or `unauthorized`",
        ));
    }
    if findings.is_empty() {
        findings.push(Finding::good(
            "token",
            format!("a token of {}", claims.issuer),
        ));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(claims: &Claims) -> Vec<&'static str> {
        let findings = judge_token(Some(claims), 1_000_000);
        findings.iter().map(|finding| finding.code).collect()
    }

    #[test]
    fn a_token_is_judged_by_its_own_words() {
        let good = Claims {
            expires: Some(1_000_300),
            issued: Some(999_990),
            issuer: "https://issuer.test".into(),
            kind: "access".into(),
        };
        assert_eq!(codes(&good), ["token"]);
        assert_eq!(codes(&Claims::default()), ["token"]);
        let kind = "id".to_owned();
        assert_eq!(
            codes(&Claims {
                kind,
                ..good.clone()
            }),
            ["token_kind"]
        );
        let expires = Some(999_000);
        assert_eq!(
            codes(&Claims {
                expires,
                ..good.clone()
            }),
            ["token_expired"]
        );
        let issued = Some(1_000_200);
        assert_eq!(codes(&Claims { issued, ..good }), ["clock"]);
        assert_eq!(judge_token(None, 1)[0].code, "token_invalid");
    }
}
