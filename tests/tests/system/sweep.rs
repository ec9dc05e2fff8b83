//! The sweep, invoked as the schedule does, on uploads whose events were lost and on expired ones.

use std::sync::{PoisonError, RwLock, RwLockReadGuard};

use crowfly_contract::{ErrorCode, UploadStatus};
use e2e::api::{self, Api};
use serde_json::{Value, json};

use crate::common::{RECORD_WITHIN, assert_problem};
use crate::quota::{account, new_caller, owner_of, usage};

const TEXT: &[u8] = b"some text";
const DAY_MS: u64 = 24 * 3_600 * 1_000;

/// A test that relies on the present time holds it for reading; one that sweeps in the future, for writing.
static PRESENT: RwLock<()> = RwLock::new(());

fn present() -> RwLockReadGuard<'static, ()> {
    PRESENT.read().unwrap_or_else(PoisonError::into_inner)
}

/// Invokes the function, and returns its report.
fn sweep() -> Value {
    sweep_by(&json!({}))
}

/// Invokes the function with a schedule's event.
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

/// Makes the record of an upload look as if it had been untouched for `days`.
fn age(owner: &str, id: &str, days: u64) {
    let mut item = row(owner, id);
    let active_at = item["activeAt"].as_u64().unwrap();
    item["activeAt"] = (active_at - days * DAY_MS).into();
    item["sweepAt"] = 1.into();
    account().put_item(&item);
}

/// Creates and sends an upload of [`TEXT`], and waits until it is stored.
fn stored(api: &Api, upload: &api::CreatedUpload) {
    assert_eq!(upload.put(TEXT).send().status, 200);
    api.wait_status(upload.id, UploadStatus::Stored, RECORD_WITHIN);
}

#[test]
fn f55_a_lost_event_is_repaired_and_the_place_is_free() {
    let api = new_caller();
    let upload = api.create_one(&api::item("a.txt", "text/plain", TEXT));
    let (key, id) = (upload.key.to_string(), upload.id.to_string());
    let owner = owner_of(&key);
    let mut before = row(owner, &id);
    let quota = row(owner, "#quota");
    stored(&api, &upload);
    devkit::wait::until("the place", RECORD_WITHIN, || {
        (usage(owner) == (0, 0)).then_some(())
    });
    // As if no event had arrived.
    before["sweepAt"] = 1.into();
    account().put_item(&quota);
    account().put_item(&before);
    sweep();
    let record = api.record(upload.id).unwrap();
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
    let api = new_caller();
    let upload = api.create_one(&api::item("a.txt", "text/plain", TEXT));
    let (key, id) = (upload.key.to_string(), upload.id.to_string());
    let owner = owner_of(&key);
    age(owner, &id, 6);
    sweep();
    assert_eq!(api.record(upload.id).unwrap().status, UploadStatus::Pending);
    assert_eq!(usage(owner), (1, 9));
    assert!(
        row(owner, &id)["sweepAt"].as_u64() > Some(1),
        "looked at later"
    );
    age(owner, &id, 2);
    sweep();
    let record = api.record(upload.id).unwrap();
    assert_eq!(record.status, UploadStatus::Expired);
    assert_eq!(usage(owner), (0, 0));
    // Its object may still arrive for a day; then it can be removed.
    assert!(row(owner, &id).get("openShard").is_some());
    age(owner, &id, 1);
    sweep();
    let record = api.record(upload.id).unwrap();
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
    stored(&api, &upload);
    assert_eq!(api.record(upload.id).unwrap().expires_at, None);
    assert_eq!(usage(owner), (0, 0));
}

#[test]
fn a95_f55_what_lands_after_a_cancel_is_recorded_although_its_event_is_lost() {
    let _present = present();
    let api = new_caller();
    let upload = api.create_one(&api::item("a.txt", "text/plain", TEXT));
    let (key, id) = (upload.key.to_string(), upload.id.to_string());
    let owner = owner_of(&key);
    assert_eq!(api.delete(&format!("/uploads/{id}")).status, 204);
    assert_eq!(usage(owner), (0, 0));
    let mut before = row(owner, &id);
    stored(&api, &upload);
    // As if no event had arrived. Only after the look it is due: sweeps of other tests run at any time.
    account().put_item(&before);
    assert_eq!(api.record(upload.id).unwrap().status, UploadStatus::Aborted);
    before["sweepAt"] = 1.into();
    account().put_item(&before);
    sweep();
    let record = api.record(upload.id).unwrap();
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
    let api = new_caller();
    let upload = api.create_one(&api::item("a.txt", "text/plain", TEXT));
    let (key, id) = (upload.key.to_string(), upload.id.to_string());
    let owner = owner_of(&key);
    let (open, quota) = (row(owner, &id), row(owner, "#quota"));
    assert_eq!(api.delete(&format!("/uploads/{id}")).status, 204);
    assert_eq!(usage(owner), (0, 0));
    // As if the function had been killed between its two writes and left parts in storage.
    let parts = account().create_multipart(&key);
    let mut half = row(owner, &id);
    half["counted"] = open["counted"].clone();
    half["s3UploadId"] = parts.into();
    account().put_item(&quota);
    account().put_item(&half);
    assert_eq!((usage(owner), account().open_multiparts(&key)), ((1, 9), 1));
    half["sweepAt"] = 1.into();
    account().put_item(&half);
    sweep();
    assert_eq!((usage(owner), account().open_multiparts(&key)), ((0, 0), 0));
    assert_eq!(api.record(upload.id).unwrap().status, UploadStatus::Aborted);
}

/// Storage created it, and the function was killed before the record named it.
#[test]
fn f40_a94_a_multipart_upload_that_no_record_names_is_dropped_after_a_day() {
    let api = new_caller();
    let upload = api.create_one(&api::item("a.txt", "text/plain", TEXT));
    let key = upload.key.to_string();
    account().create_multipart(&key);
    sweep();
    assert_eq!(account().open_multiparts(&key), 1, "it may yet be named");
    let _future = PRESENT.write().unwrap_or_else(PoisonError::into_inner);
    let tomorrow = devkit::time::unix() + 25 * 3_600;
    let report = sweep_by(&json!({"time": devkit::time::rfc3339(tomorrow)}));
    assert!(report["multipartsAborted"].as_u64() >= Some(1), "{report}");
    assert_eq!(account().open_multiparts(&key), 0);
    assert_eq!(api.record(upload.id).unwrap().status, UploadStatus::Pending);
}
