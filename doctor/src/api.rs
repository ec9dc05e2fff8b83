//! The API: its address, its CORS rules, and whether it takes the token.

use crate::{Finding, Reach};

/// Judges a read of one record, at this address, from a page of this origin.
#[must_use]
pub fn judge_api(address: &str, origin: &str, reach: &Reach) -> Finding {
    match reach {
        Reach::Nothing => Finding::bad(
            "api_unreachable",
            format!("nothing answers at {address}"),
            "correct the address in `api` (output Api of the stack), or start the server; a content security policy may forbid it too (connect-src)",
        ),
        Reach::Hidden => Finding::bad(
            "api_cors",
            format!("{address} answers, but does not allow pages of {origin} (CORS)"),
            format!(
                "add {origin} to AllowedOrigins of the stack; of another server, to Access-Control-Allow-Origin, with the request headers authorization and content-type"
            ),
        ),
        Reach::Answered {
            status,
            code,
            message,
            expected,
        } => answered(address, *status, code, message, *expected),
    }
}

fn answered(address: &str, status: u16, code: &str, message: &str, json: bool) -> Finding {
    match (status, code) {
        (200, _) if json => Finding::good("api", format!("{address} answers, and takes the token")),
        (401, _) => Finding::bad(
            "token_refused",
            format!("{address} refuses the token"),
            "give the access token of the issuer and for the audience that the API's authorizer expects (JwtIssuer and JwtAudience of the stack)",
        ),
        (403, "insufficient_scope") => Finding::bad(
            "scope_missing",
            "the token lacks the scope that the API requires",
            "ask for that scope at login (RequiredScope of the stack)",
        ),
        (403, _) => Finding::bad(
            "forbidden",
            format!("{address} refuses this user: {message}"),
            "look for the owner in DeniedOwners of the stack",
        ),
        (429, _) => Finding::bad(
            "throttled",
            format!("{address} answers, but throttles this user"),
            "wait; or raise MaxRequestsPerSecond of the stack",
        ),
        (404 | 405, _) | (200..=399, _) => Finding::bad(
            "api_address",
            format!("a server answers at {address}, but not this API (status {status})"),
            "correct the path in `api`: it ends before /uploads",
        ),
        (500.., _) => Finding::bad(
            "api_failing",
            format!("{address} fails with status {status}"),
            "look into the logs of the API's functions",
        ),
        _ => Finding::bad(
            "api_refused",
            format!("{address} refuses a read of records with status {status}: {message}"),
            "compare the server with the contract in docs/SDK.md",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(status: u16, code: &str, expected: bool) -> &'static str {
        let (code, message) = (code.to_owned(), String::new());
        let reach = Reach::Answered {
            status,
            code,
            message,
            expected,
        };
        judge_api("https://api.test", "https://app.test", &reach).code
    }

    #[test]
    fn each_answer_of_the_api_has_its_cause() {
        assert_eq!(code(200, "", true), "api");
        assert_eq!(code(200, "", false), "api_address");
        assert_eq!(code(404, "", false), "api_address");
        assert_eq!(code(302, "", false), "api_address");
        assert_eq!(code(401, "unauthenticated", true), "token_refused");
        assert_eq!(code(403, "insufficient_scope", true), "scope_missing");
        assert_eq!(code(403, "forbidden", true), "forbidden");
        assert_eq!(code(429, "", true), "throttled");
        assert_eq!(code(503, "", true), "api_failing");
        assert_eq!(code(418, "", true), "api_refused");
    }

    #[test]
    fn a_silent_api_is_told_from_one_that_this_page_may_not_read() {
        let hidden = judge_api("https://api.test", "https://app.test", &Reach::Hidden);
        assert!(hidden.fix.contains("https://app.test"), "{hidden:?}");
        assert_eq!(hidden.code, "api_cors");
        let nothing = judge_api("https://api.test", "https://app.test", &Reach::Nothing);
        assert!(nothing.message.contains("https://api.test"), "{nothing:?}");
        assert_eq!(nothing.code, "api_unreachable");
    }
}
