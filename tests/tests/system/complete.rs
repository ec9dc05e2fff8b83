//! Concurrent complete calls, and completing what differs from what was declared: A67, A68.

use crowfly_contract::{ErrorCode, UploadStatus};
use devkit::http::Response;
use e2e::api::{Api, crc64nvme, item};
use serde_json::{Value, json};

use crate::common::{RECORD_WITHIN, account, assert_problem, new_caller};
use crate::parts::{Parts, bytes, create_item, put};

const AT_ONCE: usize = 50;

/// Completes this many times at once.
fn at_once(api: &Api, path: &str, body: &Value) -> Vec<Response> {
    std::thread::scope(|scope| {
        let complete = || loop {
            let answer = api.post(path, body);
            // Storage is still processing another of these calls: wait and repeat, as the answer says.
            if answer.status != 202 {
                return answer;
            }
        };
        let calls: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(complete)).collect();
        let answers = calls.into_iter().map(|call| call.join());
        answers.map(|answer| answer.expect("an answer")).collect()
    })
}

#[test]
fn a68_fifty_completions_of_parts_make_one_object_and_return_the_same() {
    let bytes = bytes();
    let parts = Parts::sent(&bytes);
    let body = json!({"crc64nvme": crc64nvme(&bytes)});
    let answers = at_once(&parts.api, &parts.path("/complete"), &body);
    assert_eq!(answers.len(), AT_ONCE);
    for answer in &answers {
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(answer.json(), answers[0].json());
    }
    let record = parts
        .api
        .wait_status(parts.id, UploadStatus::Stored, RECORD_WITHIN);
    assert_eq!(record.etag.as_deref(), answers[0].json()["etag"].as_str());
    assert!(record.verified);
    assert_eq!(parts.open(), 0);
}

#[test]
fn a68_fifty_completions_of_one_put_return_the_same() {
    let api = new_caller();
    let upload = api.create_one(&item("a.txt", "text/plain", b"hello"));
    assert_eq!(upload.put(b"hello").send().status, 200);
    let crc = crc64nvme(b"hello");
    let path = format!("/uploads/{}/complete", upload.id);
    let answers = at_once(&api, &path, &json!({"crc64nvme": crc}));
    assert_eq!(answers.len(), AT_ONCE);
    for answer in &answers {
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(answer.json(), answers[0].json());
    }
    assert_eq!(answers[0].json()["key"], json!(upload.key));
}

/// A presigned URL takes the exact length only; the account's owner can write any.
#[test]
fn a67_an_object_of_another_size_is_not_what_was_declared() {
    let api = new_caller();
    let upload = api.create_one(&item("a.txt", "text/plain", b"hello"));
    let written = account().put_object(&upload.key.to_string(), "text/plain", b"hello, world");
    assert_eq!(written.status, 200);
    let answer = api.post(&format!("/uploads/{}/complete", upload.id), &json!({}));
    assert_problem("longer", &answer, ErrorCode::SizeMismatch);
    let record = api.wait_status(upload.id, UploadStatus::Stored, RECORD_WITHIN);
    assert!(!record.verified, "and it is not called verified");
}

#[test]
fn a67_parts_that_are_not_the_plan_make_no_object() {
    let bytes = bytes();
    let parts = Parts::begin(new_caller(), create_item());
    let crc = json!({"crc64nvme": crc64nvme(&bytes)});
    let refused = |case: &str| {
        assert_problem(case, &parts.complete(&crc), ErrorCode::PartsMismatch);
        assert!(!account().has_object(&parts.key.to_string()), "{case}");
        assert_eq!(parts.open(), 1, "{case}: what was sent can be resumed");
    };
    refused("no part");
    parts.send(&bytes, 2..=3);
    refused("the first is missing");
    // A part's URL takes its exact length only, so no set of parts adds up to another total.
    let first = parts.sign(1, None);
    let short = put(&first, &bytes[..6 * 1024 * 1024]).send();
    assert!(matches!(short.status, 400 | 403), "{}", short.status);
    refused("the first was shorter");
    parts.send(&bytes, 1..=1);
    assert_eq!(parts.complete(&crc).status, 200);
}
