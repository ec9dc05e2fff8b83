//! What a page of another site, or another user of this computer, can reach of the local system.

use std::os::unix::fs::PermissionsExt;

use devkit::env::{self, Env};
use devkit::http::Request;
use e2e::aws::Aws;

/// A site that a developer may visit while the system is running.
const EVIL: &str = "https://evil.example";

#[test]
fn h3_the_description_with_roots_key_is_its_owners_alone() {
    let file = std::env::var(env::VARIABLE).expect("the system under test is described");
    let found = std::fs::metadata(file).expect("the description");
    assert_eq!(found.permissions().mode() & 0o777, 0o600);
    for stack in Env::get().stacks.values() {
        let aws = Aws::new(stack);
        let (id, secret) = aws.keys();
        assert!(id.len() > 12 && secret.len() > 20, "{id}");
        let printed = format!("{stack:?}");
        assert!(!printed.contains(secret), "its secret is not printed");
    }
}

#[test]
fn h3_a_page_of_another_site_reaches_no_service_and_no_page() {
    let stack = Env::stack("main");
    let simple = |target: &str| {
        let request = Request::new("POST", format!("{}{target}", stack.s3));
        request.header("content-type", "text/plain").body("{}")
    };
    for target in [
        "/?Action=CreateRole&Version=2010-05-08&RoleName=r",
        "/2015-03-31/functions",
        "/2015-03-31/functions/f/invocations",
        "/_ministack/reset",
    ] {
        let answer = simple(target).header("origin", EVIL).send();
        assert_eq!(answer.status, 403, "{target}");
        let cors = answer.header("access-control-allow-origin");
        assert_eq!(cors, None, "{target}");
    }
    for address in [&stack.page, &format!("{}/", stack.s3)] {
        let (_, rest) = address.split_once("://").expect("an address");
        let (_, port) = rest.trim_end_matches('/').split_once(':').expect("a port");
        let bound = Request::new("GET", address.as_str());
        let answer = bound.header("host", format!("evil.example:{port}")).send();
        assert_eq!(answer.status, 403, "{address}");
    }
}

#[test]
fn h3_only_the_pages_of_the_system_sign_in() {
    let stack = Env::stack("main");
    let sign_in = |origin: &str| {
        Request::new("POST", format!("{}/", stack.s3))
            .header("content-type", "application/x-amz-json-1.1")
            .header(
                "x-amz-target",
                "AWSCognitoIdentityProviderService.InitiateAuth",
            )
            .header("origin", origin)
            .body("{}")
            .send()
    };
    let answer = sign_in(stack.origin());
    let cors = answer.header("access-control-allow-origin");
    assert_eq!((answer.status, cors), (400, Some(stack.origin())));
    for origin in [EVIL, "null", Env::get().extra_origin.as_str()] {
        let answer = sign_in(origin);
        let cors = answer.header("access-control-allow-origin");
        assert_eq!((answer.status, cors), (403, None), "{origin}");
    }
}
