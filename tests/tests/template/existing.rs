//! A bucket, a table and a user pool that exist already, in place of the stack's own.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::document::{all, list, properties, resolved, template};

/// What the stack makes unless another one is named: the resource, its condition and the parameter.
const REPLACED: [(&str, &str, &str); 4] = [
    ("Bucket", "OwnBucket", "ExistingBucket"),
    ("Table", "OwnTable", "ExistingTable"),
    ("UserPool", "OwnPool", "ExistingUserPool"),
    ("UserPoolClient", "OwnPool", "ExistingUserPoolClient"),
];

/// The resources of the template that these conditions make.
fn made(hold: &[&str]) -> Vec<(&'static str, Value)> {
    let resources = template()["Resources"].as_object().unwrap().iter();
    let made = resources.filter(|(_, resource)| {
        resource["Condition"]
            .as_str()
            .is_none_or(|own| hold.contains(&own))
    });
    made.map(|(name, resource)| (name.as_str(), resolved(resource, hold)))
        .collect()
}

/// The conditions of a stack with nothing of its own, and those of one with everything.
const EXISTING: &[&str] = &[
    "GivenBucket",
    "ViaEventBridge",
    "KnownPool",
    "HasScope",
    "DefaultScope",
];
const OWN: &[&str] = &[
    "OwnBucket",
    "OwnTable",
    "OwnPool",
    "KnownPool",
    "HasScope",
    "DefaultScope",
];

/// The resources that `value` names.
fn named(value: &Value) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for value in all(value) {
        for target in [&value["Ref"], &value["Fn::GetAtt"]] {
            let target = target.as_str().and_then(|text| text.split('.').next());
            names.extend(target.map(str::to_owned));
        }
        let (text, own) = match &value["Fn::Sub"] {
            Value::Array(parts) => (parts[0].as_str(), parts[1].as_object()),
            text => (text.as_str(), None),
        };
        for part in text.unwrap_or_default().split("${").skip(1) {
            let name = part.split(['}', '.']).next().unwrap();
            if own.is_none_or(|own| !own.contains_key(name)) {
                names.insert(name.to_owned());
            }
        }
    }
    names
}

#[test]
fn nothing_names_a_resource_that_is_not_made() {
    let whole = template()["Resources"].as_object().unwrap();
    for hold in [
        EXISTING,
        OWN,
        &["OwnBucket", "OwnTable", "ViaEventBridge"],
        &["OwnBucket", "OwnTable", "ViaLambda", "Scanned"],
    ] {
        let made = made(hold);
        let names: BTreeSet<&str> = made.iter().map(|(name, _)| *name).collect();
        let outputs = template()["Outputs"].as_object().unwrap().iter();
        let outputs = outputs.filter(|(_, output)| {
            output["Condition"]
                .as_str()
                .is_none_or(|own| hold.contains(&own))
        });
        let outputs = outputs.map(|(name, output)| (name.as_str(), resolved(output, hold)));
        let globals = ("Globals", resolved(&template()["Globals"], hold));
        for (place, value) in made.iter().cloned().chain(outputs).chain([globals]) {
            for name in named(&value) {
                let missing = whole.contains_key(&name) && !names.contains(name.as_str());
                assert!(
                    !missing,
                    "{place} names {name}, which is not made under {hold:?}"
                );
            }
        }
    }
}

#[test]
fn what_exists_is_not_made() {
    let (own, existing) = (made(OWN), made(EXISTING));
    let has = |made: &[(&str, Value)], name: &str| made.iter().any(|(own, _)| *own == name);
    for (resource, condition, parameter) in REPLACED {
        assert_eq!(template()["Resources"][resource]["Condition"], condition);
        assert_eq!(template()["Parameters"][parameter]["Default"], "");
        assert!(
            has(&own, resource) && !has(&existing, resource),
            "{resource}"
        );
        let kept = &template()["Resources"][resource];
        assert_eq!(kept["DeletionPolicy"], "RetainExceptOnCreate", "{resource}");
        assert_eq!(kept["UpdateReplacePolicy"], "Retain", "{resource}");
    }
    // The policy, CORS, lifecycle and notifications of the bucket are its owner's.
    assert!(has(&own, "BucketPolicy") && !has(&existing, "BucketPolicy"));
    for (name, resource) in existing {
        let kind = resource["Type"].as_str().unwrap();
        assert!(
            !kind.starts_with("AWS::S3::") && !kind.starts_with("AWS::DynamoDB::"),
            "{name}"
        );
    }
}

