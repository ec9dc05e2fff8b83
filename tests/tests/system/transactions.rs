//! Records and quota in one transaction, while DynamoDB cancels, refuses, or performs it and reports an error: the
//! quota always matches the records, and nothing is counted twice. Cancellation reasons:
//! <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html>.

use e2e::api::{CreatedUpload, created_upload, item};
use serde_json::{Value, json};

use crate::faulty::{Behind, Faulty, done_but_refused, refusal, uploads_of};

/// The adapter's attempts of one transaction that conflicts with others.
const ATTEMPTS: u64 = 9;
/// How many failures of a transaction fit into the three seconds of this stack's functions.
const OFTEN: u64 = 5;
/// The SDK's attempts within one call.
const SDK_ATTEMPTS: u64 = 3;

/// A cancelled transaction, with the reason of each of its items.
fn cancelled(reasons: &[&str]) -> Value {
    let reasons: Vec<Value> = reasons.iter().map(|code| json!({"Code": code})).collect();
    let body = json!({"__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
        "Message": "Transaction cancelled for a test", "CancellationReasons": reasons});
    json!({"kind": "body", "status": 400, "contentType": "application/x-amz-json-1.0",
        "text": body.to_string()})
}

fn inject(behind: &Behind, times: u64, fault: Value) {
    behind.inject("TransactWriteItems", times, fault);
}

/// The quota of these uploads' owner, and how many of their records are counted in it.
fn quota_and_rows(faulty: &Faulty, uploads: &[CreatedUpload]) -> (i64, i64) {
    let owner = uploads[0].key.owner().as_str();
    let quota = faulty.aws.get_item(owner, "#quota").unwrap_or_default();
    let rows = uploads_of(&faulty.aws, owner);
    let counted = rows.iter().filter(|row| row["counted"] == true).count();
    let open = quota["openUploads"].as_i64().unwrap_or_default();
    (open, i64::try_from(counted).expect("a small number"))
}

/// Every recorded upload has freed its place in the quota, and no other has.
#[track_caller]
fn nothing_is_counted(faulty: &Faulty, uploads: &[CreatedUpload]) {
    faulty.nothing_is_lost(uploads);
    assert_eq!(quota_and_rows(faulty, uploads), (0, 0));
}

#[test]
fn f64_a_create_that_meets_others_of_its_owner_is_tried_again() {
    let faulty = Faulty::take();
    for (times, fault) in [
        (OFTEN, cancelled(&["None", "TransactionConflict"])),
        (OFTEN, cancelled(&["ThrottlingError", "None"])),
        (OFTEN, cancelled(&["None", "ProvisionedThroughputExceeded"])),
        // The SDK waits up to a second before it retries.
        (1, refusal(400, "TransactionInProgressException")),
    ] {
        faulty.clear_faults();
        inject(&faulty.presign, times, fault);
        let uploads = faulty.send(&faulty.new_caller(), 1);
        assert_eq!(faulty.presign.injected(), usize::try_from(times).unwrap());
        nothing_is_counted(&faulty, &uploads);
    }
}

#[test]
fn f64_a_create_that_keeps_meeting_others_says_come_again() {
    let faulty = Faulty::take();
    let api = faulty.new_caller();
    let create_item = json!({"uploads": [item("a.txt", "text/plain", b"a")]});
    inject(
        &faulty.presign,
        ATTEMPTS,
        cancelled(&["None", "TransactionConflict"]),
    );
    let refused = api.post("/uploads", &create_item);
    assert_eq!(refused.status, 503, "{}", refused.text());
    assert_eq!(
        api.post("/uploads", &create_item).status,
        201,
        "nothing was written"
    );
}

#[test]
fn f65_a_create_that_was_done_and_reported_as_failed_is_counted_once() {
    let faulty = Faulty::take();
    for (times, status) in [(SDK_ATTEMPTS - 1, 201), (SDK_ATTEMPTS, 503)] {
        faulty.clear_faults();
        let (api, bytes) = (faulty.new_caller(), b"hello");
        let create_item = json!({"uploads": [item("a.txt", "text/plain", bytes)]});
        inject(&faulty.presign, times, done_but_refused());
        let answer = api.post("/uploads", &create_item);
        assert_eq!(answer.status, status, "{}", answer.text());
        // With another idempotency token: the record itself shows that it exists.
        let again = api.post("/uploads", &create_item);
        assert_eq!(again.status, 200, "{}", again.text());
        let uploads = [created_upload(&again.json()["uploads"][0])];
        assert_eq!(quota_and_rows(&faulty, &uploads), (1, 1));
        assert_eq!(uploads[0].put(bytes).send().status, 200);
        nothing_is_counted(&faulty, &uploads);
    }
}

#[test]
fn f64_f65_the_quota_is_released_once_whatever_fault_the_transaction_meets() {
    let faulty = Faulty::take();
    for (times, fault) in [
        (ATTEMPTS - 1, cancelled(&["None", "TransactionConflict"])),
        (2 * ATTEMPTS, cancelled(&["TransactionConflict", "None"])),
        (2 * SDK_ATTEMPTS, refusal(400, "ThrottlingException")),
        (SDK_ATTEMPTS - 1, done_but_refused()),
        // When the message is redelivered, it is done.
        (SDK_ATTEMPTS, done_but_refused()),
    ] {
        faulty.clear_faults();
        inject(&faulty.record, times, fault);
        let uploads = faulty.send(&faulty.new_caller(), 1);
        nothing_is_counted(&faulty, &uploads);
        let struck = faulty.record.injected();
        assert_eq!(struck, usize::try_from(times).unwrap());
    }
}
