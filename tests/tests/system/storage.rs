//! A presigned URL allows one exact upload, once, for minutes: storage refuses everything else.

use devkit::http::{Framing, Request, Response, Url, encode};
use e2e::api::{CreatedUpload, item};

use crate::common::{account, new_caller, storage_error};

const BYTES: &[u8] = b"exactly these bytes";

fn new_upload() -> CreatedUpload {
    new_caller().create_one(&item("a.txt", "text/plain", BYTES))
}

/// Replaces the value of a query parameter.
fn with_query(url: &str, name: &str, change: impl Fn(&str) -> String) -> String {
    let mut url = Url::parse(url).expect("an absolute URL");
    assert!(
        url.query.contains(&format!("{name}=")),
        "{name} is in the URL"
    );
    let fields = url
        .query
        .split('&')
        .map(|field| match field.split_once('=') {
            Some((known, value)) if known == name => format!("{name}={}", change(value)),
            _ => field.to_owned(),
        });
    url.query = fields.collect::<Vec<_>>().join("&");
    url.text()
}

/// Sends a changed request with a fresh grant, and checks that it is refused and that nothing is stored.
#[track_caller]
fn refused(case: &str, statuses: &[u16], spoil: impl Fn(&CreatedUpload) -> Request) -> Response {
    let upload = new_upload();
    let answer = spoil(&upload).send();
    let code = storage_error(case, &answer);
    assert!(
        statuses.contains(&answer.status),
        "{case}: {} {code}",
        answer.status
    );
    assert!(
        !account().has_object(&upload.key.to_string()),
        "{case}: something was stored"
    );
    answer
}

#[test]
fn the_unspoiled_request_is_taken() {
    let upload = new_upload();
    let answer = upload.put(BYTES).send();
    assert_eq!(answer.status, 200, "{}", answer.text());
    let stored = account().get_object(&upload.key.to_string());
    assert_eq!((stored.status, stored.body.as_slice()), (200, BYTES));
    assert_eq!(stored.header("content-type"), Some("text/plain"));
}

#[test]
fn a40_a_changed_url() {
    // Changes the last digit, which keeps every value well formed.
    let flip = |text: &str| {
        let (rest, zone) = text
            .strip_suffix('Z')
            .map_or((text, ""), |rest| (rest, "Z"));
        let last = if rest.ends_with('0') { "1" } else { "0" };
        format!("{}{last}{zone}", &rest[..rest.len() - 1])
    };
    for name in [
        "X-Amz-Signature",
        "X-Amz-Date",
        "X-Amz-Expires",
        "X-Amz-Credential",
        "X-Amz-SignedHeaders",
    ] {
        refused(name, &[400, 403], |upload| {
            let mut request = upload.put(BYTES);
            request.url = with_query(&request.url, name, flip);
            request
        });
    }
    refused("a longer life", &[400, 403], |upload| {
        let mut request = upload.put(BYTES);
        request.url = with_query(&request.url, "X-Amz-Expires", |_| "604800".into());
        request
    });
    refused("one more field", &[403], |upload| {
        let mut request = upload.put(BYTES);
        request.url.push_str("&x-amz-acl=public-read");
        request
    });
    refused("no signature", &[403], |upload| {
        let mut request = upload.put(BYTES);
        request.url = request.url.split('?').next().unwrap_or_default().into();
        request
    });
}

#[test]
fn a40_another_key() {
    let other = new_upload();
    refused("another's key", &[403], |upload| {
        let mut request = upload.put(BYTES);
        request.url = request
            .url
            .replace(&upload.id.to_string(), &other.id.to_string());
        request
    });
    assert!(!account().has_object(&other.key.to_string()));
    refused("a key outside the prefix", &[403], |upload| {
        let mut request = upload.put(BYTES);
        request.url = request.url.replace("/uploads/", "/elsewhere/");
        request
    });
    refused("another bucket", &[403, 404], |upload| {
        let mut request = upload.put(BYTES);
        let bucket = &crate::common::oidc().bucket;
        request.url = request
            .url
            .replace(bucket, &devkit::env::Env::stack("main").bucket);
        request
    });
}

#[test]
fn a41_another_method() {
    for method in ["GET", "HEAD", "DELETE", "POST"] {
        refused(method, &[403], |upload| {
            Request::new(method, upload.put.url.as_str())
        });
    }
    let upload = new_upload();
    assert_eq!(upload.put(BYTES).send().status, 200);
    for method in ["GET", "HEAD", "DELETE", "POST"] {
        assert_eq!(
            Request::new(method, upload.put.url.as_str()).send().status,
            403,
            "{method}"
        );
    }
    assert!(account().has_object(&upload.key.to_string()), "still there");
}