/// The same rights, on what exists: under `uploads/` and on the one table.
#[test]
fn the_rights_are_on_what_exists() {
    let resources = |hold| {
        let mut found = Vec::new();
        for (_, role) in made(hold)
            .iter()
            .filter(|(_, made)| made["Type"] == "AWS::IAM::Role")
        {
            for policy in list(&role["Properties"]["Policies"]) {
                for statement in list(&policy["PolicyDocument"]["Statement"]) {
                    let actions = statement["Action"].to_string();
                    if actions.contains("s3:") || actions.contains("dynamodb:") {
                        assert_eq!(statement["Resource"].as_array(), None, "{statement}");
                        found.push(statement["Resource"].clone());
                    }
                }
            }
        }
        found
    };
    let table =
        "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${ExistingTable}";
    let same = [
        (
            json!({"Fn::GetAtt": "Bucket.Arn"}),
            "arn:${AWS::Partition}:s3:::${ExistingBucket}".to_owned(),
        ),
        (
            json!({"Fn::Sub": "${Bucket.Arn}/uploads/*"}),
            "arn:${AWS::Partition}:s3:::${ExistingBucket}/uploads/*".to_owned(),
        ),
        (json!({"Fn::GetAtt": "Table.Arn"}), table.to_owned()),
        (
            json!({"Fn::Sub": "${Table.Arn}/index/byCreatedAt"}),
            format!("{table}/index/byCreatedAt"),
        ),
        (
            json!({"Fn::Sub": "${Table.Arn}/index/byOpen"}),
            format!("{table}/index/byOpen"),
        ),
    ];
    let (own, existing) = (resources(OWN), resources(EXISTING));
    assert_eq!(own.len(), existing.len());
    let mut seen = BTreeSet::new();
    for (own, existing) in own.iter().zip(existing) {
        let (at, (_, expected)) = same
            .iter()
            .enumerate()
            .find(|(_, (made, _))| made == own)
            .unwrap_or_else(|| panic!("{own}"));
        assert_eq!(existing, json!({"Fn::Sub": expected}));
        seen.insert(at);
    }
    assert_eq!(seen.len(), same.len());
}

#[test]
fn the_functions_and_the_authorizer_are_told_what_exists() {
    let globals = resolved(
        &template()["Globals"]["Function"]["Environment"]["Variables"],
        EXISTING,
    );
    assert_eq!(globals["BUCKET"], json!({"Ref": "ExistingBucket"}));
    assert_eq!(globals["TABLE"], json!({"Ref": "ExistingTable"}));
    assert_eq!(globals["REQUIRED_SCOPE"], "aws.cognito.signin.user.admin");
    let pool = |pool: &str| json!({"Fn::Sub": ["https://cognito-idp.${AWS::Region}.${AWS::URLSuffix}/${Pool}", {"Pool": {"Ref": pool}}]});
    for (hold, user_pool, client) in [
        (EXISTING, "ExistingUserPool", "ExistingUserPoolClient"),
        (OWN, "UserPool", "UserPoolClient"),
    ] {
        let token = resolved(&properties("Authorizer")["JwtConfiguration"], hold);
        assert_eq!(token["Issuer"], pool(user_pool));
        assert_eq!(token["Audience"], json!([{"Ref": client}]));
        let output = |name: &str| resolved(&template()["Outputs"][name]["Value"], hold);
        assert_eq!(output("Issuer"), pool(user_pool));
        assert_eq!(output("Audience"), json!({"Ref": client}));
        assert_eq!(output("UserPoolId"), json!({"Ref": user_pool}));
        assert_eq!(output("ClientId"), json!({"Ref": client}));
    }
    let issuer = resolved(
        &properties("Authorizer")["JwtConfiguration"],
        &["OwnBucket"],
    );
    assert_eq!(
        issuer,
        json!({"Issuer": {"Ref": "JwtIssuer"}, "Audience": {"Fn::Split": [",", {"Ref": "JwtAudience"}]}})
    );
}

