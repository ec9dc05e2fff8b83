//! Whose tokens are accepted, and from which issuer owners are derived.

use serde_json::json;

use crate::document::template;
use crate::resolve::with;

const ISSUER: (&str, &str) = ("JwtIssuer", "https://issuer.example/");

#[test]
fn the_authorizer_takes_each_audience_of_a_list() {
    let audiences = |parameters: &[(&str, &str)]| {
        with(parameters).properties("Authorizer")["JwtConfiguration"]["Audience"].clone()
    };
    assert_eq!(audiences(&[]), json!([{"Ref": "UserPoolClient"}]));
    let of = |list| audiences(&[ISSUER, ("JwtAudience", list)]);
    assert_eq!(of("page"), json!(["page"]));
    assert_eq!(
        of("page,https://api.example/,app"),
        json!(["page", "https://api.example/", "app"])
    );
}

#[test]
fn an_empty_audience_in_a_list_is_refused() {
    let pattern = template()["Parameters"]["JwtAudience"]["AllowedPattern"].as_str();
    let pattern = regex_lite::Regex::new(pattern.unwrap()).unwrap();
    for audiences in ["", "page", "https://api.example/,urn:app:1"] {
        assert!(pattern.is_match(audiences), "{audiences:?}");
    }
    for audiences in [",", "page,", ",page", "page,,app", "page, app", " "] {
        assert!(!pattern.is_match(audiences), "{audiences:?}");
    }
}

#[test]
fn d10_owners_are_those_of_the_issuer_unless_another_is_named() {
    let variable = &template()["Globals"]["Function"]["Environment"]["Variables"]["OWNER_ISSUER"];
    let value = |parameters: &[(&str, &str)]| with(parameters).value(variable);
    assert_eq!(value(&[]), Some(json!("")));
    let before = ("OwnerIssuer", "https://before.example/");
    assert_eq!(
        value(&[ISSUER, before]),
        Some(json!("https://before.example/"))
    );
    assert!(
        with(&[ISSUER, ("JwtAudience", "a"), before])
            .refusals()
            .is_empty()
    );
    let refusals = with(&[before]).refusals();
    assert!(
        refusals.concat().contains("JwtIssuer must be set"),
        "{refusals:?}"
    );
}
