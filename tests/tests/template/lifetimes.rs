//! Versions, and the lifecycle of stored files.

use serde_json::{Value, json};

use crate::document::template;
use crate::resolve::with;

/// The lifecycle rules besides the one for unfinished uploads.
fn rules(parameters: &[(&str, &str)]) -> Vec<Value> {
    let bucket = with(parameters).properties("Bucket");
    let mut rules = bucket["LifecycleConfiguration"]["Rules"]
        .as_array()
        .unwrap()
        .clone();
    let first = rules.remove(0);
    assert_eq!(first["Id"], "AbortUnfinished");
    rules
}

#[test]
fn by_default_no_rule_deletes_or_moves_an_upload_and_there_are_no_versions() {
    assert!(rules(&[]).is_empty());
    let bucket = with(&[]).properties("Bucket");
    assert_eq!(bucket["VersioningConfiguration"], Value::Null);
}

#[test]
fn d5_with_versions_a_deleted_file_is_kept_for_a_time() {
    let on = [("Versioning", "on"), ("NoncurrentDays", "7")];
    let bucket = with(&on).properties("Bucket");
    assert_eq!(
        bucket["VersioningConfiguration"],
        json!({"Status": "Enabled"})
    );
    let expected = json!({
        "Id": "ForgetDeleted", "Status": "Enabled", "ExpiredObjectDeleteMarker": true,
        "NoncurrentVersionExpiration": {"NoncurrentDays": "7"},
    });
    assert_eq!(rules(&on), [expected]);
    assert!(
        rules(&[("NoncurrentDays", "7")]).is_empty(),
        "without versions it does nothing"
    );
}

#[test]
fn d8_stored_files_expire_when_asked_for() {
    let expected = json!({
        "Id": "ExpireUploads", "Status": "Enabled", "Prefix": "uploads/", "ExpirationInDays": "90",
    });
    assert_eq!(rules(&[("ExpireAfterDays", "90")]), [expected]);
    assert!(rules(&[("ExpireAfterDays", "0")]).is_empty());
}

#[test]
fn d8_stored_files_move_to_the_cheaper_class_when_asked_for() {
    let expected = json!({
        "Id": "MoveToIa", "Status": "Enabled", "Prefix": "uploads/",
        "Transitions": [{"StorageClass": "STANDARD_IA", "TransitionInDays": "30"}],
    });
    assert_eq!(rules(&[("TransitionToIaDays", "30")]), [expected]);
    assert!(rules(&[("TransitionToIaDays", "0")]).is_empty());
}

/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html>
#[test]
fn standard_ia_takes_nothing_younger_than_thirty_days() {
    let pattern = template()["Parameters"]["TransitionToIaDays"]["AllowedPattern"].as_str();
    let pattern = regex_lite::Regex::new(pattern.unwrap()).unwrap();
    for days in ["0", "30", "99", "100", "3650"] {
        assert!(pattern.is_match(days), "{days}");
    }
    for days in ["", "1", "29", "-30", "030", "30.5", "10000"] {
        assert!(!pattern.is_match(days), "{days}");
    }
}
