//! The bucket: who may read it, over which protocol, and no overwriting.

use serde_json::{Value, json};

use crate::document::{list, of_type, properties, template};
use crate::resolve::with;

/// A statement of the bucket's policy, as it is with the default parameters.
fn bucket_statement(sid: &str) -> Value {
    let policy = with(&[]).properties("BucketPolicy");
    let statements = policy["PolicyDocument"]["Statement"].as_array().unwrap();
    let found = statements.iter().find(|statement| statement["Sid"] == sid);
    let found = found.unwrap_or_else(|| panic!("the bucket policy has no statement {sid}"));
    found.clone()
}

#[test]
fn a51_the_bucket_and_the_queues_answer_by_tls_alone() {
    let plain = json!({"Bool": {"aws:SecureTransport": "false"}});
    let everything = json!([{"Fn::GetAtt": "Bucket.Arn"}, {"Fn::Sub": "${Bucket.Arn}/*"}]);
    let refused = bucket_statement("DenyPlainHttp");
    assert_eq!(
        refused,
        json!({
            "Sid": "DenyPlainHttp", "Effect": "Deny", "Principal": "*", "Action": "s3:*",
            "Resource": everything, "Condition": plain,
        })
    );
    let old = bucket_statement("DenyOldTls");
    assert_eq!(
        (&old["Effect"], &old["Resource"]),
        (&json!("Deny"), &everything)
    );
    assert_eq!(
        old["Condition"],
        json!({"NumericLessThan": {"s3:TlsVersion": "1.2"}})
    );
    for policy in ["QueuePolicy", "DlqPolicy"] {
        let statements = list(&properties(policy)["PolicyDocument"]["Statement"]);
        let refused = statements.iter().any(|s| {
            s["Effect"] == "Deny"
                && s["Principal"] == "*"
                && s["Action"] == "sqs:*"
                && s["Condition"] == plain
        });
        assert!(refused, "{policy}");
    }
}

#[test]
fn a50_no_signature_works_after_fifteen_minutes() {
    let old = bucket_statement("DenyOldSignatures");
    assert_eq!(
        (&old["Effect"], &old["Principal"]),
        (&json!("Deny"), &json!("*"))
    );
    assert_eq!(
        old["Condition"],
        json!({"NumericGreaterThan": {"s3:signatureAge": "900000"}})
    );
}

#[test]
fn a46_nothing_is_written_over() {
    let refused = bucket_statement("DenyOverwrite");
    assert_eq!(
        (&refused["Effect"], &refused["Principal"]),
        (&json!("Deny"), &json!("*"))
    );
    assert_eq!(refused["Action"], "s3:PutObject");
    assert_eq!(
        refused["Resource"],
        json!({"Fn::Sub": "${Bucket.Arn}/uploads/*"})
    );
    assert_eq!(
        refused["Condition"],
        json!({
            "Null": {"s3:if-none-match": "true"},
            "Bool": {"s3:ObjectCreationOperation": "true"},
        })
    );
}

/// The statements of the bucket's policy that are not in the policy for no parameters.
fn more_statements(parameters: &[(&str, &str)]) -> Vec<Value> {
    let of = |parameters| {
        let policy = with(parameters).properties("BucketPolicy");
        policy["PolicyDocument"]["Statement"]
            .as_array()
            .unwrap()
            .clone()
    };
    let usual = of(&[]);
    let mut more: Vec<Value> = of(parameters);
    more.retain(|statement| !usual.contains(statement));
    more
}

#[test]
fn the_bucket_policy_allows_nothing_by_default() {
    let policy = with(&[]).properties("BucketPolicy");
    for statement in list(&policy["PolicyDocument"]["Statement"]) {
        assert_eq!(statement["Effect"], "Deny", "{statement}");
    }
}

