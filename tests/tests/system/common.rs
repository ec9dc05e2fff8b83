use std::time::Duration;

use crowfly_contract::{ErrorCode, Problem};
use devkit::env::{Env, Stack};
use devkit::http::Response;
use devkit::random::random_hex;
use e2e::api::Api;
use e2e::aws::Aws;

/// How long a record may take after the object is stored.
pub(crate) const RECORD_WITHIN: Duration = Duration::from_secs(5);

/// How long a line may take from a function to its log group.
pub(crate) const LOGGED_WITHIN: Duration = Duration::from_secs(10);

/// The stack with the test issuer; most API tests run against it.
pub(crate) fn oidc() -> &'static Stack {
    Env::stack("oidc")
}

/// A new caller, unique to the test.
pub(crate) fn new_caller() -> Api {
    Api::of_subject(oidc(), &format!("caller-{}", random_hex(6)))
}

/// The account of the stack that [`new_caller`] uses.
pub(crate) fn account() -> Aws {
    Aws::new(oidc())
}

/// Checks that `answer` is the typed refusal `code`, with a message that reveals nothing.
#[track_caller]
pub(crate) fn assert_problem(case: &str, answer: &Response, code: ErrorCode) {
    let text = answer.text();
    assert_eq!(Some(answer.status), code.http_status(), "{case}: {text}");
    let problem: Problem = serde_json::from_slice(&answer.body)
        .unwrap_or_else(|error| panic!("{case}: {error}: {text}"));
    assert_eq!(problem.error.code, code, "{case}: {text}");
    assert!(
        problem.error.message.len() >= 20,
        "{case}: no sentence: {text}"
    );
    assert!(
        !problem.error.request_id.is_empty(),
        "{case}: no request id: {text}"
    );
    assert_eq!(
        answer.header("content-type"),
        Some("application/json"),
        "{case}"
    );
    for secret in ["X-Amz-", "eyJ", "arn:aws", "panicked", ".rs:"] {
        assert!(!text.contains(secret), "{case}: gives away {secret}");
    }
}

/// Checks that `answer` is an error from storage, and returns its code.
#[track_caller]
pub(crate) fn storage_error(case: &str, answer: &Response) -> String {
    let text = answer.text();
    assert!(
        answer.status >= 400,
        "{case}: storage took it: {} {text}",
        answer.status
    );
    let code = text
        .split_once("<Code>")
        .and_then(|(_, rest)| rest.split_once("</Code>"));
    code.map(|(code, _)| code.to_owned()).unwrap_or_default()
}
