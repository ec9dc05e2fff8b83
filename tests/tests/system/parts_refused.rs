//! A part's URL allows one exact part; invalid input to the routes of parts; other owners' uploads.

use crowfly_contract::{ErrorCode, Grant};
use devkit::env::Env;
use devkit::http::{Framing, Request, Response};
use e2e::api::{crc64nvme, item};
use serde_json::{Value, json};

use crate::common::{account, assert_problem, new_caller, oidc, storage_error};
use crate::parts::{Parts, bytes, create_item, put};

/// The last part of the upload.
const LAST: &[u8] = b"12345";

/// A parameter of a URL's query, undecoded.
fn field<'a>(url: &'a str, name: &str) -> &'a str {
    let (_, rest) = url.split_once(&format!("{name}=")).unwrap_or_default();
    rest.split('&').next().unwrap_or_default()
}

/// Sends this changed request for the last part; storage must refuse it and keep nothing.
#[track_caller]
fn refused(parts: &Parts, case: &str, statuses: &[u16], request: &Request) -> Response {
    let answer = request.send();
    let code = storage_error(case, &answer);
    assert!(
        statuses.contains(&answer.status),
        "{case}: {} {code}",
        answer.status
    );
    assert_eq!(parts.listed().parts, [], "{case}: something was kept");
    answer
}

#[test]
fn a40_the_url_of_a_part_is_for_that_part() {
    let (parts, other) = (
        Parts::begin(new_caller(), create_item()),
        Parts::begin(new_caller(), create_item()),
    );
    let free = parts.sign(3, None);
    let foreign = other.sign(3, None);
    let upload_id = |grant: &Grant| field(&grant.url, "uploadId").to_owned();
    let changes = [
        ("partNumber=3", "partNumber=2".to_owned()),
        ("X-Amz-Expires=300", "X-Amz-Expires=900".into()),
        ("X-Amz-Date=20", "X-Amz-Date=21".into()),
        ("/uploads/", "/elsewhere/".into()),
        (&upload_id(&free), upload_id(&foreign)),
        (&parts.key.to_string(), other.key.to_string()),
        (&oidc().bucket, Env::stack("main").bucket.clone()),
    ];
    for (from, to) in changes {
        let mut request = put(&free, LAST);
        assert!(request.url.contains(from), "{from}");
        request.url = request.url.replace(from, &to);
        refused(&parts, from, &[400, 403, 404], &request);
        assert_eq!(other.listed().parts, [], "{from}: kept with the other");
    }
    let mut bare = put(&free, LAST);
    bare.url = bare.url.split('?').next().unwrap_or_default().into();
    refused(&parts, "no signature", &[403], &bare);
    assert_eq!(put(&free, LAST).send().status, 200, "the unspoiled one");
}

#[test]
fn a41_the_url_of_a_part_is_for_put() {
    let parts = Parts::begin(new_caller(), create_item());
    let free = parts.sign(3, None);
    for method in ["GET", "HEAD", "DELETE", "POST"] {
        let request = Request::new(method, free.url.as_str());
        refused(&parts, method, &[403], &request);
    }
    assert_eq!(parts.open(), 1, "the upload is still there");
}

#[test]
fn a42_a43_a_part_of_another_length_or_of_none() {
    let parts = Parts::begin(new_caller(), create_item());
    let free = parts.sign(3, None);
    let longer = [LAST, b"!"].concat();
    let chunked = put(&free, LAST).framing(Framing::Chunked);
    refused(&parts, "longer", &[400, 403], &put(&free, &longer));
    refused(&parts, "shorter", &[400, 403], &put(&free, &LAST[..4]));
    refused(&parts, "empty", &[400, 403], &put(&free, b""));
    refused(&parts, "chunked", &[403, 411, 501], &chunked);
}

#[test]
fn a45_a46_a49_a_part_with_other_headers_or_bytes() {
    let parts = Parts::begin(new_caller(), create_item());
    let crc = crc64nvme(LAST);
    let (checked, free) = (parts.sign(3, Some(crc)), parts.sign(3, None));
    let answer = refused(&parts, "other bytes", &[400], &put(&checked, b"54321"));
    let code = storage_error("other bytes", &answer);
    assert!(
        matches!(code.as_str(), "BadDigest" | "XAmzContentChecksumMismatch"),
        "{code}"
    );
    let mut silent = put(&checked, LAST);
    silent.headers.clear();
    refused(&parts, "no checksum", &[400, 403], &silent);
    for (name, value) in [
        ("x-amz-checksum-crc64nvme", crc.to_string().as_str()),
        ("x-amz-acl", "public-read"),
        ("x-amz-tagging", "a=b"),
        ("x-amz-meta-a", "b"),
        ("x-amz-website-redirect-location", "https://evil.example"),
        ("x-amz-storage-class", "GLACIER"),
        ("x-amz-server-side-encryption-customer-algorithm", "AES256"),
    ] {
        refused(&parts, name, &[403], &put(&free, LAST).header(name, value));
    }
    assert_eq!(put(&checked, LAST).send().status, 200, "the unspoiled one");
    assert_eq!(parts.listed().parts.len(), 1);
}

