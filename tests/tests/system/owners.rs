//! Other owners' uploads, and objects of other tools in the same bucket: A35, A60 to A63.

use crowfly_contract::{ErrorCode, UploadId, UploadStatus};
use devkit::http::Response;
use devkit::random::random_hex;
use e2e::api::{Api, item, new_id};
use serde_json::{Value, json};

use crate::access::call;
use crate::common::{account, assert_problem, new_caller, oidc};
use crate::parts::{Parts, bytes, create_item};

/// Every call with an upload in its path.
pub(crate) fn calls(id: UploadId) -> Vec<(&'static str, String, Option<Value>)> {
    let path = |rest: &str| format!("/uploads/{id}{rest}");
    vec![
        ("GET", path(""), None),
        ("GET", path("/content"), None),
        ("GET", path("/parts"), None),
        (
            "POST",
            path("/parts"),
            Some(json!({"parts": [{"number": 1}]})),
        ),
        ("POST", path("/complete"), Some(json!({}))),
        ("DELETE", path(""), None),
        ("DELETE", path("/content"), None),
    ]
}

/// Status and body, without the request id.
fn without_request_id(answer: &Response) -> (u16, Value) {
    let mut body = answer.json();
    body["error"]["requestId"] = Value::Null;
    (answer.status, body)
}

#[test]
fn a60_a61_other_peoples_uploads_look_like_none() {
    let (owner, other) = (new_caller(), new_caller());
    let small = b"mine";
    let stored = owner
        .upload(&item("mine.txt", "text/plain", small), small)
        .id;
    let pending = owner.create_one(&item("soon.txt", "text/plain", small)).id;
    let parts = Parts::begin(owner.clone(), create_item());
    parts.send(&bytes(), 1..=1);
    for id in [stored, pending, parts.id] {
        for (foreign, unknown) in calls(id).iter().zip(calls(new_id())) {
            let case = format!("{} {}", foreign.0, foreign.1);
            let (foreign, unknown) = (call(&other, foreign), call(&other, &unknown));
            assert_problem(&case, &foreign, ErrorCode::NotFound);
            assert_eq!(
                without_request_id(&foreign),
                without_request_id(&unknown),
                "{case}"
            );
        }
        let answer = other.post("/uploads/status", &json!({"ids": [id]}));
        let unknown = json!({"uploads": [{"id": id, "status": "not_found"}]});
        assert_eq!(answer.json(), unknown);
    }
    // The owner's uploads are unchanged.
    let status = |id| owner.record(id).map(|record| record.status);
    assert_eq!(status(stored), Some(UploadStatus::Stored));
    assert_eq!(status(pending), Some(UploadStatus::Pending));
    assert_eq!(status(parts.id), Some(UploadStatus::Pending));
    assert_eq!((parts.open(), parts.listed().parts.len()), (1, 1));
}

#[test]
fn a61_a_list_is_of_the_callers_own_whatever_it_asks_for() {
    let (owner, other) = (new_caller(), new_caller());
    let theirs = owner.create_one(&item("theirs.txt", "text/plain", b"x"));
    let own = other.create_one(&item("own.txt", "text/plain", b"x"));
    let of = theirs.key.owner();
    for query in [
        String::new(),
        format!("?owner={of}"),
        format!("?prefix=uploads/{of}/"),
        format!("?prefix=uploads%2F{of}%2F&owner={of}&sub=somebody"),
        format!("?id={}", theirs.id),
    ] {
        let list = other.get(&format!("/uploads{query}")).json();
        let ids: Vec<&Value> = list["uploads"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|record| &record["id"])
            .collect();
        assert_eq!(ids, [&json!(own.id)], "{query}");
    }
}

#[test]
fn a35_a60_two_people_may_use_the_same_id() {
    let (one, two) = (new_caller(), new_caller());
    let create_item = item("same.txt", "text/plain", b"abc");
    let answers = [one.create(&create_item), two.create(&create_item)];
    assert_eq!(
        answers.map(|answer| answer.status),
        [201, 201],
        "both are new"
    );
    let (mine, yours) = (one.create_one(&create_item), two.create_one(&create_item));
    assert_eq!(mine.id, yours.id);
    assert_ne!(mine.key, yours.key, "their objects must not meet");
    // What one owner does with the id does not affect the other.
    let path = format!("/uploads/{}", mine.id);
    assert_eq!(one.delete(&path).status, 204);
    let status = |api: &Api| api.record(mine.id).map(|record| record.status);
    assert_eq!(status(&one), Some(UploadStatus::Aborted));
    assert_eq!(status(&two), Some(UploadStatus::Pending));
}

/// A multipart upload that another tool started in the bucket cannot be reached by any route.
#[test]
fn a62_multipart_uploads_of_other_tools_are_out_of_reach() {
    let (api, account) = (new_caller(), account());
    let elsewhere = format!("backups/{}.tar", random_hex(6));
    let foreign = account.create_multipart(&elsewhere);
    for id in [foreign.clone(), format!("{}.tar", random_hex(6))] {
        for (method, path, body) in calls(new_id()) {
            let mut segments: Vec<&str> = path.split('/').collect();
            segments[2] = &id;
            let answer = call(&api, &(method, segments.join("/"), body));
            assert_eq!(
                Some(answer.status),
                ErrorCode::NotFound.http_status(),
                "{method} {path}"
            );
        }
    }
    assert_eq!(account.open_multiparts(&elsewhere), 1);
    // Even under the key of an upload of ours: the table names its own multipart upload.
    let parts = Parts::begin(api, create_item());
    let intruder = account.create_multipart(&parts.key.to_string());
    assert!(!parts.sign(1, None).url.contains(&intruder));
    parts.send(&bytes(), 1..=3);
    assert_eq!(parts.listed().parts.len(), 3);
    assert_eq!(parts.complete(&json!({})).status, 200);
    assert_eq!(parts.open(), 1, "the other's is left alone");
    for key in [elsewhere, parts.key.to_string()] {
        account.abort_multiparts(&key);
    }
}

#[test]
fn one_subject_of_two_issuers_is_two_owners() {
    let subject = format!("twice-{}", random_hex(6));
    let here = Api::of_subject(oidc(), &subject).create_one(&item("a.txt", "text/plain", b"a"));
    assert!(
        !here.key.to_string().contains(&subject),
        "the subject must not show in a key"
    );
}
