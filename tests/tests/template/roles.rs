//! Least privilege: the exact permissions of each function.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::document::{list, of_type, statements};
use crate::resolve::with;

/// The permissions of each role, as listed in `docs/SECURITY.md`; a change there changes the security model.
fn rights() -> BTreeMap<String, BTreeSet<String>> {
    let file = devkit::paths::root().join("docs/SECURITY.md");
    let text = std::fs::read_to_string(file).unwrap();
    let (_, table) = text
        .split_once("| function | actions | on | only if |\n| --- | --- | --- | --- |\n")
        .expect("the table of rights");
    let rows: Vec<Vec<&str>> = table
        .lines()
        .take_while(|line| line.starts_with('|'))
        .map(|line| line.split('|').map(str::trim).collect())
        .collect();
    let names: BTreeSet<&str> = rows
        .iter()
        .map(|row| row[1])
        .filter(|name| *name != "each")
        .collect();
    let mut rights = BTreeMap::new();
    for name in names {
        let own = rows.iter().filter(|row| [name, "each"].contains(&row[1]));
        let role = capital(name);
        rights.insert(
            format!("{role}Role"),
            own.map(|row| in_our_words(row, &role)).collect(),
        );
    }
    rights
}

/// A row of the table in the form in which [`in_words`] writes a statement.
fn in_our_words(row: &[&str], role: &str) -> String {
    let actions = row[2].replace('`', "");
    let resource = match row[3] {
        "its own log group" => format!("{role}Logs.Arn"),
        other => other.replace('`', ""),
    };
    let only_if = match row[4] {
        "" => "",
        "`s3:prefix` is `uploads/*`" => r#" when {"StringLikeIfExists":{"s3:prefix":"uploads/*"}}"#,
        "the partition is `reads:*`" => {
            r#" when {"ForAllValues:StringLike":{"dynamodb:LeadingKeys":"reads:*"},"Null":{"dynamodb:LeadingKeys":"false"}}"#
        }
        "`EventBusName` is set, and `events:source` is `crowfly`" => {
            r#" when {"StringEquals":{"events:source":"crowfly"}} if Told"#
        }
        "`PublicRead=acl`" => " if PublicAcl",
        "`LiveKeep=on`" => " if KeepsLive",
        "`Tracing=on`" => " if Traced",
        "`KmsKeyArn`" => " if HasKey",
        "`KmsKeyArn`, called by S3" => {
            r#" when {"StringEquals":{"kms:ViaService":{"Fn::Sub":"s3.${AWS::Region}.amazonaws.com"}}} if HasKey"#
        }
        "`KmsKeyArn`, called by SQS" => {
            r#" when {"StringEquals":{"kms:ViaService":{"Fn::Sub":"sqs.${AWS::Region}.amazonaws.com"}}} if HasKey"#
        }
        other => panic!("no condition is called {other}"),
    };
    format!("{actions} on {resource}{only_if}")
}

fn capital(name: &str) -> String {
    let (first, rest) = name.split_at(1);
    first.to_uppercase() + rest
}

#[test]
fn each_role_may_do_what_the_table_says_and_nothing_else() {
    let found: BTreeMap<String, BTreeSet<String>> = of_type("AWS::IAM::Role")
        .iter()
        .map(|(name, role)| {
            let role = &role["Properties"];
            assert_eq!(
                role["ManagedPolicyArns"],
                Value::Null,
                "{name} has rights from elsewhere"
            );
            let policies = list(&role["Policies"]);
            let rights = policies
                .iter()
                .flat_map(|policy| list(&policy["PolicyDocument"]["Statement"]))
                .map(in_words);
            ((*name).to_owned(), rights.collect())
        })
        .collect();
    assert_eq!(found, rights());
}

/// Permissions that no function may ever have. One function may delete, and only objects: neither records nor
/// versions, so that a versioned bucket keeps all bytes.
#[test]
fn nobody_may_delete_scan_or_change_a_policy() {
    let never = |role: &str, action: &str| {
        let may = ("RemoveRole", "s3:DeleteObject");
        action.contains("Delete") && action != "sqs:DeleteMessage" && (role, action) != may
            || action.starts_with("s3:PutBucket")
            || action.starts_with("iam:")
            || action == "dynamodb:Scan"
    };
    for (role, rights) in rights() {
        for right in rights {
            for action in right.split(' ') {
                assert!(!never(&role, action), "{role}: {action}");
            }
        }
    }
}

