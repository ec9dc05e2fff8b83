//! The HTTP API: no route without a token, and CORS for the configured origins only.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::document::{all, of_type, properties, template};
use crate::resolve::with;

const ROUTES: &[(&str, &str)] = &[
    ("POST /uploads", "Presign"),
    ("POST /uploads/{id}/parts", "Presign"),
    ("GET /uploads/{id}/parts", "Presign"),
    ("POST /uploads/{id}/complete", "Presign"),
    ("DELETE /uploads/{id}", "Presign"),
    ("POST /uploads/status", "Read"),
    ("GET /uploads", "Read"),
    ("GET /uploads/{id}", "Read"),
    ("GET /uploads/{id}/content", "Read"),
    ("DELETE /uploads/{id}/content", "Remove"),
];

#[test]
fn the_routes_are_those_of_the_contract() {
    let found: BTreeSet<(String, String)> = of_type("AWS::ApiGatewayV2::Route")
        .iter()
        .map(|(_, route)| {
            let route = &route["Properties"];
            let target = route["Target"]["Fn::Sub"].as_str().unwrap();
            (
                route["RouteKey"].as_str().unwrap().to_owned(),
                target.to_owned(),
            )
        })
        .collect();
    let expected: BTreeSet<(String, String)> = ROUTES
        .iter()
        .map(|(key, name)| {
            (
                (*key).to_owned(),
                format!("integrations/${{{name}Integration}}"),
            )
        })
        .collect();
    assert_eq!(found, expected);
    for name in ["Presign", "Read", "Remove"] {
        let integration = properties(&format!("{name}Integration"));
        assert_eq!(
            integration["IntegrationUri"],
            json!({"Fn::GetAtt": format!("{name}Function.Arn")})
        );
        assert_eq!(integration["PayloadFormatVersion"], "2.0");
    }
}

/// The OpenAPI document has these routes and no others.
#[test]
fn the_routes_are_those_of_the_openapi_document() {
    let file = devkit::paths::root().join("docs/openapi.json");
    let text = std::fs::read_to_string(file).unwrap();
    let document: Value = serde_json::from_str(&text).unwrap();
    let paths = document["paths"].as_object().unwrap().iter();
    let found: BTreeSet<String> = paths
        .flat_map(|(path, methods)| {
            let methods = methods.as_object().unwrap().keys();
            methods.map(move |method| format!("{} {path}", method.to_uppercase()))
        })
        .collect();
    let expected = ROUTES.iter().map(|(key, _)| (*key).to_owned());
    assert_eq!(found, expected.collect());
}

#[test]
fn a69_every_route_demands_a_token_with_the_scope() {
    let scope = json!({"Fn::If": ["DefaultScope", "aws.cognito.signin.user.admin", {"Ref": "RequiredScope"}]});
    let scopes = json!({"Fn::If": ["HasScope", [scope], {"Ref": "AWS::NoValue"}]});
    for (name, route) in of_type("AWS::ApiGatewayV2::Route") {
        let route = &route["Properties"];
        assert_eq!(route["AuthorizationType"], "JWT", "{name}");
        assert_eq!(
            route["AuthorizerId"],
            json!({"Ref": "Authorizer"}),
            "{name}"
        );
        assert_eq!(route["AuthorizationScopes"], scopes, "{name}");
        assert_ne!(route["RouteKey"], "$default", "{name}");
    }
}

#[test]
fn the_functions_demand_the_scope_that_the_routes_demand() {
    let scope = &template()["Globals"]["Function"]["Environment"]["Variables"]["REQUIRED_SCOPE"];
    let own = json!({"Fn::If": ["KnownPool", "aws.cognito.signin.user.admin", ""]});
    assert_eq!(
        *scope,
        json!({"Fn::If": ["DefaultScope", own, {"Ref": "RequiredScope"}]})
    );
}

#[test]
fn a15_tokens_are_read_from_the_header_alone() {
    let authorizer = properties("Authorizer");
    assert_eq!(authorizer["AuthorizerType"], "JWT");
    assert_eq!(
        authorizer["IdentitySource"],
        json!(["$request.header.Authorization"])
    );
}