#[test]
fn combinations_that_cannot_be_are_refused_before_anything_is_made() {
    let empty = |name: &str| json!({"Fn::Equals": [{"Ref": name}, ""]});
    let named = |name: &str| json!({"Fn::Not": [empty(name)]});
    let equals = |name: &str, value: &str| json!({"Fn::Equals": [{"Ref": name}, value]});
    for (rule, if_named, demanded) in [
        (
            "ExistingBucketNeedsEventBridge",
            "ExistingBucket",
            vec![
                equals("EventRoute", "eventbridge"),
                equals("PublicRead", "off"),
            ],
        ),
        (
            "ExistingUserPoolNeedsClient",
            "ExistingUserPool",
            vec![named("ExistingUserPoolClient"), empty("JwtIssuer")],
        ),
        (
            "ExistingClientNeedsUserPool",
            "ExistingUserPoolClient",
            vec![named("ExistingUserPool")],
        ),
    ] {
        let rule = &template()["Rules"][rule];
        assert_eq!(rule["RuleCondition"], named(if_named));
        let asserted = list(&rule["Assertions"])
            .into_iter()
            .map(|each| each["Assert"].clone());
        assert_eq!(asserted.collect::<Vec<_>>(), demanded);
    }
}

#[test]
fn names_that_cannot_be_are_refused() {
    let pattern = |name: &str| {
        let pattern = template()["Parameters"][name]["AllowedPattern"]
            .as_str()
            .unwrap();
        regex_lite::Regex::new(pattern).unwrap()
    };
    for (parameter, good, bad) in [
        (
            "ExistingBucket",
            &["", "films", "my-films-2"] as &[&str],
            &["Films", "my.films", "-a", "arn:aws:s3:::films", "ab"] as &[&str],
        ),
        (
            "ExistingTable",
            &["", "Uploads_2", "a.b-c"],
            &["ab", "arn:aws:dynamodb:x", "a b c"],
        ),
        (
            "ExistingUserPool",
            &["", "eu-west-1_AbCdEfGhI"],
            &["eu-west-1", "eu-west-1_", "https://cognito"],
        ),
        (
            "ExistingUserPoolClient",
            &["", "1h57kf5cpq17m0eml12EXAMPLE"],
            &["a b", "a/b"],
        ),
    ] {
        let pattern = pattern(parameter);
        for name in good {
            assert!(pattern.is_match(name), "{parameter}: {name}");
        }
        for name in bad {
            assert!(!pattern.is_match(name), "{parameter}: {name}");
        }
    }
}

#[test]
fn a89_a93_by_eventbridge_one_rule_may_send_and_sends_uploads_alone() {
    let rule = properties("ObjectEvents");
    assert_eq!(
        template()["Resources"]["ObjectEvents"]["Condition"],
        "ViaEventBridge"
    );
    let pattern = &rule["EventPattern"];
    assert_eq!(pattern["source"], json!(["aws.s3"]));
    assert_eq!(
        pattern["detail-type"],
        json!(["Object Created", "Object Deleted"])
    );
    assert_eq!(
        pattern["detail"]["object"]["key"],
        json!([{"prefix": "uploads/"}])
    );
    let bucket = &pattern["detail"]["bucket"]["name"];
    assert_eq!(
        resolved(bucket, EXISTING),
        json!([{"Ref": "ExistingBucket"}])
    );
    assert_eq!(
        resolved(bucket, OWN),
        json!([properties("Bucket")["BucketName"]])
    );
    assert_eq!(
        rule["Targets"],
        json!([{"Id": "queue", "Arn": {"Fn::GetAtt": "Queue.Arn"}}])
    );

    let statements = resolved(
        &properties("QueuePolicy")["PolicyDocument"]["Statement"],
        EXISTING,
    );
    let allowed: Vec<_> = list(&statements)
        .into_iter()
        .filter(|s| s["Effect"] == "Allow")
        .collect();
    assert_eq!(
        allowed,
        [&json!({
            "Sid": "AllowObjectEvents", "Effect": "Allow", "Action": "sqs:SendMessage",
            "Principal": {"Service": "events.amazonaws.com"},
            "Resource": {"Fn::GetAtt": "Queue.Arn"},
            "Condition": {
                "ArnEquals": {"aws:SourceArn": {"Fn::GetAtt": "ObjectEvents.Arn"}},
                "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}},
            },
        })]
    );
    let own = resolved(
        &properties("Bucket")["NotificationConfiguration"],
        &["OwnBucket", "ViaEventBridge"],
    );
    assert_eq!(
        own,
        json!({"EventBridgeConfiguration": {"EventBridgeEnabled": true}})
    );
}
