//! S3's rules that its local emulators lack.

use devkit::http::Response;
use serde_json::json;

use crate::common::{LARGE, ORIGIN, Setup, bytes, readable, setup};

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
    let setup = setup();
    let grant = setup.single(3);
    let send = || {
        setup
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
    assert_eq!(setup.only().fault.as_deref(), Some("s3Rule"));
    setup.proxy.s3_rules(false);
    assert_eq!(send().status, 200);
}

#[test]
fn a_header_of_amazons_that_is_signed_passes() {
    let setup = setup();
    let (id, plan) = setup.create(1, LARGE);
    let size = plan["partSize"].as_u64().expect("a part size");
    let part = bytes(size);
    let grant = setup.sign(id, &[(1, crate::common::crc(&part))]).remove(0);
    assert_eq!(
        grant["headers"].as_object().map(|names| names.len()),
        Some(1)
    );
    assert_eq!(setup.put(&grant, &part).send().status, 200);
}

#[test]
fn a_key_has_at_most_1024_bytes_however_it_is_written() {
    let setup = setup();
    let status = |key: &str| {
        let url = setup.url(&format!("/bucket/{key}?X-Amz-Signature=0"));
        code(&setup.request("PUT", &url).send())
    };
    let long = refused(400, "KeyTooLongError");
    assert_eq!(status(&"k".repeat(1025)), long);
    assert_eq!(status(&"%C3%A9".repeat(513)), long);
    assert_ne!(status(&"k".repeat(1024)), long);
    assert_ne!(status(&"%C3%A9".repeat(512)), long);
}

/// A list of parts as CompleteMultipartUpload has it.
fn complete(setup: &Setup, host: &str, numbers: &[u32]) -> (u16, String) {
    let parts: String = numbers
        .iter()
        .map(|number| format!("<Part><PartNumber>{number}</PartNumber><ETag>\"e\"</ETag></Part>"))
        .collect();
    let xml = format!("<CompleteMultipartUpload>{parts}</CompleteMultipartUpload>");
    let url = format!("http://{host}/raw/a?uploadId=u");
    code(
        &setup
            .request("POST", &url)
            .header("origin", ORIGIN)
            .body(xml)
            .send(),
    )
}

#[test]
fn parts_are_listed_in_ascending_order() {
    let setup = setup();
    let host = setup.sink.address().to_string();
    let disorder = refused(400, "InvalidPartOrder");
    assert_eq!(complete(&setup, &host, &[2, 1]), disorder);
    assert_eq!(complete(&setup, &host, &[1, 1]), disorder);
    let passed = complete(&setup, &host, &[1, 2, 3]);
    assert_eq!(passed.0, 200, "the sink's own answer: {passed:?}");
    setup.proxy.s3_rules(false);
    assert_eq!(complete(&setup, &host, &[2, 1]), passed);
}

#[test]
fn every_part_but_the_last_has_5_mib() {
    let setup = setup();
    let host = setup.sink.address().to_string();
    let send = |part: u32, size: u64| {
        let url = setup.url(&format!("/raw/a?partNumber={part}&uploadId=u"));
        let answer = setup.request("PUT", &url).body(bytes(size)).send();
        assert_eq!(answer.status, 200);
    };
    const LEAST: u64 = 5 * 1024 * 1024;
    send(1, LEAST);
    send(2, LEAST - 1);
    send(3, 1);
    let small = refused(400, "EntityTooSmall");
    assert_eq!(complete(&setup, &host, &[1, 2, 3]), small);
    assert_ne!(complete(&setup, &host, &[1, 2]), small);
    send(2, LEAST);
    assert_ne!(complete(&setup, &host, &[1, 2, 3]), small);
}

#[test]
fn a_body_without_a_length_is_refused() {
    let setup = setup();
    let answer = setup
        .request("PUT", &setup.url("/raw/a"))
        .body("abc")
        .framing(devkit::http::Framing::Chunked)
        .send();
    assert_eq!(code(&answer), refused(411, "MissingContentLength"));
    assert_eq!(json!(setup.proxy.log().requests), json!([]));
}