#[test]
fn d9_the_exempt_role_alone_may_overwrite() {
    let role = "arn:aws:iam::111122223333:role/restore";
    let mut expected = bucket_statement("DenyOverwrite");
    expected["Condition"]["ArnNotEquals"] = json!({"aws:PrincipalArn": role});
    assert_eq!(more_statements(&[("ExemptRoleArn", role)]), [expected]);
    let pattern = template()["Parameters"]["ExemptRoleArn"]["AllowedPattern"].as_str();
    let pattern = regex_lite::Regex::new(pattern.unwrap()).unwrap();
    for arn in ["", role, "arn:aws:iam::111122223333:role/path/to/a.role+1"] {
        assert!(pattern.is_match(arn), "{arn}");
    }
    for other in [
        "*",
        "arn:aws:iam::111122223333:role/*",
        "arn:aws:iam::111122223333:user/a",
        "restore",
    ] {
        assert!(!pattern.is_match(other), "{other}");
    }
}

#[test]
fn d8_the_named_distribution_alone_may_read_uploads() {
    let distribution = "arn:aws:cloudfront::111122223333:distribution/E1ABC";
    let named = [("DistributionArn", distribution)];
    let expected = json!({
        "Sid": "AllowDistribution", "Effect": "Allow",
        "Principal": {"Service": "cloudfront.amazonaws.com"},
        "Action": "s3:GetObject",
        "Resource": {"Fn::Sub": "${Bucket.Arn}/uploads/*"},
        "Condition": {"StringEquals": {"aws:SourceArn": distribution}},
    });
    assert_eq!(more_statements(&named), [expected]);
    assert!(with(&named).refusals().is_empty());
    let scanned = with(&[named[0], ("ScanUploads", "on")]).refusals().concat();
    assert!(scanned.contains("ScanUploads must be off"), "{scanned}");
}

#[test]
fn the_bucket_is_private_unless_acls_are_asked_for() {
    let bucket = properties("Bucket");
    let unless = json!({"Fn::If": ["PublicAcl", false, true]});
    assert_eq!(
        bucket["PublicAccessBlockConfiguration"],
        json!({
            "BlockPublicAcls": unless,
            "IgnorePublicAcls": unless,
            "BlockPublicPolicy": true,
            "RestrictPublicBuckets": true,
        })
    );
    let ownership = json!({"Fn::If": ["PublicAcl", "ObjectWriter", "BucketOwnerEnforced"]});
    assert_eq!(
        bucket["OwnershipControls"]["Rules"],
        json!([{"ObjectOwnership": ownership}])
    );
    assert_eq!(bucket["AccessControl"], Value::Null);
    assert_eq!(of_type("AWS::S3::Bucket").len(), 1);
}

#[test]
fn a94_objects_are_encrypted_and_unfinished_ones_go_away() {
    let bucket = properties("Bucket");
    let encryption = &bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"];
    assert_eq!(
        encryption[0]["ServerSideEncryptionByDefault"]["SSEAlgorithm"],
        json!({"Fn::If": ["HasKey", "aws:kms", "AES256"]})
    );
    let rules = bucket["LifecycleConfiguration"]["Rules"]
        .as_array()
        .unwrap();
    // Counted from the initiation, so it must exceed the time for which an upload may be in use.
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpu-abort-incomplete-mpu-lifecycle-config.html
    let expected = json!({"DaysAfterInitiation": {"Ref": "AbandonedPartsDays"}});
    let default = |name: &str| template()["Parameters"][name]["Default"].as_u64();
    assert!(default("AbandonedPartsDays") >= default("UnfinishedDays").map(|days| 4 * days));
    assert_eq!(rules[0]["AbortIncompleteMultipartUpload"], expected);
    assert_eq!(rules[0]["Status"], "Enabled");
}

/// Parts of unfinished uploads cost money, so the number of open uploads is limited by default.
#[test]
fn a94_open_uploads_are_limited_by_default() {
    let open = &template()["Parameters"]["MaxOpenUploads"]["Default"];
    assert!(
        open.as_u64()
            .is_some_and(|open| (1..=10_000).contains(&open)),
        "{open}"
    );
    let days = &template()["Parameters"]["UnfinishedDays"]["Default"];
    assert!(
        days.as_u64().is_some_and(|days| (1..=7).contains(&days)),
        "{days}"
    );
}
