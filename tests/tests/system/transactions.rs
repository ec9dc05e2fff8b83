//! Rows and quota in one transaction, while the table cancels, refuses, or does what it says it did not do: the
//! quota is that of the rows, and nothing is counted twice.

use e2e::api::{Leave, item, leave_of};
use serde_json::{Value, json};

use crate::faulty::{Behind, Faulty, done_but_refused, refusal, uploads_of};

/// Attempts of one transaction that meets others, as the adapter counts them.
const ATTEMPTS: u64 = 9;
/// So often a transaction may fail within the three seconds that this stack's functions have.
const OFTEN: u64 = 5;
/// Attempts of the SDK within one call.
const SDK_ATTEMPTS: u64 = 3;

/// A cancelled transaction: the reason of each of its items.
fn cancelled(reasons: &[&str]) -> Value {
    let reasons: Vec<Value> = reasons.iter().map(|code| json!({"Code": code})).collect();
    let body = json!({"__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
        "Message": "Transaction cancelled for a test", "CancellationReasons": reasons});
    json!({"kind": "body", "status": 400, "contentType": "application/x-amz-json-1.0",
        "text": body.to_string()})
}

fn befall(behind: &Behind, times: u64, fault: Value) {
    behind.befall("TransactWriteItems", times, fault);
}

/// The quota of the owner of these uploads, and how many of their rows say that they are counted.
fn quota_and_rows(faulty: &Faulty, leaves: &[Leave]) -> (i64, i64) {
    let owner = leaves[0].key.owner().as_str();
    let quota = faulty.aws.get_item(owner, "#quota").unwrap_or_default();
    let rows = uploads_of(&faulty.aws, owner);
    let counted = rows.iter().filter(|row| row["counted"] == true).count();
    let open = quota["openUploads"].as_i64().unwrap_or_default();
    (open, i64::try_from(counted).expect("a small number"))
}

/// What is recorded has given its places back, and exactly those.
#[track_caller]
fn nothing_is_counted(faulty: &Faulty, leaves: &[Leave]) {
    faulty.nothing_is_lost(leaves);
    assert_eq!(quota_and_rows(faulty, leaves), (0, 0));
}

#[test]
fn f64_a_create_that_meets_others_of_its_owner_is_tried_again() {
    let faulty = Faulty::take();
    for (times, fault) in [
        (OFTEN, cancelled(&["None", "TransactionConflict"])),
        (OFTEN, cancelled(&["ThrottlingError", "None"])),
        (OFTEN, cancelled(&["None", "ProvisionedThroughputExceeded"])),
        // The SDK waits up to a second before it asks again.
        (1, refusal(400, "TransactionInProgressException")),
    ] {
        faulty.works_again();
        befall(&faulty.presign, times, fault);
        let leaves = faulty.send(&faulty.somebody(), 1);
        assert_eq!(faulty.presign.befallen(), usize::try_from(times).unwrap());
        nothing_is_counted(&faulty, &leaves);
    }
}

#[test]
fn f64_a_create_that_keeps_meeting_others_says_come_again() {
    let faulty = Faulty::take();
    let api = faulty.somebody();
    let wish = json!({"uploads": [item("a.txt", "text/plain", b"a")]});
    befall(
        &faulty.presign,
        ATTEMPTS,
        cancelled(&["None", "TransactionConflict"]),
    );
    let refused = api.post("/uploads", &wish);
    assert_eq!(refused.status, 503, "{}", refused.text());
    assert_eq!(
        api.post("/uploads", &wish).status,
        201,
        "nothing was written"
    );
}

#[test]
fn f65_a_create_that_was_done_and_reported_as_failed_is_counted_once() {
    let faulty = Faulty::take();
    for (times, status) in [(SDK_ATTEMPTS - 1, 201), (SDK_ATTEMPTS, 503)] {
        faulty.works_again();
        let (api, bytes) = (faulty.somebody(), b"hello");
        let wish = json!({"uploads": [item("a.txt", "text/plain", bytes)]});
        befall(&faulty.presign, times, done_but_refused());
        let answer = api.post("/uploads", &wish);
        assert_eq!(answer.status, status, "{}", answer.text());
        // Under another token: the row itself says that it is there.
        let again = api.post("/uploads", &wish);
        assert_eq!(again.status, 200, "{}", again.text());
        let leaves = [leave_of(&again.json()["uploads"][0])];
        assert_eq!(quota_and_rows(&faulty, &leaves), (1, 1));
        assert_eq!(leaves[0].put(bytes).send().status, 200);
        nothing_is_counted(&faulty, &leaves);
    }
}

#[test]
fn f64_f65_places_are_given_back_once_whatever_befalls_the_transaction() {
    let faulty = Faulty::take();
    for (times, fault) in [
        (ATTEMPTS - 1, cancelled(&["None", "TransactionConflict"])),
        (2 * ATTEMPTS, cancelled(&["TransactionConflict", "None"])),
        (2 * SDK_ATTEMPTS, refusal(400, "ThrottlingException")),
        (SDK_ATTEMPTS - 1, done_but_refused()),
        // When the message comes again, it is done.
        (SDK_ATTEMPTS, done_but_refused()),
    ] {
        faulty.works_again();
        befall(&faulty.record, times, fault);
        let leaves = faulty.send(&faulty.somebody(), 1);
        nothing_is_counted(&faulty, &leaves);
        let struck = faulty.record.befallen();
        assert_eq!(struck, usize::try_from(times).unwrap());
    }
}
