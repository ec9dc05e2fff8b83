//! The pipeline from storage to table while its services fail: nothing is lost, nothing is written twice, and
//! no valid message ends in the dead-letter queue.

use std::time::Duration;

use devkit::wait;
use serde_json::json;

use crate::faulty::{Faulty, RECOVERS_WITHIN, done_but_refused, refusal};

#[test]
fn f64_a_burst_of_throttling_loses_nothing() {
    let faulty = Faulty::take();
    for code in [
        "ProvisionedThroughputExceededException",
        "ThrottlingException",
        "TransactionConflictException",
    ] {
        faulty.record.proxy.rule(json!({
            "match": {"target": "UpdateItem", "probability": 0.6},
            "fault": refusal(400, code),
        }));
    }
    let uploads = faulty.send(&faulty.new_caller(), 30);
    faulty.record.wait_injected(60);
    faulty.record.proxy.clear();
    faulty.nothing_is_lost(&uploads);
}

#[test]
fn f64_storage_that_asks_to_slow_down_is_asked_again() {
    let faulty = Faulty::take();
    faulty.record.proxy.rule(json!({
        "match": {"method": "HEAD", "times": 12},
        "fault": {"kind": "status", "status": 503, "code": "SlowDown"},
    }));
    let uploads = faulty.send(&faulty.new_caller(), 5);
    faulty.nothing_is_lost(&uploads);
    assert_eq!(faulty.record.injected(), 12);
}

#[test]
fn f65_a_write_that_was_done_and_reported_as_failed_is_done_once() {
    let faulty = Faulty::take();
    // More than the attempts of one call, so that whole messages are redelivered too.
    faulty.record.inject("UpdateItem", 25, done_but_refused());
    let uploads = faulty.send(&faulty.new_caller(), 10);
    faulty.nothing_is_lost(&uploads);
    assert_eq!(faulty.record.injected(), 25);
}

#[test]
fn f61_a_function_that_runs_out_of_time_in_the_middle_of_a_batch_gets_it_again() {
    let faulty = Faulty::take();
    // Neither answered nor performed.
    faulty.record.proxy.rule(json!({
        "match": {"target": "UpdateItem", "skip": 2, "times": 3},
        "fault": {"kind": "halfClose"},
    }));
    let uploads = faulty.send(&faulty.new_caller(), 10);
    faulty.record.wait_injected(1);
    faulty.nothing_is_lost(&uploads);
}

#[test]
fn f62_a_function_that_ends_after_the_write_finds_it_done() {
    let faulty = Faulty::take();
    // Performed, but answered after the function has timed out.
    faulty
        .record
        .inject("UpdateItem", 3, json!({"kind": "delay", "ms": 6_000}));
    let uploads = faulty.send(&faulty.new_caller(), 6);
    faulty.record.wait_injected(1);
    let written = wait::until("a write without an answer", Duration::from_secs(3), || {
        Some(faulty.stored(&uploads)).filter(|stored| *stored > 0)
    });
    assert!(written > 0 && faulty.aws.queue_depth(&faulty.stack.queue) > 0);
    faulty.nothing_is_lost(&uploads);
}

/// Longer than five receives take at this stack's visibility timeout, after which a usual redrive policy would give
/// the messages up.
const OUTAGE: Duration = Duration::from_secs(20);

#[test]
fn f66_messages_wait_out_an_outage() {
    let faulty = Faulty::take();
    faulty.record.proxy.offline(true);
    let uploads = faulty.send(&faulty.new_caller(), 20);
    std::thread::sleep(OUTAGE);
    assert_eq!(faulty.stored(&uploads), 0);
    assert_eq!(faulty.aws.queue_depth(&faulty.stack.queue), 20);
    assert_eq!(faulty.aws.queue_depth(&faulty.stack.dlq), 0);
    faulty.clear_faults();
    faulty.nothing_is_lost(&uploads);
}

#[test]
fn f69_what_waited_for_a_function_that_may_not_run_is_recorded_when_it_may() {
    let faulty = Faulty::take();
    let function = &faulty.record.function;
    faulty.aws.set_concurrency(function, Some(0));
    let uploads = faulty.send(&faulty.new_caller(), 20);
    std::thread::sleep(Duration::from_secs(8));
    let stored = faulty.stored(&uploads);
    faulty.aws.set_concurrency(function, None);
    assert_eq!(stored, 0);
    faulty.nothing_is_lost(&uploads);
}

#[test]
fn f74_a_function_that_lacks_a_variable_says_which_and_its_messages_wait() {
    let faulty = Faulty::take();
    let function = &faulty.record.function;
    let whole = faulty.aws.function_variables(function);
    let mut short = whole.clone();
    short.remove("TABLE");
    faulty.aws.set_function_variables(function, &short);
    let uploads = faulty.send(&faulty.new_caller(), 3);
    let answer = faulty.aws.invoke(function, &json!({"Records": []}));
    let text = answer.text();
    std::thread::sleep(Duration::from_secs(5));
    let stored = faulty.stored(&uploads);
    faulty.aws.set_function_variables(function, &whole);
    assert!(answer.header("x-amz-function-error").is_some(), "{text}");
    assert!(
        text.contains("TABLE") || log_of(&answer).contains("TABLE"),
        "{text} {}",
        log_of(&answer)
    );
    assert_eq!(stored, 0);
    faulty.nothing_is_lost(&uploads);
}

