//! Media types that `POST /uploads` accepts and refuses: A28 and A29.

use crowfly_contract::ErrorCode::{InvalidType, TypeNotAllowed};
use crowfly_contract::UploadStatus;
use e2e::api::item;
use serde_json::json;

use crate::common::{RECORD_WITHIN, new_caller};
use crate::errors_create::{all_refused, with, without};

#[test]
fn a28_types_that_a_browser_would_run() {
    let active = [
        "text/html",
        "image/svg+xml",
        "application/xhtml+xml",
        "text/xml",
        "application/xml",
        "application/javascript",
        "text/javascript",
        "application/mathml+xml",
        "application/xslt+xml",
        "image/svg",
        "application/x-javascript",
        "multipart/related",
    ];
    // Harmless to a browser, but not in this stack's `AllowedTypes`.
    let off = [
        "application/x-msdownload",
        "application/java-archive",
        "application/vnd.android.package-archive",
    ];
    let cases = active.into_iter().chain(off);
    all_refused(
        cases
            .map(|kind| (with("type", json!(kind)), TypeNotAllowed))
            .collect(),
    );
}

#[test]
fn u3_a_type_is_taken_under_every_name_that_it_has() {
    let api = new_caller();
    for (reported, standard) in [
        ("image/jpg", "image/jpeg"),
        ("audio/x-wav", "audio/wav"),
        ("audio/x-m4a", "audio/mp4"),
        ("video/avi", "video/x-msvideo"),
        ("application/x-zip-compressed", "application/zip"),
        ("application/x-gzip", "application/gzip"),
        ("application/x-rar", "application/vnd.rar"),
        ("application/csv", "text/csv"),
        ("application/x-pdf", "application/pdf"),
        ("application/font-woff", "font/woff"),
        ("binary/octet-stream", "application/octet-stream"),
    ] {
        let mut create_item = item("a.file", reported, b"x");
        let upload = api.create_one(&create_item);
        let signed = upload.put.headers.get("content-type");
        assert_eq!(signed.map(String::as_str), Some(standard), "{reported}");
        // An alias of the type is the same type.
        create_item["type"] = json!(standard);
        assert_eq!(api.create(&create_item).status, 200, "{reported}");
        assert_eq!(upload.put(b"x").send().status, 200, "{reported}");
        let record = api.wait_status(upload.id, UploadStatus::Stored, RECORD_WITHIN);
        assert_eq!(
            (record.media_type.as_str(), record.verified),
            (standard, true)
        );
    }
}

#[test]
fn a29_what_is_no_plain_type() {
    let mut cases = vec![
        (without("type"), InvalidType),
        (with("type", json!(null)), InvalidType),
        (with("type", json!(7)), InvalidType),
        (with("type", json!(["video/webm"])), InvalidType),
    ];
    let kilobyte = format!("video/{}", "x".repeat(1018));
    for bad in [
        "video/webm\r\nx-amz-acl: public-read",
        "video/webm\nx",
        "video/webm;charset=x\"",
        "video/webm;codecs=vp9",
        &kilobyte,
        "VIDEO/WEBM",
        "Video/webm",
        "video/webm, text/html",
        "video/webm text/html",
        "video/webm\0",
        "",
        "text",
        "text/",
        "/plain",
        "text//plain",
        "text/ plain",
        "*/*",
        "한/글",
    ] {
        cases.push((with("type", json!(bad)), InvalidType));
    }
    all_refused(cases);
    assert_eq!(
        new_caller()
            .create(&with("type", json!("video/webm")))
            .status,
        201
    );
}
