//! Versions, the lifecycle, and the role that restores.

use crowfly_contract::{ErrorCode, UploadStatus};
use devkit::aws::{Client, IAM, Key, QueryService, elements};
use devkit::http::{Request, Response, encode};
use devkit::random::random_hex;
use serde_json::json;

use super::{BYTES, account, caller, query, root, stack, stored};
use crate::common::{RECORD_WITHIN, assert_problem};

/// The role of `ExemptRoleArn`.
const RESTORING: &str = "restoring";
const STS: QueryService = ("sts", "2011-06-15");

/// What S3 says of the bucket, such as its `lifecycle`.
#[track_caller]
fn of_bucket(what: &str) -> String {
    let url = format!("{}/{}?{what}", stack().s3, stack().bucket);
    let answer = root().sign("s3", Request::new("GET", url)).send();
    assert_eq!(answer.status, 200, "{what}: {}", answer.text());
    answer.text()
}

#[test]
fn d5_a_deleted_file_is_kept_and_can_be_put_back() {
    let (api, aws) = (caller(), account());
    let record = stored(&api);
    assert!(record.version_id.is_some(), "{record:?}");
    let content = format!("/uploads/{}/content", record.id);
    assert_eq!(api.delete(&content).status, 204);
    api.wait_status(record.id, UploadStatus::Deleted, RECORD_WITHIN);
    assert_problem("content", &api.get(&content), ErrorCode::UploadEnded);
    let key = record.key.to_string();
    assert!(!aws.has_object(&key));
    let listed = of_bucket(&format!("prefix={}&versions=", encode(&key)));
    assert_eq!(elements(&listed, "Version").len(), 1, "{listed}");
    let marker = elements(&elements(&listed, "DeleteMarker").concat(), "VersionId").concat();
    let url = format!("{}?versionId={}", aws.object_url(&key), encode(&marker));
    let removed = root().sign("s3", Request::new("DELETE", url)).send();
    assert_eq!(removed.status, 204, "{}", removed.text());
    let back = api.wait_status(record.id, UploadStatus::Stored, RECORD_WITHIN);
    assert_eq!((back.key, back.verified), (record.key, true));
}

#[test]
fn d8_the_bucket_has_the_lifecycle_of_the_parameters() {
    let rules = elements(&of_bucket("lifecycle="), "Rule");
    let rule = |id: &str| {
        let tag = format!("<ID>{id}</ID>");
        let found = rules.iter().find(|rule| rule.contains(&tag));
        found.unwrap_or_else(|| panic!("no {id} in {rules:?}"))
    };
    assert_eq!(rules.len(), 4, "{rules:?}");
    assert!(rule("AbortUnfinished").contains("<DaysAfterInitiation>30</DaysAfterInitiation>"));
    assert!(rule("ForgetDeleted").contains("<NoncurrentDays>7</NoncurrentDays>"));
    assert!(rule("ExpireUploads").contains("<Days>90</Days>"));
    let moves = rule("MoveToIa");
    assert!(
        moves.contains("<Days>30</Days>") && moves.contains("STANDARD_IA"),
        "{moves}"
    );
    for id in ["ExpireUploads", "MoveToIa"] {
        assert!(rule(id).contains("<Prefix>uploads/</Prefix>"), "{id}");
    }
}

/// A PUT without `If-None-Match`, signed by the temporary key of a role.
#[track_caller]
fn overwrite(role: &str, key: &str) -> Response {
    let trust = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::000000000000:root"}, "Action": "sts:AssumeRole"}]});
    let rights = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": ["s3:PutObject", "kms:GenerateDataKey"], "Resource": "*"}]});
    let made = query(
        IAM,
        "CreateRole",
        &[
            ("RoleName", role),
            ("AssumeRolePolicyDocument", &trust.to_string()),
        ],
    );
    let policy = [
        ("RoleName", role),
        ("PolicyName", "own"),
        ("PolicyDocument", &rights.to_string()),
    ];
    query(IAM, "PutRolePolicy", &policy);
    let arn = elements(&made, "Arn").concat();
    let session = query(
        STS,
        "AssumeRole",
        &[("RoleArn", &arn), ("RoleSessionName", "test")],
    );
    let element = |tag: &str| elements(&session, tag).concat();
    let assumed = Client {
        key: Key {
            id: element("AccessKeyId"),
            secret: element("SecretAccessKey"),
        },
        ..root()
    };
    let request = Request::new("PUT", account().object_url(key))
        .header("content-type", "text/plain")
        .header("x-amz-security-token", element("SessionToken"))
        .body(b"restored".as_slice());
    assumed.sign("s3", request).send()
}

#[test]
fn d9_the_exempt_role_overwrites_and_no_other_does() {
    let (api, aws) = (caller(), account());
    let record = stored(&api);
    let key = record.key.to_string();
    let other = overwrite(&format!("other-{}", random_hex(4)), &key);
    assert_eq!(other.status, 403, "{}", other.text());
    assert_eq!(aws.get_object(&key).body, BYTES);
    let exempt = overwrite(RESTORING, &key);
    assert_eq!(exempt.status, 200, "{}", exempt.text());
    assert_eq!(aws.get_object(&key).body, b"restored");
}