#[test]
fn a80_only_named_origins_may_call_and_never_with_cookies() {
    let cors = &properties("Api")["CorsConfiguration"];
    let methods: BTreeSet<&str> = ROUTES
        .iter()
        .filter_map(|(key, _)| key.split(' ').next())
        .collect();
    let allowed = cors["AllowMethods"].as_array().unwrap().iter();
    let allowed: BTreeSet<&str> = allowed.filter_map(Value::as_str).collect();
    assert_eq!(allowed, methods, "the methods of the routes and no others");
    assert_eq!(cors["AllowOrigins"], json!({"Ref": "AllowedOrigins"}));
    assert_eq!(cors["AllowCredentials"], Value::Null);
    assert!(
        cors["MaxAge"].as_u64().unwrap() >= 3600,
        "a preflight is cached"
    );
    let rules = properties("Bucket")["CorsConfiguration"]["CorsRules"]
        .as_array()
        .unwrap();
    for rule in rules {
        assert_eq!(rule["AllowedOrigins"], json!({"Ref": "AllowedOrigins"}));
        assert_eq!(rule["AllowedMethods"], json!(["GET", "PUT", "HEAD"]));
        assert!(
            rule["MaxAge"].as_u64().unwrap() >= 3600,
            "a preflight is cached"
        );
    }
    for value in all(cors).into_iter().chain(rules.iter().flat_map(all)) {
        assert!(
            !value.as_str().is_some_and(|text| text.contains('*')),
            "{value}"
        );
    }
    assert_eq!(
        template()["Parameters"]["AllowedOrigins"]["Default"],
        Value::Null
    );
}

#[test]
fn f33_the_browser_may_send_what_is_signed_and_see_what_it_needs() {
    let rule = &properties("Bucket")["CorsConfiguration"]["CorsRules"][0];
    let holds = |field: &str, name: &str| {
        let names = rule[field].as_array().unwrap();
        names
            .iter()
            .any(|other| other.as_str().unwrap().eq_ignore_ascii_case(name))
    };
    for header in [
        "content-type",
        "content-disposition",
        "if-none-match",
        "x-amz-acl",
        "x-amz-checksum-crc64nvme",
    ] {
        assert!(holds("AllowedHeaders", header), "{header}");
    }
    for header in ["etag", "x-amz-checksum-crc64nvme", "x-amz-request-id"] {
        assert!(holds("ExposedHeaders", header), "{header}");
    }
}

#[test]
fn a53_the_access_log_holds_no_query_and_no_header() {
    let logged: serde_json::Map<String, Value> = serde_json::from_str(&access_log("on")).unwrap();
    for value in logged.values() {
        let value = value.as_str().unwrap().to_lowercase();
        for secret in [
            "querystring",
            "header",
            "claims",
            "authorizer.jwt",
            "context.path",
            "protocol",
        ] {
            assert!(!value.contains(secret), "{value}");
        }
    }
}

/// The format of the access log, with or without the caller's address.
fn access_log(source_ip: &str) -> String {
    let stage = with(&[("LogSourceIp", source_ip)]).properties("Stage");
    let format = &stage["AccessLogSettings"]["Format"]["Fn::Sub"];
    let more = format[1]["SourceIp"].as_str().unwrap();
    format[0].as_str().unwrap().replace("${SourceIp}", more)
}

#[test]
fn d14_the_callers_address_is_logged_when_asked_for() {
    let logged =
        |source_ip: &str| -> Value { serde_json::from_str(&access_log(source_ip)).unwrap() };
    assert_eq!(logged("off")["sourceIp"], Value::Null);
    assert!(!access_log("off").contains("identity"));
    assert_eq!(logged("on")["sourceIp"], "$context.identity.sourceIp");
}

/// What a request cannot fill with text of its own:
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html>.
const PLAIN: &[&str] = &[
    "error.responseType",
    "identity.sourceIp",
    "integration.integrationStatus",
    "integrationLatency",
    "requestId",
    "requestTime",
    "responseLatency",
    "responseLength",
    "routeKey",
    "status",
];

