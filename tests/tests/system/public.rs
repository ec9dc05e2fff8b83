//! Public objects, where the deployment allows them.

use crowfly_contract::UploadStatus;
use devkit::http::Request;
use e2e::api::item;
use serde_json::json;

use crate::common::{RECORD_WITHIN, account, new_caller, storage_error};
use crate::parts::{Parts, bytes, create_item};

#[test]
fn a_public_object_is_readable_without_credentials_and_only_as_a_download() {
    let api = new_caller();
    let bytes = b"for everybody";
    let mut create_item = item("open \"house\".txt", "text/plain", bytes);
    create_item["visibility"] = json!("public");
    let upload = api.create_one(&create_item);
    let sent: Vec<&str> = upload.put.headers.keys().map(String::as_str).collect();
    let expected = [
        "content-disposition",
        "content-type",
        "if-none-match",
        "x-amz-acl",
        "x-amz-checksum-crc64nvme",
    ];
    assert_eq!(sent, expected);
    let acl = upload.put.headers.get("x-amz-acl");
    assert_eq!(acl.map(String::as_str), Some("public-read"));

    // Without the signed ACL header the URL is refused, and with it it works once.
    let mut private = upload.put(bytes);
    private.headers.retain(|(name, _)| name != "x-amz-acl");
    let refused = private.send();
    assert_eq!(
        refused.status,
        403,
        "{}",
        storage_error("without the ACL", &refused)
    );
    let answer = upload.put(bytes).send();
    assert_eq!(answer.status, 200, "{}", answer.text());

    let record = api.wait_status(upload.id, UploadStatus::Stored, RECORD_WITHIN);
    assert!(record.verified);
    let url = record.url.expect("its address");
    let got = Request::new("GET", url.as_str()).send();
    assert_eq!((got.status, got.body.as_slice()), (200, &bytes[..]));
    let disposition = got.header("content-disposition").unwrap_or_default();
    assert!(disposition.starts_with("attachment"), "{disposition}");

    let content = api.get(&format!("/uploads/{}/content", upload.id)).json();
    assert_eq!(
        content,
        json!({"url": url}),
        "an address that needs no signature has no end"
    );
    for method in ["PUT", "DELETE"] {
        let answer = Request::new(method, url.as_str()).body("x").send();
        assert_eq!(answer.status, 403, "{method}");
    }
}

#[test]
fn a_private_object_in_the_same_bucket_stays_private() {
    let api = new_caller();
    let record = api.upload(&item("a.txt", "text/plain", b"mine"), b"mine");
    let url = account().object_url(&record.key.to_string());
    assert_eq!(Request::new("GET", url).send().status, 403);
}

/// S3 keeps the download name in a header and limits user metadata to 2 KB:
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html>.
#[test]
fn a84_a_public_object_may_have_the_longest_name_in_any_script() {
    let api = new_caller();
    for letter in ["한", "😀", "ä"] {
        let name = format!("{}.txt", letter.repeat(251));
        let mut public = item(&name, "text/plain", b"x");
        public["visibility"] = json!("public");
        let answer = api.create_one(&public).put(b"x").send();
        assert_eq!(answer.status, 200, "{letter}: {}", answer.text());
    }
    let mut public = create_item();
    public["name"] = json!(format!("{}.webm", "한".repeat(250)));
    public["visibility"] = json!("public");
    let parts = Parts::begin(api, public);
    parts.send(&bytes(), 1..=3);
    let answer = parts.complete(&json!({}));
    assert_eq!(answer.status, 200, "{}", answer.text());
    let got = account().get_object(&parts.key.to_string());
    let disposition = got.header("content-disposition").unwrap_or_default();
    assert!(disposition.ends_with("%ED%95%9C.webm"), "{disposition}");
}
