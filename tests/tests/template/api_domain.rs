//! The API under a host name of its own.

use serde_json::{Value, json};

use crate::document::template;
use crate::resolve::with;

const NAME: (&str, &str) = ("ApiDomainName", "uploads.example.com");
const CERTIFICATE: (&str, &str) = (
    "ApiCertificateArn",
    "arn:aws:acm:eu-west-1:111122223333:certificate/1234abcd",
);

#[test]
fn without_a_domain_the_api_has_the_address_of_aws() {
    let stack = with(&[]);
    assert_eq!(stack.properties("Api")["DisableExecuteApiEndpoint"], false);
    assert_eq!(stack.resource("ApiDomain"), Value::Null);
    assert_eq!(stack.resource("ApiDomainMapping"), Value::Null);
    assert_eq!(
        stack.output("Api"),
        json!({"Fn::GetAtt": "Api.ApiEndpoint"})
    );
    assert_eq!(stack.output("ApiTargetDomain"), Value::Null);
    assert_eq!(stack.output("ApiHostedZoneId"), Value::Null);
}

#[test]
fn d6_with_a_domain_no_other_address_leads_around_its_firewall() {
    let stack = with(&[NAME, CERTIFICATE]);
    assert!(stack.refusals().is_empty());
    assert_eq!(stack.properties("Api")["DisableExecuteApiEndpoint"], true);
    assert_eq!(
        stack.properties("ApiDomain"),
        json!({
            "DomainName": NAME.1,
            "DomainNameConfigurations": [{
                "CertificateArn": CERTIFICATE.1,
                "EndpointType": "REGIONAL",
                "SecurityPolicy": "TLS_1_2",
            }],
        })
    );
    // Without a key: the paths are those of the API.
    assert_eq!(
        stack.properties("ApiDomainMapping"),
        json!({
            "ApiId": {"Ref": "Api"},
            "DomainName": {"Ref": "ApiDomain"},
            "Stage": {"Ref": "Stage"},
        })
    );
    assert_eq!(
        stack.output("Api"),
        json!({"Fn::Sub": "https://${ApiDomainName}"})
    );
    for (output, attribute) in [
        ("ApiTargetDomain", "ApiDomain.RegionalDomainName"),
        ("ApiHostedZoneId", "ApiDomain.RegionalHostedZoneId"),
    ] {
        assert_eq!(stack.output(output), json!({"Fn::GetAtt": attribute}));
    }
}

#[test]
fn a_domain_and_its_certificate_come_together() {
    for (alone, missing) in [(NAME, "ApiCertificateArn"), (CERTIFICATE, "ApiDomainName")] {
        let refusals = with(&[alone]).refusals().concat();
        assert!(
            refusals.contains(&format!("{missing} must be set")),
            "{refusals}"
        );
    }
}

#[test]
fn a_url_or_a_wildcard_is_no_host_name() {
    let pattern = template()["Parameters"]["ApiDomainName"]["AllowedPattern"].as_str();
    let pattern = regex_lite::Regex::new(pattern.unwrap()).unwrap();
    for name in ["", "uploads.example.com", "a.b-c.example.co"] {
        assert!(pattern.is_match(name), "{name}");
    }
    for other in [
        "https://uploads.example.com",
        "uploads.example.com/",
        "*.example.com",
        "localhost",
        "Uploads.example.com",
        "-a.example.com",
    ] {
        assert!(!pattern.is_match(other), "{other}");
    }
}
