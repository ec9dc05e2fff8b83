//! S3's rules that stand-ins lack.

use e2e::http::Response;
use serde_json::json;

use crate::common::{LARGE, ORIGIN, Stand, bytes, readable, stand};

fn code(answer: &Response) -> (u16, String) {
    let text = answer.text();
    let code = text
        .split("<Code>")
        .nth(1)
        .and_then(|rest| rest.split('<').next());
    (answer.status, code.unwrap_or_default().to_owned())
}

fn refused(status: u16, name: &str) -> (u16, String) {
    (status, name.to_owned())
}

#[test]
fn a_header_of_amazons_that_is_sent_must_be_signed() {
    let stand = stand();
    let grant = stand.single(3);
    let send = || {
        stand
            .put(&grant, b"abc")
            .header("X-Amz-Acl", "public-read")
            .send()
    };
    let answer = send();
    assert_eq!(code(&answer), refused(403, "AccessDenied"));
    assert!(
        answer
            .text()
            .contains("<HeadersNotSigned>x-amz-acl</HeadersNotSigned>")
    );
    assert!(readable(&answer));
    assert_eq!(stand.only().fault.as_deref(), Some("s3Rule"));
    stand.proxy.s3_rules(false);
    assert_eq!(send().status, 200);
}

#[test]
fn a_header_of_amazons_that_is_signed_passes() {
    let stand = stand();
    let (id, plan) = stand.create(1, LARGE);
    let size = plan["partSize"].as_u64().expect("a part size");
    let part = bytes(size);
    let grant = stand.sign(id, &[(1, crate::common::crc(&part))]).remove(0);
    assert_eq!(
        grant["headers"].as_object().map(|names| names.len()),
        Some(1)
    );
    assert_eq!(stand.put(&grant, &part).send().status, 200);
}

#[test]
fn a_key_has_at_most_1024_bytes_however_it_is_written() {
    let stand = stand();
    let status = |key: &str| {
        let url = stand.url(&format!("/bucket/{key}?X-Amz-Signature=0"));
        code(&stand.request("PUT", &url).send())
    };
    let long = refused(400, "KeyTooLongError");
    assert_eq!(status(&"k".repeat(1025)), long);
    assert_eq!(status(&"%C3%A9".repeat(513)), long);
    assert_ne!(status(&"k".repeat(1024)), long);
    assert_ne!(status(&"%C3%A9".repeat(512)), long);
}

/// A list of parts as CompleteMultipartUpload has it.
fn complete(stand: &Stand, host: &str, numbers: &[u32]) -> (u16, String) {
    let parts: String = numbers
        .iter()
        .map(|number| format!("<Part><PartNumber>{number}</PartNumber><ETag>\"e\"</ETag></Part>"))
        .collect();
    let xml = format!("<CompleteMultipartUpload>{parts}</CompleteMultipartUpload>");
    let url = format!("http://{host}/raw/a?uploadId=u");
    code(
        &stand
            .request("POST", &url)
            .header("origin", ORIGIN)
            .body(xml)
            .send(),
    )
}

#[test]
fn parts_are_listed_in_ascending_order() {
    let stand = stand();
    let host = stand.sink.address().to_string();
    let disorder = refused(400, "InvalidPartOrder");
    assert_eq!(complete(&stand, &host, &[2, 1]), disorder);
    assert_eq!(complete(&stand, &host, &[1, 1]), disorder);
    let passed = complete(&stand, &host, &[1, 2, 3]);
    assert_eq!(passed.0, 404, "the sink's own answer: {passed:?}");
    stand.proxy.s3_rules(false);
    assert_eq!(complete(&stand, &host, &[2, 1]), passed);
}

#[test]
fn every_part_but_the_last_has_5_mib() {
    let stand = stand();
    let host = stand.sink.address().to_string();
    let send = |part: u32, size: u64| {
        let url = stand.url(&format!("/raw/a?partNumber={part}&uploadId=u"));
        let answer = stand.request("PUT", &url).body(bytes(size)).send();
        assert_eq!(answer.status, 200);
    };
    const LEAST: u64 = 5 * 1024 * 1024;
    send(1, LEAST);
    send(2, LEAST - 1);
    send(3, 1);
    let small = refused(400, "EntityTooSmall");
    assert_eq!(complete(&stand, &host, &[1, 2, 3]), small);
    assert_ne!(complete(&stand, &host, &[1, 2]), small);
    send(2, LEAST);
    assert_ne!(complete(&stand, &host, &[1, 2, 3]), small);
}

#[test]
fn a_body_without_a_length_is_refused() {
    let stand = stand();
    let answer = stand
        .request("PUT", &stand.url("/raw/a"))
        .body("abc")
        .framing(e2e::http::Framing::Chunked)
        .send();
    assert_eq!(code(&answer), refused(411, "MissingContentLength"));
    assert_eq!(json!(stand.proxy.log().requests), json!([]));
}