#[test]
fn a42_another_length() {
    let longer = [BYTES, b"!"].concat();
    refused("longer", &[400, 403], |upload| upload.put(&longer));
    refused("shorter", &[400, 403], |upload| upload.put(&BYTES[..5]));
    refused("empty", &[400, 403], |upload| upload.put(b""));
}

/// A client that disconnects half-way gets no answer; the test checks that nothing is stored.
#[test]
fn a42_a_body_that_breaks_off_is_not_stored() {
    let upload = new_upload();
    let mut request = upload
        .put(&BYTES[..5])
        .framing(Framing::Claimed(BYTES.len() as u64));
    request.timeout = std::time::Duration::from_secs(5);
    if let Ok(answer) = request.try_send() {
        assert!(answer.status >= 400, "{}", answer.status);
    }
    assert!(!account().has_object(&upload.key.to_string()));
}

#[test]
fn a43_a_body_without_a_length() {
    refused("chunked", &[403, 411, 501], |upload| {
        upload.put(BYTES).framing(Framing::Chunked)
    });
    refused("neither length nor chunks", &[400, 403, 411], |upload| {
        upload.put(b"").framing(Framing::None)
    });
}

#[test]
fn a44_another_type() {
    refused("another type", &[403], |upload| {
        let mut request = upload.put(BYTES);
        for (name, value) in &mut request.headers {
            if name == "content-type" {
                *value = "text/html".into();
            }
        }
        request
    });
}

#[test]
fn a45_a_header_more() {
    for (name, value) in [
        ("x-amz-acl", "public-read"),
        ("x-amz-tagging", "a=b"),
        ("x-amz-meta-owner", "somebody"),
        ("x-amz-website-redirect-location", "https://evil.example"),
        ("x-amz-storage-class", "GLACIER"),
        ("x-amz-server-side-encryption-customer-algorithm", "AES256"),
        (
            "x-amz-server-side-encryption-customer-key",
            "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
        ),
        (
            "x-amz-server-side-encryption-customer-key-md5",
            "hRasmdxgYDKV3nvbahU1MA==",
        ),
        ("x-amz-server-side-encryption", "aws:kms"),
        (
            "x-amz-grant-read",
            "uri=http://acs.amazonaws.com/groups/global/AllUsers",
        ),
        ("x-amz-copy-source", "/bucket/key"),
        ("x-amz-object-lock-mode", "GOVERNANCE"),
    ] {
        refused(name, &[400, 403], |upload| {
            upload.put(BYTES).header(name, value)
        });
    }
}

#[test]
fn a46_a_header_less() {
    for name in ["if-none-match", "x-amz-checksum-crc64nvme", "content-type"] {
        refused(name, &[400, 403], |upload| {
            let mut request = upload.put(BYTES);
            request.headers.retain(|(known, _)| known != name);
            request
        });
    }
    refused("another checksum", &[400, 403], |upload| {
        let mut request = upload.put(BYTES);
        for (name, value) in &mut request.headers {
            if name == "x-amz-checksum-crc64nvme" {
                *value = e2e::api::crc64nvme(b"other").to_string();
            }
        }
        request
    });
}

#[test]
fn a47_a_second_use() {
    let upload = new_upload();
    let answer = upload.put(BYTES).send();
    assert_eq!(answer.status, 200, "{}", answer.text());
    let again = upload.put(BYTES).send();
    assert_eq!(
        (again.status, storage_error("again", &again).as_str()),
        (412, "PreconditionFailed")
    );
    assert_eq!(account().get_object(&upload.key.to_string()).body, BYTES);
}

#[test]
fn a49_other_bytes_of_the_same_length() {
    let mut other = BYTES.to_vec();
    other[3] ^= 1;
    let answer = refused("other bytes", &[400], |upload| upload.put(&other));
    let code = storage_error("other bytes", &answer);
    assert!(
        matches!(code.as_str(), "BadDigest" | "XAmzContentChecksumMismatch"),
        "{code}"
    );
}

#[test]
fn writing_and_listing_need_a_grant() {
    let account = account();
    let key = format!("uploads/{}", encode("anonymous.txt"));
    let answer = Request::new("PUT", account.object_url(&key))
        .body(BYTES)
        .send();
    assert_eq!(answer.status, 403);
    assert!(!account.has_object(&key));
    let bucket = format!(
        "{}/{}?list-type=2",
        crate::common::oidc().s3,
        crate::common::oidc().bucket
    );
    assert_eq!(Request::new("GET", bucket).send().status, 403);
}
