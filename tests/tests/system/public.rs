//! Objects that everybody may read, where the deployment allows them.

use crowfly_contract::UploadStatus;
use e2e::api::item;
use e2e::http::Request;
use serde_json::json;

use crate::common::{RECORD_WITHIN, account, somebody, storage_error};
use crate::parts::{Parts, bytes, wish};

#[test]
fn a_public_object_is_readable_without_credentials_and_only_as_a_download() {
    let api = somebody();
    let bytes = b"for everybody";
    let mut wish = item("open \"house\".txt", "text/plain", bytes);
    wish["visibility"] = json!("public");
    let leave = api.leave(&wish);
    let sent: Vec<&str> = leave.put.headers.keys().map(String::as_str).collect();
    let expected = [
        "content-disposition",
        "content-type",
        "if-none-match",
        "x-amz-acl",
        "x-amz-checksum-crc64nvme",
    ];
    assert_eq!(sent, expected);
    let acl = leave.put.headers.get("x-amz-acl");
    assert_eq!(acl.map(String::as_str), Some("public-read"));

    // Without the signed ACL the URL is worth nothing, and with it only once.
    let mut private = leave.put(bytes);
    private.headers.retain(|(name, _)| name != "x-amz-acl");
    let refused = private.send();
    assert_eq!(
        refused.status,
        403,
        "{}",
        storage_error("without the ACL", &refused)
    );
    let answer = leave.put(bytes).send();
    assert_eq!(answer.status, 200, "{}", answer.text());

    let record = api.wait_status(leave.id, UploadStatus::Stored, RECORD_WITHIN);
    assert!(record.verified);
    let url = record.url.expect("its address");
    let got = Request::new("GET", url.as_str()).send();
    assert_eq!((got.status, got.body.as_slice()), (200, &bytes[..]));
    let disposition = got.header("content-disposition").unwrap_or_default();
    assert!(disposition.starts_with("attachment"), "{disposition}");

    let content = api.get(&format!("/uploads/{}/content", leave.id)).json();
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
    let api = somebody();
    let record = api.upload(&item("a.txt", "text/plain", b"mine"), b"mine");
    let url = account().object_url(&record.key.to_string());
    assert_eq!(Request::new("GET", url).send().status, 403);
}

/// S3 keeps the name for downloads in a header, and takes 2,048 bytes of such headers.
#[test]
fn a84_a_public_object_may_have_the_longest_name_in_any_script() {
    let api = somebody();
    for letter in ["한", "😀", "ä"] {
        let name = format!("{}.txt", letter.repeat(251));
        let mut public = item(&name, "text/plain", b"x");
        public["visibility"] = json!("public");
        let answer = api.leave(&public).put(b"x").send();
        assert_eq!(answer.status, 200, "{letter}: {}", answer.text());
    }
    let mut public = wish();
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
