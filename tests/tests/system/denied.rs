//! Owners that the operator denies, and invalid parameters that the template refuses.

use crowfly_contract::ErrorCode;
use devkit::env::Env;
use e2e::api::{Api, item, new_id};
use serde_json::json;

use crate::access::call;
use crate::common::assert_problem;
use crate::owners::calls;
use crate::quota;

/// The parameter `DeniedOwners` reaches all functions of the API through template and gateway.
#[test]
fn a18_who_is_named_in_the_parameter_is_turned_away_on_every_route() {
    let denied = Api::of_subject(Env::stack("tight"), "denied");
    let mut answers = vec![
        (
            "create",
            denied.create(&item("a.txt", "text/plain", b"abc")),
        ),
        ("list", denied.get("/uploads")),
        (
            "status",
            denied.post("/uploads/status", &json!({"ids": [new_id()]})),
        ),
    ];
    for request in calls(new_id()) {
        answers.push((request.0, call(&denied, &request)));
    }
    assert_eq!(answers.len(), 10);
    for (case, answer) in &answers {
        assert_problem(case, answer, ErrorCode::Forbidden);
    }
    assert_eq!(quota::new_caller().get("/uploads").status, 200, "others");
}

/// A function that cannot parse its environment answers no request, so the template must refuse a typo.
#[test]
fn a_deploy_with_a_typo_is_refused_and_nothing_changes() {
    let issuer = Env::stack("tight").issuer.as_str();
    let key = "arn:aws:kms:us-east-1:000000000000:key/1234abcd";
    let distribution = "arn:aws:cloudfront::000000000000:distribution/E1ABC";
    let certificate = "arn:aws:acm:us-east-1:000000000000:certificate/1234abcd";
    let cases: [(&[(&str, &str)], &str); 15] = [
        (&[("DeniedOwners", "alice")], "DeniedOwners"),
        (
            &[("DeniedOwners", "aaaaaaaaaaaaaaaaaaaaaaaaaa,aaaa")],
            "DeniedOwners",
        ),
        (&[("AllowedTypes", "image/*,video")], "AllowedTypes"),
        (&[("AllowedTypes", "")], "AllowedTypes"),
        (&[("JwtIssuer", issuer)], "JwtAudience must be set"),
        (&[("JwtAudience", "a")], "JwtIssuer must be set"),
        (&[("RequiredScope", "uploads")], "the stack's own pool"),
        (
            &[("JwtIssuer", issuer), ("JwtAudience", "a,,b")],
            "JwtAudience",
        ),
        (&[("OwnerIssuer", issuer)], "JwtIssuer must be set"),
        (
            &[
                ("JwtIssuer", issuer),
                ("JwtAudience", "a"),
                ("SelfSignUp", "on"),
            ],
            "JwtIssuer and ExistingUserPool must be empty",
        ),
        (
            &[("KmsKeyArn", key), ("PublicRead", "acl")],
            "PublicRead must be off",
        ),
        (
            &[("DistributionArn", distribution), ("ScanUploads", "on")],
            "ScanUploads must be off",
        ),
        (
            &[("ApiDomainName", "a.example.com")],
            "ApiCertificateArn must be set",
        ),
        (
            &[("ApiCertificateArn", certificate)],
            "ApiDomainName must be set",
        ),
        (&[("TransitionToIaDays", "29")], "TransitionToIaDays"),
    ];
    for (parameters, why) in cases {
        let answer = quota::account().update_stack(parameters);
        let text = answer.text().replace("&#x27;", "'").replace("&apos;", "'");
        assert_eq!(answer.status, 400, "{parameters:?}: {text}");
        assert!(
            text.to_lowercase().contains(&why.to_lowercase()),
            "{parameters:?}: {text}"
        );
    }
    assert_eq!(quota::new_caller().get("/uploads").status, 200);
}
