//! Media types as `POST /uploads` takes and refuses them: A28 and A29.

use crowfly_contract::ErrorCode::{InvalidType, TypeNotAllowed};
use serde_json::json;

use crate::common::somebody;
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
        "application/rss+xml",
        "multipart/related",
    ];
    // Not run by a browser, but not among the types that this stack takes.
    let off = ["application/pdf", "font/woff2", "text/csv"];
    let cases = active.into_iter().chain(off);
    all_refused(
        cases
            .map(|kind| (with("type", json!(kind)), TypeNotAllowed))
            .collect(),
    );
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
        somebody().create(&with("type", json!("video/webm"))).status,
        201
    );
}
