//! Least privilege: the rights of each function, word for word.

use serde_json::{Value, json};

use crate::document::{list, of_type, properties, statements};

/// What each role may do. A change here is a change of the security model.
const ROLES: &[(&str, &[&str])] = &[
    (
        "PresignRole",
        &[
            "logs:CreateLogStream logs:PutLogEvents on PresignLogs.Arn",
            "xray:PutTelemetryRecords xray:PutTraceSegments on * if Traced",
            "s3:PutObject s3:GetObject s3:ListMultipartUploadParts s3:AbortMultipartUpload on ${Bucket.Arn}/uploads/*",
            r#"s3:ListBucket on Bucket.Arn when {"StringLikeIfExists":{"s3:prefix":"uploads/*"}}"#,
            "s3:PutObjectAcl on ${Bucket.Arn}/uploads/* if PublicAcl",
            "dynamodb:GetItem dynamodb:PutItem dynamodb:UpdateItem on Table.Arn",
        ],
    ),
    (
        "ReadRole",
        &[
            "logs:CreateLogStream logs:PutLogEvents on ReadLogs.Arn",
            "xray:PutTelemetryRecords xray:PutTraceSegments on * if Traced",
            "s3:GetObject on ${Bucket.Arn}/uploads/*",
            "dynamodb:BatchGetItem dynamodb:GetItem on Table.Arn",
            "dynamodb:Query on ${Table.Arn}/index/byCreatedAt",
        ],
    ),
    (
        "RecordRole",
        &[
            "logs:CreateLogStream logs:PutLogEvents on RecordLogs.Arn",
            "xray:PutTelemetryRecords xray:PutTraceSegments on * if Traced",
            "sqs:DeleteMessage sqs:GetQueueAttributes sqs:ReceiveMessage on Queue.Arn",
            "s3:GetObject on ${Bucket.Arn}/uploads/*",
            r#"s3:ListBucket on Bucket.Arn when {"StringLikeIfExists":{"s3:prefix":"uploads/*"}}"#,
            "dynamodb:GetItem dynamodb:UpdateItem on Table.Arn",
        ],
    ),
    (
        "SweepRole",
        &[
            "logs:CreateLogStream logs:PutLogEvents on SweepLogs.Arn",
            "xray:PutTelemetryRecords xray:PutTraceSegments on * if Traced",
            "s3:GetObject s3:AbortMultipartUpload s3:ListMultipartUploadParts on ${Bucket.Arn}/uploads/*",
            "s3:ListBucketMultipartUploads on Bucket.Arn",
            r#"s3:ListBucket on Bucket.Arn when {"StringLikeIfExists":{"s3:prefix":"uploads/*"}}"#,
            "dynamodb:Query dynamodb:UpdateItem on Table.Arn",
            "dynamodb:Query on ${Table.Arn}/index/byOpen",
        ],
    ),
    (
        "ForwardRole",
        &[
            "logs:CreateLogStream logs:PutLogEvents on ForwardLogs.Arn",
            "xray:PutTelemetryRecords xray:PutTraceSegments on * if Traced",
            "sqs:SendMessage on Queue.Arn",
            "sqs:SendMessage on ForwardDlq.Arn",
        ],
    ),
];

#[test]
fn each_role_may_do_what_the_table_says_and_nothing_else() {
    let mut names: Vec<&str> = ROLES.iter().map(|(name, _)| *name).collect();
    let mut found: Vec<&str> = of_type("AWS::IAM::Role")
        .iter()
        .map(|(name, _)| *name)
        .collect();
    names.sort_unstable();
    found.sort_unstable();
    assert_eq!(found, names);
    for (name, expected) in ROLES {
        let role = properties(name);
        assert_eq!(
            role["ManagedPolicyArns"],
            Value::Null,
            "{name} has rights from elsewhere"
        );
        let policies = list(&role["Policies"]);
        let rights: Vec<String> = policies
            .iter()
            .flat_map(|policy| list(&policy["PolicyDocument"]["Statement"]))
            .map(in_words)
            .collect();
        assert_eq!(rights, *expected, "{name}");
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
        // SAM would add rights of its own choosing for these.
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
        // X-Ray's actions know no resource.
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
    let text = [value, &value["Fn::GetAtt"], &value["Fn::Sub"]]
        .into_iter()
        .find_map(Value::as_str);
    text.unwrap_or_else(|| panic!("not a name: {value}"))
        .to_owned()
}
