//! S3 Transfer Acceleration.

use serde_json::{Value, json};

use crate::document::template;
use crate::resolve::with;

#[test]
fn the_bucket_is_accelerated_when_asked_for() {
    let accelerated = |parameters: &[(&str, &str)]| {
        with(parameters).properties("Bucket")["AccelerateConfiguration"].clone()
    };
    assert_eq!(accelerated(&[]), Value::Null);
    let on = [("TransferAcceleration", "on")];
    assert_eq!(accelerated(&on), json!({"AccelerationStatus": "Enabled"}));
    let variables = &template()["Globals"]["Function"]["Environment"]["Variables"];
    let variable = &variables["TRANSFER_ACCELERATION"];
    assert_eq!(with(&on).value(variable), Some(json!("on")));
    assert_eq!(with(&[]).value(variable), Some(json!("off")));
}

/// The name is a label of the accelerated host, so it must have no dots:
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/transfer-acceleration.html>.
#[test]
fn the_buckets_name_has_no_dots() {
    let name = with(&[]).properties("Bucket")["BucketName"]["Fn::Sub"][0].clone();
    assert_eq!(name, "crowfly-${Id}");
}