/// The format with its variables replaced.
fn logged(format: &str, value: impl Fn(&str) -> String) -> String {
    let mut line = String::new();
    let mut rest = format;
    while let Some((before, after)) = rest.split_once("$context.") {
        let end = after
            .find(|c: char| !(c.is_ascii_alphanumeric() || c == '.'))
            .unwrap();
        line.push_str(before);
        line.push_str(&value(&after[..end]));
        rest = &after[end..];
    }
    line + rest
}

/// AWS documents no escaping of inserted values, so none may hold a quote: not a message, and not the reason for which a
/// token was refused.
#[test]
fn d14_a_line_of_the_access_log_is_json_whatever_a_value_holds() {
    let hostile = |name: &str| match name {
        "routeKey" => "POST /uploads/{id}/parts".to_owned(),
        "requestTime" => "29/Nov/2026:10:00:00 +0000".to_owned(),
        "error.responseType" => "THROTTLED".to_owned(),
        name if PLAIN.contains(&name) => "-".to_owned(),
        _ => r#"unable to decode "n" from \ key"#.to_owned(),
    };
    let line = logged(&access_log("on"), hostile);
    let logged: Value =
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"));
    assert_eq!(logged["error"], "THROTTLED");
    assert_eq!(logged["integrationStatus"], "-");
}

#[test]
fn d14_a_quoted_message_would_break_the_line() {
    let format = r#"{"error":"$context.error.message"}"#;
    let line = logged(format, |_| r#"a "quoted" word"#.to_owned());
    assert!(serde_json::from_str::<Value>(&line).is_err(), "{line}");
}

/// The stage throttles all callers together, including requests that a function then refuses: what one owner may send
/// must be a small part of it, and the burst of one owner at most half. A burst is twenty seconds of each rate.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-throttling.html>
#[test]
fn a36_h6_what_one_owner_may_send_is_far_below_what_the_api_takes() {
    let settings = &properties("Stage")["DefaultRouteSettings"];
    assert_eq!(
        *settings,
        json!({
            "DetailedMetricsEnabled": false,
            "ThrottlingBurstLimit": {"Ref": "ApiBurstLimit"},
            "ThrottlingRateLimit": {"Ref": "ApiRateLimit"},
        })
    );
    let default = |name: &str| {
        template()["Parameters"][name]["Default"]
            .as_u64()
            .unwrap_or_else(|| panic!("{name} has a default"))
    };
    let owner = default("MaxRequestsPerSecond") + default("MaxReadsPerSecond");
    assert!(default("ApiRateLimit") >= 20 * owner);
    assert!(default("ApiBurstLimit") >= 2 * 20 * owner);
    // As many files as may be open are one burst of creates.
    assert_eq!(
        20 * default("MaxRequestsPerSecond"),
        default("MaxOpenUploads")
    );
}

/// 0 turns a rate off; both are settings of every function, from parameters with the same bounds.
#[test]
fn h6_both_rates_are_parameters_and_0_turns_one_off() {
    let variables = &template()["Globals"]["Function"]["Environment"]["Variables"];
    for (name, variable) in [
        ("MaxRequestsPerSecond", "MAX_REQUESTS_PER_SECOND"),
        ("MaxReadsPerSecond", "MAX_READS_PER_SECOND"),
    ] {
        let parameter = &template()["Parameters"][name];
        assert_eq!(parameter["Type"], "Number", "{name}");
        let bounds = (&parameter["MinValue"], &parameter["MaxValue"]);
        assert_eq!(bounds, (&json!(0), &json!(1000)), "{name}");
        let text = parameter["Description"].as_str().unwrap();
        assert!(text.contains("twenty times as many in a burst"), "{text}");
        assert!(text.contains("0 = no limit"), "{text}");
        assert_eq!(variables[variable], json!({"Ref": name}));
    }
}

#[test]
fn a90_only_this_api_may_call_its_functions() {
    for name in ["PresignPermission", "ReadPermission", "RemovePermission"] {
        let permission = properties(name);
        assert_eq!(permission["Principal"], "apigateway.amazonaws.com");
        let source = permission["SourceArn"]["Fn::Sub"].as_str().unwrap();
        assert!(
            source.ends_with(":${AWS::AccountId}:${Api}/*/*/uploads*"),
            "{source}"
        );
    }
}