#[test]
fn a33_a63_wrong_input_to_the_routes_of_parts() {
    use ErrorCode::{InvalidBatch, InvalidChecksum, InvalidJson, InvalidPart, UnknownField};
    let parts = Parts::begin(new_caller(), create_item());
    let numbers = |from: i64, to: i64| -> Vec<Value> {
        (from..=to)
            .map(|number| json!({"number": number}))
            .collect()
    };
    for (case, body, code) in [
        ("none", json!({"parts": []}), InvalidBatch),
        ("101", json!({"parts": numbers(1, 101)}), InvalidBatch),
        ("1,000", json!({"parts": numbers(1, 1000)}), InvalidBatch),
        ("10,001", json!({"parts": numbers(1, 10_001)}), InvalidBatch),
        ("part 0", json!({"parts": numbers(0, 0)}), InvalidPart),
        ("part -1", json!({"parts": numbers(-1, -1)}), InvalidPart),
        (
            "behind the last",
            json!({"parts": numbers(3, 4)}),
            InvalidPart,
        ),
        (
            "part 10,001",
            json!({"parts": numbers(10_001, 10_001)}),
            InvalidPart,
        ),
        (
            "twice",
            json!({"parts": [{"number": 1}, {"number": 1}]}),
            InvalidPart,
        ),
        ("a text", json!({"parts": [{"number": "1"}]}), InvalidPart),
        (
            "a fraction",
            json!({"parts": [{"number": 1.5}]}),
            InvalidPart,
        ),
        ("no number", json!({"parts": [{}]}), InvalidPart),
        ("not a part", json!({"parts": [1]}), InvalidJson),
        ("no list", json!({}), InvalidJson),
        (
            "a checksum",
            json!({"parts": [{"number": 1, "crc64nvme": "x"}]}),
            InvalidChecksum,
        ),
        (
            "another key",
            json!({"parts": [{"number": 1, "key": "x"}]}),
            UnknownField,
        ),
        (
            "another upload",
            json!({"parts": [{"number": 1}], "uploadId": "x"}),
            UnknownField,
        ),
    ] {
        assert_problem(case, &parts.api.post(&parts.path("/parts"), &body), code);
    }
    let text = parts.api.request("POST", &parts.path("/parts")).body("{}");
    let text = text.header("content-type", "text/plain").send();
    assert_problem("not JSON", &text, ErrorCode::UnsupportedMediaType);
    let all = parts
        .api
        .post(&parts.path("/parts"), &json!({"parts": numbers(1, 3)}));
    assert_eq!(all.status, 200, "{}", all.text());
}

#[test]
fn an_upload_in_one_put_has_no_parts() {
    let api = new_caller();
    let upload = api.create_one(&item("a.txt", "text/plain", b"x"));
    let path = format!("/uploads/{}/parts", upload.id);
    let sign = api.post(&path, &json!({"parts": [{"number": 1}]}));
    assert_problem("sign", &sign, ErrorCode::InvalidPart);
    assert_problem("list", &api.get(&path), ErrorCode::InvalidPart);
}

#[test]
fn a_public_object_in_parts_is_a_public_download() {
    let mut public = create_item();
    public["visibility"] = json!("public");
    let bytes = bytes();
    let parts = Parts::begin(new_caller(), public);
    parts.send(&bytes, 1..=3);
    assert_eq!(parts.complete(&json!({})).status, 200);
    let url = account().object_url(&parts.key.to_string());
    let got = Request::new("GET", url).send();
    assert!(got.status == 200 && got.body == bytes, "{}", got.status);
    let disposition = got.header("content-disposition").unwrap_or_default();
    assert!(disposition.starts_with("attachment; "), "{disposition}");
    assert_eq!(got.header("content-type"), Some("video/webm"));
}

#[test]
fn storage_never_speaks_through_an_answer() {
    let parts = Parts::begin(new_caller(), create_item());
    account().abort_multiparts(&parts.key.to_string());
    for answer in [
        parts.api.get(&parts.path("/parts")),
        parts.complete(&json!({"crc64nvme": crc64nvme(b"")})),
    ] {
        let text = answer.text();
        for word in ["<", "NoSuchUpload", "UploadId", "RequestId>", "HostId"] {
            assert!(!text.contains(word), "{word} in {text}");
        }
    }
}
