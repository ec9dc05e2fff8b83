//! Other people's uploads.

use crowfly_contract::{ErrorCode, UploadStatus};
use e2e::api::{Api, item, new_id};
use e2e::http::Response;
use e2e::issuer::random_hex;
use serde_json::{Value, json};

use crate::access::call;
use crate::common::{assert_problem, oidc, somebody};

#[test]
fn a60_a61_other_peoples_uploads_look_like_none() {
    let (owner, other) = (somebody(), somebody());
    let bytes = b"mine";
    let stored = owner
        .upload(&item("mine.txt", "text/plain", bytes), bytes)
        .id;
    let pending = owner.leave(&item("soon.txt", "text/plain", bytes)).id;
    for id in [stored, pending] {
        for (method, path) in [
            ("GET", format!("/uploads/{id}")),
            ("GET", format!("/uploads/{id}/content")),
            ("DELETE", format!("/uploads/{id}")),
            ("POST", format!("/uploads/{id}/complete")),
        ] {
            let body = (method == "POST").then(|| json!({}));
            let foreign = call(&other, &(method, path.clone(), body.clone()));
            let unknown = path.replace(&id.to_string(), &new_id().to_string());
            let unknown = call(&other, &(method, unknown, body));
            assert_problem(&format!("{method} {path}"), &foreign, ErrorCode::NotFound);
            let same = |answer: &Response| {
                let mut body = answer.json();
                body["error"]["requestId"] = Value::Null;
                (answer.status, body)
            };
            assert_eq!(same(&foreign), same(&unknown), "{method} {path}");
        }
        let answer = other.post("/uploads/status", &json!({"ids": [id]}));
        assert_eq!(
            answer.json(),
            json!({"uploads": [{"id": id, "status": "not_found"}]})
        );
    }
    assert_eq!(other.get("/uploads").json()["uploads"], json!([]));
    // Nothing of it touched the owner's uploads.
    assert_eq!(
        owner.record(stored).map(|record| record.status),
        Some(UploadStatus::Stored)
    );
    assert_eq!(
        owner.record(pending).map(|record| record.status),
        Some(UploadStatus::Pending)
    );
}

#[test]
fn a35_a60_two_people_may_use_the_same_id() {
    let (one, two) = (somebody(), somebody());
    let wish = item("same.txt", "text/plain", b"abc");
    let (mine, yours) = (one.leave(&wish), two.leave(&wish));
    assert_eq!(mine.id, yours.id);
    assert_ne!(mine.key, yours.key, "their objects must not meet");
}

#[test]
fn one_subject_of_two_issuers_is_two_owners() {
    let subject = format!("twice-{}", random_hex(6));
    let here = Api::of_subject(oidc(), &subject).leave(&item("a.txt", "text/plain", b"a"));
    assert!(
        !here.key.to_string().contains(&subject),
        "the subject must not show in a key"
    );
}