#[test]
fn f74_a_right_that_is_missing_is_said_in_the_log_and_the_messages_wait() {
    let faulty = Faulty::take();
    let denied = refusal(400, "AccessDeniedException");
    faulty.record.inject("UpdateItem", "forever", denied);
    let uploads = faulty.send(&faulty.new_caller(), 3);
    faulty.record.wait_injected(3);
    let event = json!({"Records": [{"messageId": "m", "receiptHandle": "r", "body": removal(&uploads[0])}]});
    let answer = faulty.aws.invoke(&faulty.record.function, &event);
    assert_eq!(
        answer.json(),
        json!({"batchItemFailures": [{"itemIdentifier": "m"}]})
    );
    let log = log_of(&answer);
    assert!(log.contains("dynamodb.UpdateItem: Denied"), "{log}");
    // The alarm uses this metric: no function fails as a whole, and no message gets old enough to be seen.
    assert!(log.contains("\"EventsFailed\":1"), "{log}");
    assert_eq!(faulty.stored(&uploads), 0);
    faulty.clear_faults();
    faulty.nothing_is_lost(&uploads);
}

/// A presigned URL outlives the denial of its owner by minutes.
#[test]
fn a95_what_a_denied_owner_stores_is_recorded_and_reported() {
    let faulty = Faulty::take();
    let api = faulty.new_caller();
    let owner = faulty.send(&api, 1)[0].key.owner().to_string();
    let function = &faulty.record.function;
    let whole = faulty.aws.function_variables(function);
    let mut denying = whole.clone();
    denying.insert("DENIED_OWNERS".to_owned(), owner.clone().into());
    faulty.aws.set_function_variables(function, &denying);
    let upload = api.create_one(&e2e::api::item("late.txt", "text/plain", b"late"));
    assert_eq!(upload.put(b"late").send().status, 200);
    let status = crowfly_contract::UploadStatus::Stored;
    let record = api.wait_status(upload.id, status, RECOVERS_WITHIN);
    let id = upload.id.to_string();
    let said = wait::until("the words of it", crate::common::LOGGED_WITHIN, || {
        let lines = faulty.aws.log_lines("record");
        let warned = lines
            .iter()
            .find(|line| line.contains("\"stored-by-denied\"") && line.contains(&id));
        let counted = lines
            .iter()
            .any(|line| line.contains("\"StoredByDenied\":1"));
        warned.filter(|_| counted).cloned()
    });
    faulty.aws.set_function_variables(function, &whole);
    assert!(record.verified);
    assert!(said.contains("\"warn\"") && said.contains(&owner), "{said}");
}

/// A removal event older than every other.
fn removal(upload: &e2e::api::CreatedUpload) -> String {
    let event = crate::events::Event {
        name: "ObjectRemoved:Delete",
        bucket: devkit::env::Env::stack("faulty").bucket.clone(),
        key: upload.key.to_string(),
        size: None,
        etag: None,
        sequencer: "00".to_owned(),
    };
    event.message()
}

/// The tail of the function's log that came with an answer.
fn log_of(answer: &devkit::http::Response) -> String {
    let encoded = answer.header("x-amz-log-result").unwrap_or_default();
    let bytes = data_encoding::BASE64
        .decode(encoded.as_bytes())
        .unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}

#[test]
fn f86_the_api_says_come_again_while_the_table_throttles() {
    let faulty = Faulty::take();
    let api = faulty.new_caller();
    let uploads = faulty.send(&api, 1);
    let code = "ProvisionedThroughputExceededException";
    for behind in [&faulty.read, &faulty.presign] {
        behind.inject("DynamoDB", "forever", refusal(400, code));
    }
    let origin = faulty.stack.origin();
    let id = uploads[0].id;
    let new = e2e::api::item("a.txt", "text/plain", b"a");
    let requests = [
        api.request("GET", "/uploads"),
        api.request("GET", &format!("/uploads/{id}")),
        api.request("GET", &format!("/uploads/{id}/content")),
        api.request("POST", "/uploads/status")
            .json(&json!({"ids": [id]})),
        api.request("POST", "/uploads")
            .json(&json!({"uploads": [new]})),
    ];
    for request in requests {
        let what = format!("{} {}", request.method, request.url);
        let answer = request.header("origin", origin).send();
        crate::common::assert_problem(
            &what,
            &answer,
            crowfly_contract::ErrorCode::ServiceUnavailable,
        );
        let seconds: Option<u32> = answer
            .header("retry-after")
            .and_then(|text| text.parse().ok());
        assert!(seconds.is_some_and(|seconds| seconds > 0), "{what}");
        assert_eq!(
            answer.header("access-control-allow-origin"),
            Some(origin),
            "{what}"
        );
        assert!(
            answer.json()["error"]["retryAfterMs"].as_u64() > Some(0),
            "{what}"
        );
    }
    faulty.clear_faults();
    wait::until("the API to answer again", RECOVERS_WITHIN, || {
        (api.get("/uploads").status == 200).then_some(())
    });
    faulty.nothing_is_lost(&uploads);
}
