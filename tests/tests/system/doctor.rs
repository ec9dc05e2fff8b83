//! `cargo xtask doctor` against the running system: an operator's view of API, issuer, CORS and bucket.

use crowfly_doctor::{Finding, examine};
use devkit::random::random_hex;
use devkit::time::unix_ms;
use e2e::issuer::token_of;

use crate::common::oidc;

/// The findings at this path below the API, whose issuer is on this computer.
fn found(path: &str, origin: &str) -> Vec<Finding> {
    let token = token_of("doctor");
    let random = u128::from_str_radix(&random_hex(10), 16).expect("a number");
    let api = format!("{}{path}", oidc().api);
    let found = examine(&api, origin, &token, unix_ms(), random);
    let printed = format!("{found:?}");
    assert!(!printed.contains(&token), "the token is printed");
    assert!(!printed.contains("X-Amz-"), "a presigned URL is printed");
    found
}

/// The codes of what is not well.
fn bad(findings: &[Finding]) -> Vec<&'static str> {
    let bad = findings.iter().filter(|finding| !finding.ok);
    bad.map(|finding| finding.code).collect()
}

#[test]
fn doctor_finds_nothing_wrong_with_the_system_as_deployed() {
    let findings = found("", oidc().origin());
    let codes: Vec<_> = findings.iter().map(|finding| finding.code).collect();
    assert_eq!(codes, ["token", "issuer", "api", "storage"], "{findings:?}");
    assert_eq!(bad(&findings), Vec::<&str>::new(), "{findings:?}");
}

#[test]
fn doctor_names_the_origin_that_neither_api_nor_bucket_allows() {
    let other = "https://other.example";
    let findings = found("", other);
    assert_eq!(bad(&findings), ["api_cors", "storage_cors"], "{findings:?}");
    let mut fixes = findings.iter().filter(|finding| !finding.ok);
    assert!(
        fixes.all(|finding| finding.fix.contains(other)),
        "{findings:?}"
    );
}

#[test]
fn doctor_names_a_wrong_path() {
    let findings = found("/stage", oidc().origin());
    assert_eq!(bad(&findings), ["api_address"], "{findings:?}");
}