#[test]
fn every_role_has_the_boundary_and_none_by_default() {
    let arn = "arn:aws:iam::111122223333:policy/boundary";
    let lambda = ("EventRoute", "lambda");
    for (name, _) in of_type("AWS::IAM::Role") {
        let boundary = |parameters: &[(&str, &str)]| {
            with(parameters).properties(name)["PermissionsBoundary"].clone()
        };
        assert_eq!(boundary(&[lambda]), Value::Null, "{name}");
        let bound = boundary(&[lambda, ("PermissionsBoundaryArn", arn)]);
        assert_eq!(bound, arn, "{name}");
    }
}

#[test]
fn only_lambda_takes_on_a_role() {
    for (name, role) in of_type("AWS::IAM::Role") {
        let trust = &role["Properties"]["AssumeRolePolicyDocument"]["Statement"];
        let expected = json!([{
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }]);
        assert_eq!(*trust, expected, "{name}");
    }
}

#[test]
fn each_function_has_a_role_of_its_own() {
    let mut roles: Vec<String> = of_type("AWS::Serverless::Function")
        .iter()
        .map(|(_, function)| function["Properties"]["Role"].to_string())
        .collect();
    let count = roles.len();
    roles.sort();
    roles.dedup();
    assert_eq!(roles.len(), count);
    for (name, function) in of_type("AWS::Serverless::Function") {
        // From these properties SAM would generate further policies.
        for property in ["Policies", "Events", "Connectors"] {
            assert_eq!(
                function["Properties"][property],
                Value::Null,
                "{name} {property}"
            );
        }
    }
}

#[test]
fn nothing_is_allowed_by_a_wildcard() {
    for statement in statements() {
        assert_eq!(statement["NotAction"], Value::Null, "{statement}");
        assert_eq!(statement["NotResource"], Value::Null, "{statement}");
        if statement["Effect"] != "Allow" {
            continue;
        }
        for action in list(&statement["Action"]) {
            assert!(!action.as_str().unwrap().contains('*'), "{statement}");
        }
        // X-Ray's actions support no resource-level permissions:
        // https://docs.aws.amazon.com/xray/latest/devguide/security_iam_service-with-iam.html
        let anywhere = statement["Sid"] == "Traces";
        for resource in list(&statement["Resource"]) {
            assert!(resource != "*" || anywhere, "{statement}");
        }
        assert_ne!(statement["Principal"], "*", "{statement}");
    }
}

fn in_words(statement: &Value) -> String {
    if let Some(choice) = statement["Fn::If"].as_array() {
        assert_eq!(choice[2], json!({"Ref": "AWS::NoValue"}));
        return format!(
            "{} if {}",
            in_words(&choice[1]),
            choice[0].as_str().unwrap()
        );
    }
    assert_eq!(statement["Effect"], "Allow");
    let words = |value: &Value| {
        let words: Vec<_> = list(value).into_iter().map(name).collect();
        words.join(" ")
    };
    let mut text = format!(
        "{} on {}",
        words(&statement["Action"]),
        words(&statement["Resource"])
    );
    if !statement["Condition"].is_null() {
        text.push_str(&format!(" when {}", statement["Condition"]));
    }
    text
}

fn name(value: &Value) -> String {
    // The other state is in `existing.rs`.
    if let Some([Value::String(own), made, _]) = value["Fn::If"].as_array().map(Vec::as_slice) {
        assert!(["OwnBucket", "OwnTable"].contains(&own.as_str()), "{own}");
        return name(made);
    }
    let text = [
        value,
        &value["Fn::GetAtt"],
        &value["Fn::Sub"],
        &value["Ref"],
    ]
    .into_iter()
    .find_map(Value::as_str);
    text.unwrap_or_else(|| panic!("not a name: {value}"))
        .to_owned()
}
