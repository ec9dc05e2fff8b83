//! Encryption at rest: by keys of AWS, or by the key of `KmsKeyArn`.

use serde_json::{Value, json};

use crate::document::{of_type, template};
use crate::resolve::with;

const KEY: &str = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const OWN_KEY: &[(&str, &str)] = &[("KmsKeyArn", KEY), ("EventRoute", "lambda")];
const KEYS_OF_AWS: &[(&str, &str)] = &[("EventRoute", "lambda")];

#[test]
fn without_a_key_bucket_and_queues_have_keys_of_aws() {
    let stack = with(KEYS_OF_AWS);
    let rule = json!({"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}});
    let rules =
        &stack.properties("Bucket")["BucketEncryption"]["ServerSideEncryptionConfiguration"];
    assert_eq!(*rules, json!([rule]));
    for (name, _) in of_type("AWS::SQS::Queue") {
        let queue = stack.properties(name);
        assert_eq!(queue["SqsManagedSseEnabled"], true, "{name}");
        assert_eq!(queue["KmsMasterKeyId"], Value::Null, "{name}");
    }
    assert_eq!(stack.properties("Table")["SSESpecification"], Value::Null);
    for (name, _) in of_type("AWS::Logs::LogGroup") {
        assert_eq!(stack.properties(name)["KmsKeyId"], Value::Null, "{name}");
    }
    assert!(!stack.properties("PresignRole").to_string().contains("kms:"));
}

#[test]
fn the_own_key_encrypts_all_that_keeps_something() {
    let stack = with(OWN_KEY);
    let rule = json!({
        "BucketKeyEnabled": true,
        "ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": KEY},
    });
    let rules =
        &stack.properties("Bucket")["BucketEncryption"]["ServerSideEncryptionConfiguration"];
    assert_eq!(*rules, json!([rule]));
    for (name, _) in of_type("AWS::SQS::Queue") {
        let queue = stack.properties(name);
        assert_eq!(queue["KmsMasterKeyId"], KEY, "{name}");
        assert_eq!(queue["SqsManagedSseEnabled"], Value::Null, "{name}");
    }
    assert_eq!(
        stack.properties("Table")["SSESpecification"],
        json!({"SSEEnabled": true, "SSEType": "KMS", "KMSMasterKeyId": KEY})
    );
    for (name, _) in of_type("AWS::Logs::LogGroup") {
        assert_eq!(stack.properties(name)["KmsKeyId"], KEY, "{name}");
    }
    let shared = &template()["Globals"]["Function"]["KmsKeyArn"];
    assert_eq!(stack.value(shared), Some(json!(KEY)));
}

/// Only the function whose URLs write objects, and the one that sends messages, make data keys; each through that service
/// alone.
#[test]
fn the_functions_may_use_the_key_and_no_other() {
    let stack = with(OWN_KEY);
    for (name, _) in of_type("AWS::IAM::Role") {
        let role = stack.properties(name);
        let statements = role["Policies"][0]["PolicyDocument"]["Statement"].as_array();
        let of_kms: Vec<&Value> = statements
            .into_iter()
            .flatten()
            .filter(|statement| statement["Action"].to_string().contains("kms:"))
            .collect();
        assert!(of_kms.iter().all(|one| one["Resource"] == KEY), "{name}");
        let may = |action: &str| of_kms.iter().find(|one| one["Action"] == action);
        assert!(may("kms:Decrypt").is_some(), "{name}");
        let through = match name {
            "PresignRole" => Some("s3"),
            "ForwardRole" => Some("sqs"),
            _ => None,
        };
        let expected = through.map(|service| {
            let service = format!("{service}.${{AWS::Region}}.amazonaws.com");
            json!({"StringEquals": {"kms:ViaService": {"Fn::Sub": service}}})
        });
        let writes = may("kms:GenerateDataKey").map(|one| one["Condition"].clone());
        assert_eq!(writes, expected, "{name}");
        assert_eq!(of_kms.len(), 1 + usize::from(writes.is_some()), "{name}");
    }
}

#[test]
fn a_public_object_cannot_be_encrypted_by_a_key_that_the_public_lacks() {
    let public = with(&[("KmsKeyArn", KEY), ("PublicRead", "acl")]).refusals();
    assert!(
        public.concat().contains("PublicRead must be off"),
        "{public:?}"
    );
    assert!(with(OWN_KEY).refusals().is_empty());
}

#[test]
fn an_alias_or_another_arn_is_no_key() {
    let pattern = template()["Parameters"]["KmsKeyArn"]["AllowedPattern"].as_str();
    let pattern = regex_lite::Regex::new(pattern.unwrap()).unwrap();
    for key in [
        "",
        KEY,
        "arn:aws-cn:kms:cn-north-1:111122223333:key/mrk-1234",
    ] {
        assert!(pattern.is_match(key), "{key}");
    }
    for other in [
        "alias/uploads",
        "1234abcd-12ab-34cd-56ef-1234567890ab",
        "arn:aws:kms:eu-west-1:111122223333:alias/uploads",
        "arn:aws:kms:eu-west-1:111122223333:key/*",
    ] {
        assert!(!pattern.is_match(other), "{other}");
    }
}

/// The bucket encrypts by itself: a signed header would have to be sent by the browser.
#[test]
fn no_grant_names_the_key() {
    for file in [
        "backend/aws/src/presigner.rs",
        "backend/aws/src/bucket/multipart.rs",
    ] {
        let source = std::fs::read_to_string(devkit::paths::root().join(file)).unwrap();
        assert!(!source.contains("server_side_encryption"), "{file}");
    }
}
