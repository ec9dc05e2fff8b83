//! The host names that files are sent to.

use serde_json::json;

use crate::document::template;
use crate::resolve::with;

#[test]
fn the_functions_know_how_many_host_names_there_are() {
    let variables = &template()["Globals"]["Function"]["Environment"]["Variables"];
    let variable = &variables["UPLOAD_HOSTS"];
    assert_eq!(with(&[]).value(variable), Some(json!("one")));
    let two = [("UploadHosts", "two")];
    assert_eq!(with(&two).value(variable), Some(json!("two")));
}

/// A name with dots is no label of the certificate's host
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html>), and its own policy names no host that
/// the other name would miss.
#[test]
fn the_bucket_answers_by_every_host_name_alike() {
    let two = with(&[("UploadHosts", "two")]);
    let name = two.properties("Bucket")["BucketName"]["Fn::Sub"][0].clone();
    assert_eq!(name, "crowfly-${Id}");
    let policy = two.properties("BucketPolicy")["PolicyDocument"].to_string();
    for condition in [
        "aws:Referer",
        "s3:authType",
        "aws:SourceVpce",
        "amazonaws.com",
    ] {
        assert!(!policy.contains(condition), "{condition}: {policy}");
    }
}
