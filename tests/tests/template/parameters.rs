//! What the one who deploys may choose, what it is without a choice, and what comes back.

use serde_json::{Value, json};

use crate::document::template;

#[test]
fn each_parameter_has_its_default_and_says_what_it_is() {
    let types = "image/*,video/*,audio/*,text/plain,application/zip,application/octet-stream";
    let expected = [
        ("JwtIssuer", json!("")),
        ("JwtAudience", json!("")),
        ("RequiredScope", json!("")),
        ("AllowedOrigins", Value::Null),
        ("EventRoute", json!("direct")),
        ("KeySuffix", json!("")),
        ("PublicRead", json!("off")),
        ("MaxFileBytes", json!(5_368_709_120_u64)),
        ("AllowedTypes", json!(types)),
        ("UrlLifetimeSeconds", json!(300)),
        ("UnfinishedDays", json!(7)),
        ("RepairAfterSeconds", json!(900)),
        ("SweepSchedule", json!("rate(15 minutes)")),
        ("MaxOpenUploads", json!(1000)),
        ("MaxOpenBytes", json!(0)),
        ("MaxRequestsPerSecond", json!(50)),
        ("DeniedOwners", json!("")),
        ("ScanUploads", json!("off")),
        ("FunctionTimeoutSeconds", json!(20)),
        ("VisibilityTimeoutSeconds", json!(120)),
        ("Architecture", json!("x86_64")),
        ("Tracing", json!("off")),
        ("AlarmTopicArn", json!("")),
    ];
    let parameters = template()["Parameters"].as_object().unwrap();
    assert_eq!(parameters.len(), expected.len());
    for (name, default) in expected {
        assert_eq!(parameters[name]["Default"], default, "{name}");
        assert!(
            parameters[name]["Description"]
                .as_str()
                .is_some_and(|text| text.len() > 20),
            "{name}"
        );
    }
}

#[test]
fn choices_are_closed() {
    let parameters = &template()["Parameters"];
    assert_eq!(
        parameters["EventRoute"]["AllowedValues"],
        json!(["direct", "lambda"])
    );
    assert_eq!(
        parameters["PublicRead"]["AllowedValues"],
        json!(["off", "acl"])
    );
    assert_eq!(
        parameters["Architecture"]["AllowedValues"],
        json!(["x86_64", "arm64"])
    );
    assert_eq!(parameters["UrlLifetimeSeconds"]["MaxValue"], 900);
    let largest = crowfly_contract::limits::MAX_OBJECT_BYTES;
    assert_eq!(parameters["MaxFileBytes"]["MaxValue"], largest);
    let origins = parameters["AllowedOrigins"]["AllowedPattern"]
        .as_str()
        .unwrap();
    assert!(origins.starts_with("^(") && origins.ends_with(")$") && !origins.contains(r"\*"));
}

#[test]
fn an_issuer_without_an_audience_is_refused() {
    let rule = &template()["Rules"]["IssuerNeedsAudience"];
    let named = |name: &str| json!({"Fn::Not": [{"Fn::Equals": [{"Ref": name}, ""]}]});
    assert_eq!(rule["RuleCondition"], named("JwtIssuer"));
    assert_eq!(rule["Assertions"][0]["Assert"], named("JwtAudience"));
}

#[test]
fn what_tools_attach_by_comes_back() {
    let outputs = template()["Outputs"].as_object().unwrap();
    for name in [
        "Api",
        "ApiId",
        "Bucket",
        "Table",
        "Queue",
        "Dlq",
        "Issuer",
        "Audience",
        "ClientId",
        "UserPoolId",
        "Region",
    ] {
        assert!(outputs.contains_key(name), "{name}");
    }
}
