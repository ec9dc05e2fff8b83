//! The parameters, their defaults, and the outputs.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::document::template;
use crate::resolve::with;

#[test]
fn each_parameter_has_its_default_and_says_what_it_is() {
    let types = include_str!("allowed_types.txt").trim_end();
    let types = types.lines().collect::<Vec<_>>().join(",");
    let expected = [
        ("JwtIssuer", json!("")),
        ("JwtAudience", json!("")),
        ("RequiredScope", json!("")),
        ("AllowedOrigins", Value::Null),
        ("ExistingBucket", json!("")),
        ("ExistingTable", json!("")),
        ("ExistingUserPool", json!("")),
        ("ExistingUserPoolClient", json!("")),
        ("EventRoute", json!("direct")),
        ("KeySuffix", json!("")),
        ("KeyLayout", json!("flat")),
        ("PublicRead", json!("off")),
        ("MaxFileBytes", json!("5368709120")),
        ("AllowedTypes", json!(types)),
        ("UrlLifetimeSeconds", json!(300)),
        ("UnfinishedDays", json!(7)),
        ("AbandonedPartsDays", json!(30)),
        ("RepairAfterSeconds", json!(900)),
        ("SweepSchedule", json!("rate(15 minutes)")),
        ("LiveGraceMinutes", json!(1440)),
        ("LiveKeep", json!("off")),
        ("MaxOpenUploads", json!(1000)),
        ("MaxOpenBytes", json!(0)),
        ("MaxRequestsPerSecond", json!(50)),
        ("MaxReadsPerSecond", json!(50)),
        ("ApiRateLimit", json!(2000)),
        ("ApiBurstLimit", json!(4000)),
        ("MaxConcurrency", json!(5)),
        ("DeniedOwners", json!("")),
        ("ScanUploads", json!("off")),
        ("EventBusName", json!("")),
        ("FunctionTimeoutSeconds", json!(20)),
        ("VisibilityTimeoutSeconds", json!(120)),
        ("Architecture", json!("x86_64")),
        ("Tracing", json!("off")),
        ("AlarmTopicArn", json!("")),
        ("KmsKeyArn", json!("")),
        ("OwnerIssuer", json!("")),
        ("ApiDomainName", json!("")),
        ("ApiCertificateArn", json!("")),
        ("Versioning", json!("off")),
        ("NoncurrentDays", json!(30)),
        ("ExpireAfterDays", json!(0)),
        ("TransitionToIaDays", json!("0")),
        ("ExemptRoleArn", json!("")),
        ("DistributionArn", json!("")),
        ("LogSourceIp", json!("off")),
        ("PermissionsBoundaryArn", json!("")),
        ("RecordReservedConcurrency", json!(0)),
        ("SelfSignUp", json!("off")),
        ("TransferAcceleration", json!("off")),
        ("UploadHosts", json!("one")),
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
        json!(["direct", "lambda", "eventbridge"])
    );
    assert_eq!(
        parameters["KeyLayout"]["AllowedValues"],
        json!(["flat", "path"])
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
fn u16_origins_of_apps_in_a_shell_are_taken_and_what_is_no_origin_is_not() {
    let pattern = template()["Parameters"]["AllowedOrigins"]["AllowedPattern"].as_str();
    let pattern = regex_lite::Regex::new(pattern.unwrap()).unwrap();
    for origin in [
        "https://app.example.com",
        "https://app.example.com:8443",
        "http://localhost:5173",
        "http://127.0.0.1:5173",
        "http://[::1]:5173",
        "http://tauri.localhost",
        "https://tauri.localhost",
        "capacitor://localhost",
        "ionic://localhost",
        "tauri://localhost",
        "chrome-extension://abcdefghijklmnop",
        "moz-extension://0f1e2d3c-0000-4000-8000-000000000000",
    ] {
        assert!(pattern.is_match(origin), "{origin}");
    }
    for other in [
        "*",
        "null",
        "https://*.example.com",
        "https://app.example.com/",
        "https://user@app.example.com",
        "http://app.example.com",
        "http://localhost.example.com",
        "http://evil-localhost",
        "http://a.b.localhost",
        "file://",
        "javascript://localhost",
        "data://localhost",
        "app.example.com",
        "",
    ] {
        assert!(!pattern.is_match(other), "{other}");
    }
}

/// A function that cannot parse its environment does not start, and then the whole API answers 500: the template
/// refuses before deployment what the functions would refuse.
#[test]
fn a_typo_in_a_list_does_not_reach_the_functions() {
    for name in ["AllowedOrigins", "AllowedTypes", "DeniedOwners"] {
        let parameter = &template()["Parameters"][name];
        assert_eq!(parameter["Type"], "CommaDelimitedList", "{name}");
        let pattern = parameter["AllowedPattern"].as_str().unwrap_or_default();
        assert!(
            pattern.starts_with('^') && pattern.ends_with('$'),
            "{name}: {pattern}"
        );
        assert!(parameter["ConstraintDescription"].is_string(), "{name}");
    }
}

#[test]
fn an_issuer_and_its_audience_come_together() {
    let named = |name: &str| json!({"Fn::Not": [{"Fn::Equals": [{"Ref": name}, ""]}]});
    for (rule, one, other) in [
        ("IssuerNeedsAudience", "JwtIssuer", "JwtAudience"),
        ("AudienceNeedsIssuer", "JwtAudience", "JwtIssuer"),
    ] {
        let rule = &template()["Rules"][rule];
        assert_eq!(rule["RuleCondition"], named(one));
        assert_eq!(rule["Assertions"][0]["Assert"], named(other));
    }
}

/// Clients of the stack's own pool have this scope only: with another one every call would be refused.
#[test]
fn the_own_pool_knows_no_scope_of_ones_own() {
    let empty = |name: &str| json!({"Fn::Equals": [{"Ref": name}, ""]});
    let rule = &template()["Rules"]["OwnPoolHasOneScope"];
    assert_eq!(rule["RuleCondition"], empty("JwtIssuer"));
    assert_eq!(rule["Assertions"][0]["Assert"], empty("RequiredScope"));
    assert_eq!(template()["Conditions"]["KnownPool"], empty("JwtIssuer"));
}

/// The regions of China have no user pools (cfn-lint says so, too): a stack there needs an issuer, and is refused before
/// anything is made.
#[test]
fn d16_in_china_a_stack_without_an_issuer_is_refused_at_once() {
    let regions = ["cn-north-1", "cn-northwest-1"];
    let is = |region: &str| json!({"Fn::Equals": [{"Ref": "AWS::Region"}, region]});
    let rule = &template()["Rules"]["NoPoolsInChina"];
    assert_eq!(rule["RuleCondition"], json!({"Fn::Or": regions.map(is)}));
    let set = json!({"Fn::Not": [{"Fn::Equals": [{"Ref": "JwtIssuer"}, ""]}]});
    assert_eq!(rule["Assertions"][0]["Assert"], set);
    let own = template()["Conditions"]["OwnPool"]["Fn::And"]
        .as_array()
        .unwrap();
    for region in regions {
        assert!(own.contains(&json!({"Fn::Not": [is(region)]})), "{region}");
    }
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

/// A token of the stack's own pool has the scope to call Cognito as its user: all that it may write there is an
/// attribute that nothing reads, and no address that it could have changed gets a code for a new password.
#[test]
fn h7_a_stolen_token_changes_no_attribute_that_matters() {
    let pool = with(&[]).properties("UserPool");
    assert_eq!(
        pool["AccountRecoverySetting"],
        json!({"RecoveryMechanisms": [{"Name": "admin_only", "Priority": 1}]})
    );
    let client = with(&[]).properties("UserPoolClient");
    assert_eq!(client["WriteAttributes"], json!(["locale"]));
    // What a sign-in or its recovery goes by.
    for identity in [
        "UsernameAttributes",
        "AliasAttributes",
        "AutoVerifiedAttributes",
    ] {
        assert_eq!(pool[identity], Value::Null, "{identity}");
    }
    let page = std::fs::read_to_string(devkit::paths::root().join("docs/SECURITY.md")).unwrap();
    for remains in ["DeleteUser", "AssociateSoftwareToken", "`locale`"] {
        assert!(page.contains(remains), "{remains}");
    }
}

/// Who signs up proves an address, and nothing else recovers the account: a changed address counts after a code sent to it.
#[test]
fn h7_who_signs_up_by_mail_recovers_by_it() {
    let on = with(&[("SelfSignUp", "on")]);
    let pool = on.properties("UserPool");
    assert_eq!(
        pool["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"],
        false
    );
    assert_eq!(pool["AutoVerifiedAttributes"], json!(["email"]));
    assert_eq!(
        pool["UserAttributeUpdateSettings"],
        json!({"AttributesRequireVerificationBeforeUpdate": ["email"]})
    );
    assert_eq!(
        pool["AccountRecoverySetting"],
        json!({"RecoveryMechanisms": [{"Name": "verified_email", "Priority": 1}]})
    );
    let client = on.properties("UserPoolClient");
    assert_eq!(client["WriteAttributes"], json!(["email", "locale"]));
    let other = [
        ("SelfSignUp", "on"),
        ("JwtIssuer", "https://i.example"),
        ("JwtAudience", "a"),
    ];
    let refusals = with(&other).refusals().concat();
    let says = "JwtIssuer and ExistingUserPool must be empty";
    assert!(refusals.contains(says), "{refusals}");
}

/// CloudFormation replaces a pool, and so loses its users, when one of its other properties changes.
#[test]
fn h7_turning_sign_up_on_or_off_keeps_the_pool() {
    let differing = |name: &str| {
        let (off, on) = (
            with(&[]).properties(name),
            with(&[("SelfSignUp", "on")]).properties(name),
        );
        let fields = on.as_object().unwrap();
        let changed = fields
            .iter()
            .filter(|(field, value)| off[field.as_str()] != **value);
        changed
            .map(|(field, _)| field.clone())
            .collect::<BTreeSet<_>>()
    };
    assert_eq!(
        differing("UserPool"),
        [
            "AccountRecoverySetting",
            "AdminCreateUserConfig",
            "AutoVerifiedAttributes",
            "UserAttributeUpdateSettings"
        ]
        .map(str::to_owned)
        .into()
    );
    assert_eq!(
        differing("UserPoolClient"),
        ["WriteAttributes".to_owned()].into()
    );
}

/// README.md and docs/OPERATIONS.md name these numbers.
#[test]
fn d1_what_the_documents_say_of_passwords_is_what_the_pool_wants() {
    let pool = with(&[]).properties("UserPool");
    let policy = &pool["Policies"]["PasswordPolicy"];
    assert_eq!(
        pool["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"],
        json!(true)
    );
    let read = |path: &str| std::fs::read_to_string(devkit::paths::root().join(path)).unwrap();
    let (readme, guide) = (read("README.md"), read("docs/OPERATIONS.md"));
    assert_eq!(policy["MinimumLength"], 12);
    assert!(
        readme.contains("at least 12 characters, among them upper case, lower case and digits")
    );
    for (rule, wanted) in [
        ("RequireLowercase", true),
        ("RequireUppercase", true),
        ("RequireNumbers", true),
        ("RequireSymbols", false),
    ] {
        assert_eq!(policy[rule], json!(wanted), "{rule}");
    }
    assert_eq!(policy["TemporaryPasswordValidityDays"], 3);
    assert!(readme.contains("good for three days") && guide.contains("good for three days"));
    let client = &template()["Resources"]["UserPoolClient"]["Properties"];
    assert_eq!(client["AuthSessionValidity"], 15);
    assert!(guide.contains("15 minutes to choose a new one"));
    let flows = client["ExplicitAuthFlows"].as_array().unwrap();
    assert!(
        flows.contains(&json!("ALLOW_USER_PASSWORD_AUTH")),
        "{flows:?}"
    );
}
