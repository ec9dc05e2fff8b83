//! The `remove` function: its answers, its rate, and what it calls.

mod common;

use common::{
    assert_headers, assert_problem, calls_after_rate_check, event, id, json_of, owner, presign,
    read, remove,
};
use crowfly_contract::UploadStatus;
use crowfly_core::FaultKind;
use crowfly_testing::{Memory, head_of, row_of};
use serde_json::json;

fn path() -> String {
    format!("DELETE /uploads/{}/content", id(1))
}

/// Upload 1 of alice in this state, in storage.
fn memory(status: UploadStatus) -> Memory {
    let memory = Memory::default();
    let mut row = row_of(&owner("alice"), id(1), 1);
    row.record.status = status;
    memory.set_object(&row.record.key, Some(head_of("e")));
    memory.set_row(row);
    memory
}

#[tokio::test]
async fn a_delete_is_204_without_a_body_again_and_again() {
    let memory = memory(UploadStatus::Stored);
    for body in [None, Some(json!({})), None] {
        let answer = remove(&memory, event(&path(), body.as_ref())).await;
        assert_eq!((answer.status_code, answer.body.as_str()), (204, ""));
        assert_headers(&answer);
    }
    assert_eq!(memory.object_keys(), []);
    let record = read(&memory, event(&format!("GET /uploads/{}", id(1)), None)).await;
    assert_eq!(json_of(&record)["status"], "deleted");
    let list = json_of(&read(&memory, event("GET /uploads", None)).await);
    assert_eq!(list["uploads"][0]["status"], "deleted");
    assert_eq!(list["uploads"][0].get("url"), None);
}

#[tokio::test]
async fn what_cannot_be_deleted_says_why() {
    for (status, code) in [
        (UploadStatus::Pending, "not_stored"),
        (UploadStatus::Aborted, "upload_ended"),
        (UploadStatus::Expired, "upload_ended"),
    ] {
        let memory = memory(status);
        let answer = remove(&memory, event(&path(), None)).await;
        assert_problem(&answer, 409, code);
        let message = json_of(&answer)["error"]["message"].to_string();
        let cancels = message.contains("DELETE /uploads/{id}");
        assert_eq!(cancels, status == UploadStatus::Pending, "{message}");
        assert_eq!(memory.object_keys().len(), 1);
    }
}

#[tokio::test]
async fn a60_a61_the_404_of_a_foreign_upload_is_that_of_an_unknown_one() {
    let foreign = Memory::default();
    let row = row_of(&owner("bob"), id(1), 1);
    foreign.set_object(&row.record.key, Some(head_of("e")));
    foreign.set_row(row);
    let unknown = Memory::default();
    let mut answers = Vec::new();
    for memory in [&foreign, &unknown] {
        let answer = remove(memory, event(&path(), None)).await;
        assert_problem(&answer, 404, "not_found");
        assert_eq!(calls_after_rate_check(memory), ["get_row"]);
        answers.push(answer);
    }
    assert_eq!(answers[0], answers[1]);
    assert_eq!(foreign.object_keys().len(), 1);
}

#[tokio::test]
async fn a69_no_other_method_or_path_reaches_the_use_case() {
    for (route, status, code) in [
        (
            format!("GET /uploads/{}/content", id(1)),
            405,
            "method_not_allowed",
        ),
        (
            format!("delete /uploads/{}/content", id(1)),
            405,
            "method_not_allowed",
        ),
        (format!("DELETE /uploads/{}", id(1)), 404, "not_found"),
        (format!("{}/", path()), 404, "not_found"),
        (
            format!("DELETE //uploads/{}/content", id(1)),
            404,
            "not_found",
        ),
        ("DELETE /uploads//content".to_owned(), 404, "not_found"),
    ] {
        let memory = memory(UploadStatus::Stored);
        let answer = remove(&memory, event(&route, None)).await;
        assert_problem(&answer, status, code);
        assert_eq!(
            calls_after_rate_check(&memory),
            Vec::<&str>::new(),
            "{route}"
        );
    }
}

#[tokio::test]
async fn f64_a_fault_of_a_service_is_503_and_names_no_service() {
    for verb in ["get_row", "delete_object", "apply_removal", "advance_rate"] {
        let memory = memory(UploadStatus::Stored);
        memory.fail_next(verb, FaultKind::Throttled);
        let answer = remove(&memory, event(&path(), None)).await;
        assert_problem(&answer, 503, "service_unavailable");
        assert!(!answer.body.contains("memory"), "{verb}");
    }
}

/// With the tests' rate of 50 a thousand tokens are one burst, shared with the upload routes.
#[tokio::test]
async fn h6_deletes_pay_from_the_rate_of_the_upload_routes() {
    let memory = Memory::default();
    let invalid = format!("DELETE /uploads/{}/content", "x");
    for call in 0..1_000 {
        let route = if call % 2 == 0 { &path() } else { &invalid };
        let answer = remove(&memory, event(route, None)).await;
        assert_problem(&answer, 404, "not_found");
    }
    let before = memory.calls().len();
    let answer = remove(&memory, event(&path(), None)).await;
    assert_problem(&answer, 429, "rate_limited");
    assert_eq!(memory.calls()[before..], ["advance_rate"]);
    let cancel = event(&format!("DELETE /uploads/{}", id(1)), None);
    assert_eq!(presign(&memory, cancel).await.status_code, 429);
    assert_eq!(
        read(&memory, event("GET /uploads", None)).await.status_code,
        200
    );
}
