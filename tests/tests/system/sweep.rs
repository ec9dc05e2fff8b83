//! The sweep, called as the schedule calls it, on uploads whose events were lost and whose time has passed.

use std::sync::{PoisonError, RwLock, RwLockReadGuard};

use crowfly_contract::{ErrorCode, UploadStatus};
use e2e::api::{self, Api};
use serde_json::{Value, json};

use crate::common::{RECORD_WITHIN, assert_problem};
use crate::quota::{account, owner_of, somebody, usage};

const TEXT: &[u8] = b"some text";
const DAY_MS: u64 = 24 * 3_600 * 1_000;

/// Held for reading by whoever counts on the present, and for writing by whoever sweeps in the future.
static PRESENT: RwLock<()> = RwLock::new(());

fn present() -> RwLockReadGuard<'static, ()> {
    PRESENT.read().unwrap_or_else(PoisonError::into_inner)
}

/// Calls the function, and gives its report.
fn sweep() -> Value {
    sweep_by(&json!({}))
}

/// Calls the function with the event of its schedule.
fn sweep_by(event: &Value) -> Value {
    let aws = account();
    let answer = aws.invoke(&aws.function("SweepFunction"), event);
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(
        answer.header("x-amz-function-error"),
        None,
        "{}",
        answer.text()
    );
    answer.json()
}

fn row(owner: &str, id: &str) -> Value {
    account().get_item(owner, id).expect("the row")
}

/// Lets the row of an upload look as if it had been left alone for `days`.
fn age(owner: &str, id: &str, days: u64) {
    let mut item = row(owner, id);
    let active_at = item["activeAt"].as_u64().unwrap();
    item["activeAt"] = (active_at - days * DAY_MS).into();
    item["sweepAt"] = 1.into();
    account().put_item(&item);
}

/// An upload of [`TEXT`] that is stored.
fn stored(api: &Api, leave: &api::Leave) {
    assert_eq!(leave.put(TEXT).send().status, 200);
    api.wait_status(leave.id, UploadStatus::Stored, RECORD_WITHIN);
}

#[test]
fn f55_a_lost_event_is_repaired_and_the_place_is_free() {
    let api = somebody();
    let leave = api.leave(&api::item("a.txt", "text/plain", TEXT));
    let (key, id) = (leave.key.to_string(), leave.id.to_string());
    let owner = owner_of(&key);
    let mut before = row(owner, &id);
    let quota = row(owner, "#quota");
    stored(&api, &leave);
    e2e::wait::until("the place", RECORD_WITHIN, || {
        (usage(owner) == (0, 0)).then_some(())
    });
    // As if the event had never come.
    before["sweepAt"] = 1.into();
    account().put_item(&quota);
    account().put_item(&before);
    sweep();
    let record = api.record(leave.id).unwrap();
    assert_eq!(
        (record.status, record.verified),
        (UploadStatus::Stored, true)
    );
    assert_eq!((record.size, record.sequencer), (9, None));
    assert!(record.url.is_some() && record.stored_at.is_some());
    assert_eq!(usage(owner), (0, 0));
    let after = row(owner, &id);
    for name in ["openShard", "sweepAt", "activeAt", "counted"] {
        assert!(after.get(name).is_none(), "{name} is gone");
    }
    sweep();
    assert_eq!((usage(owner), row(owner, &id)), ((0, 0), after));
}

#[test]
fn a38_what_never_comes_expires_and_what_lands_later_is_the_truth() {
    let _present = present();
    let api = somebody();
    let leave = api.leave(&api::item("a.txt", "text/plain", TEXT));
    let (key, id) = (leave.key.to_string(), leave.id.to_string());
    let owner = owner_of(&key);
    age(owner, &id, 6);
    sweep();
    assert_eq!(api.record(leave.id).unwrap().status, UploadStatus::Pending);
    assert_eq!(usage(owner), (1, 9));
    assert!(
        row(owner, &id)["sweepAt"].as_u64() > Some(1),
        "looked at later"
    );
    age(owner, &id, 2);
    sweep();
    let record = api.record(leave.id).unwrap();
    assert_eq!(record.status, UploadStatus::Expired);
    assert_eq!(usage(owner), (0, 0));
    // Its object may land for another day; then it can go away.
    assert!(row(owner, &id).get("openShard").is_some());
    age(owner, &id, 1);
    sweep();
    let record = api.record(leave.id).unwrap();
    assert_eq!(record.status, UploadStatus::Expired);
    assert!(record.expires_at > Some(record.created_at + 29 * DAY_MS));
    let after = row(owner, &id);
    for name in ["openShard", "sweepAt", "activeAt", "counted"] {
        assert!(after.get(name).is_none(), "{name} is gone");
    }
    let again = api.create(
        &json!({"id": id, "name": "a.txt", "size": 9, "type": "text/plain",
        "crc64nvme": api::crc64nvme(TEXT).to_string()}),
    );
    assert_problem("expired", &again, ErrorCode::UploadEnded);
    stored(&api, &leave);
    assert_eq!(api.record(leave.id).unwrap().expires_at, None);
    assert_eq!(usage(owner), (0, 0));
}

#[test]
fn a95_f55_what_lands_after_a_cancel_is_recorded_although_its_event_is_lost() {
    let _present = present();
    let api = somebody();
    let leave = api.leave(&api::item("a.txt", "text/plain", TEXT));
    let (key, id) = (leave.key.to_string(), leave.id.to_string());
    let owner = owner_of(&key);
    assert_eq!(api.delete(&format!("/uploads/{id}")).status, 204);
    assert_eq!(usage(owner), (0, 0));
    let mut before = row(owner, &id);
    stored(&api, &leave);
    // As if the event had never come.
    before["sweepAt"] = 1.into();
    account().put_item(&before);
    assert_eq!(api.record(leave.id).unwrap().status, UploadStatus::Aborted);
    sweep();
    let record = api.record(leave.id).unwrap();
    assert_eq!(
        (record.status, record.verified, record.expires_at),
        (UploadStatus::Stored, true, None)
    );
    assert!(row(owner, &id).get("openShard").is_none());
    assert_eq!(usage(owner), (0, 0));
}

#[test]
fn f62_f63_a_place_that_was_not_given_back_is_given_back() {
    let _present = present();
    let api = somebody();
    let leave = api.leave(&api::item("a.txt", "text/plain", TEXT));
    let (key, id) = (leave.key.to_string(), leave.id.to_string());
    let owner = owner_of(&key);
    let (open, quota) = (row(owner, &id), row(owner, "#quota"));
    assert_eq!(api.delete(&format!("/uploads/{id}")).status, 204);
    assert_eq!(usage(owner), (0, 0));
    // As if the function had ended between its two writes, and left parts in storage.
    let parts = account().create_multipart(&key);
    let mut half = row(owner, &id);
    half["counted"] = open["counted"].clone();
    half["sweepAt"] = 1.into();
    half["s3UploadId"] = parts.into();
    account().put_item(&quota);
    account().put_item(&half);
    assert_eq!((usage(owner), account().open_multiparts(&key)), ((1, 9), 1));
    sweep();
    assert_eq!((usage(owner), account().open_multiparts(&key)), ((0, 0), 0));
    assert_eq!(api.record(leave.id).unwrap().status, UploadStatus::Aborted);
}

/// Storage made it, and the function ended before the row named it.
#[test]
fn f40_a94_a_multipart_upload_that_no_record_names_is_dropped_after_a_day() {
    let api = somebody();
    let leave = api.leave(&api::item("a.txt", "text/plain", TEXT));
    let key = leave.key.to_string();
    account().create_multipart(&key);
    sweep();
    assert_eq!(account().open_multiparts(&key), 1, "it may yet be named");
    let _future = PRESENT.write().unwrap_or_else(PoisonError::into_inner);
    let tomorrow = e2e::time::unix() + 25 * 3_600;
    let report = sweep_by(&json!({"time": e2e::time::rfc3339(tomorrow)}));
    assert!(report["multipartsAborted"].as_u64() >= Some(1), "{report}");
    assert_eq!(account().open_multiparts(&key), 0);
    assert_eq!(api.record(leave.id).unwrap().status, UploadStatus::Pending);
}
