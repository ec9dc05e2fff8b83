//! Objects that do not pass a scan are withheld, in any order of events and results.

mod common;

use common::events::{created, handle, key, pending, recorder, removed};
use common::withheld::{content, refused, shown};
use common::{NOW, id, owner};
use crowfly_contract::{ErrorCode, ScanStatus};
use crowfly_core::FaultKind;
use crowfly_core::record::{Outcome, RecordError, Recorder, record};
use crowfly_testing::{Memory, head_of};
use serde_json::{Value, json};

const EXE: &[u8] = b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0";

fn result(etag: &str, status: &str) -> Value {
    json!({
        "version": "0", "id": "72c7d362", "source": "aws.guardduty", "account": "111122223333",
        "detail-type": "GuardDuty Malware Protection Object Scan Result", "region": "eu-west-1",
        "time": "2026-11-22T10:20:31Z", "resources": [],
        "detail": {
            "schemaVersion": "1.0", "scanStatus": "COMPLETED", "resourceType": "S3_OBJECT",
            "s3ObjectDetails": {"bucketName": "bucket", "objectKey": key(1).to_string(),
                "eTag": etag, "versionId": "null", "s3Throttled": false},
            "scanResultDetails": {"scanResultStatus": status, "threats": null}}
    })
}

/// Handles a message with scanning switched on.
async fn scanned(memory: &Memory, body: &str) -> Result<Outcome, RecordError> {
    let recorder = Recorder {
        scan_uploads: true,
        ..recorder()
    };
    let mut results = record(memory, memory, memory, &recorder, body, NOW).await;
    assert_eq!(results.len(), 1);
    results.remove(0)
}

fn found(found: ScanStatus) -> Result<Outcome, RecordError> {
    Ok(Outcome::Scanned {
        owner: owner('a'),
        id: id(1),
        found,
    })
}

#[tokio::test]
async fn a85_what_is_not_scanned_yet_is_withheld_until_it_is_clean() {
    let memory = pending(1);
    scanned(&memory, &created(1, "A1", "e1")).await.unwrap();
    let record = shown(&memory).await;
    assert_eq!((record.scan, record.url), (Some(ScanStatus::Pending), None));
    let refusal = content(&memory).await.unwrap_err();
    assert_eq!(refusal.code, ErrorCode::ScanPending);
    assert!(refusal.retry_after_ms.is_some());

    let clean = result("e1", "NO_THREATS_FOUND").to_string();
    assert_eq!(scanned(&memory, &clean).await, found(ScanStatus::Clean));
    let record = shown(&memory).await;
    assert_eq!(record.scan, Some(ScanStatus::Clean));
    assert!(record.url.is_some());
    content(&memory).await.unwrap();
    let once = memory.row(&owner('a'), id(1));
    for _ in 0..3 {
        assert_eq!(scanned(&memory, &clean).await, Ok(Outcome::NotNewer));
    }
    assert_eq!(memory.row(&owner('a'), id(1)), once);
}

#[tokio::test]
async fn a85_infected_is_final_and_never_served() {
    let memory = pending(1);
    scanned(&memory, &created(1, "A1", "e1")).await.unwrap();
    let infected = result("e1", "THREATS_FOUND").to_string();
    assert_eq!(
        scanned(&memory, &infected).await,
        found(ScanStatus::Infected)
    );
    let clean = result("\"e1\"", "NO_THREATS_FOUND").to_string();
    assert_eq!(scanned(&memory, &clean).await, Ok(Outcome::NotNewer));
    let record = shown(&memory).await;
    assert_eq!(
        (record.scan, record.url),
        (Some(ScanStatus::Infected), None)
    );
    let refusal = content(&memory).await.unwrap_err();
    assert_eq!(
        (refusal.code, refusal.retry_after_ms),
        (ErrorCode::Infected, None)
    );
}

#[tokio::test]
async fn a85_what_cannot_be_scanned_counts_as_infected() {
    for status in ["UNSUPPORTED", "ACCESS_DENIED", "FAILED"] {
        let memory = pending(1);
        scanned(&memory, &created(1, "A1", "e1")).await.unwrap();
        let outcome = scanned(&memory, &result("e1", status).to_string()).await;
        assert_eq!(outcome, found(ScanStatus::Unscannable));
        assert_eq!(shown(&memory).await.url, None);
        assert_eq!(refused(&memory).await, ErrorCode::Infected);
    }
}

#[tokio::test]
async fn a85_a_clean_file_of_another_kind_stays_withheld() {
    let memory = pending(1);
    memory.set_first_bytes(&key(1), EXE);
    scanned(&memory, &created(1, "A1", "e1")).await.unwrap();
    assert_eq!(refused(&memory).await, ErrorCode::TypeMismatch);
    let clean = result("e1", "NO_THREATS_FOUND").to_string();
    scanned(&memory, &clean).await.unwrap();
    assert_eq!(shown(&memory).await.url, None);
    assert_eq!(refused(&memory).await, ErrorCode::TypeMismatch);
}

#[tokio::test]
async fn a85_f51_a_result_before_the_event_is_not_lost() {
    let memory = pending(1);
    let infected = result("e1", "THREATS_FOUND").to_string();
    assert_eq!(
        scanned(&memory, &infected).await,
        found(ScanStatus::Infected)
    );
    scanned(&memory, &created(1, "A1", "e1")).await.unwrap();
    assert_eq!(shown(&memory).await.scan, Some(ScanStatus::Infected));

    // Without a row the result cannot be stored: it is redelivered.
    let unknown = Memory::default();
    unknown.set_object(&key(1), Some(head_of("e1")));
    let early = scanned(&unknown, &infected).await;
    assert!(matches!(early, Err(RecordError::Fault(fault)) if fault.retryable()));
    scanned(&unknown, &created(1, "A1", "e1")).await.unwrap();
    assert_eq!(
        scanned(&unknown, &infected).await,
        found(ScanStatus::Infected)
    );

    // The same if the row is still of the previous object.
    unknown.set_object(&key(1), Some(head_of("e2")));
    let clean = result("e2", "NO_THREATS_FOUND").to_string();
    assert!(scanned(&unknown, &clean).await.is_err());
    scanned(&unknown, &created(1, "A2", "e2")).await.unwrap();
    assert_eq!(shown(&unknown).await.scan, Some(ScanStatus::Pending));
    assert_eq!(scanned(&unknown, &clean).await, found(ScanStatus::Clean));
}

#[tokio::test]
async fn a85_a_result_of_an_older_object_does_not_apply_to_the_newer() {
    let memory = pending(1);
    memory.set_object(&key(1), Some(head_of("e2")));
    scanned(&memory, &created(1, "A2", "e2")).await.unwrap();
    let old = result("e1", "NO_THREATS_FOUND").to_string();
    assert!(matches!(
        scanned(&memory, &old).await,
        Ok(Outcome::Ignored(_))
    ));
    assert_eq!(refused(&memory).await, ErrorCode::ScanPending);

    let mut other = result("e2", "NO_THREATS_FOUND");
    other["detail"]["s3ObjectDetails"]["versionId"] = "v1".into();
    let mut row = memory.row(&owner('a'), id(1)).unwrap();
    row.record.version_id = Some("v2".to_owned());
    memory.set_row(row);
    let mut head = head_of("e2");
    head.version_id = Some("v2".to_owned());
    memory.set_object(&key(1), Some(head));
    let outcome = scanned(&memory, &other.to_string()).await;
    assert!(matches!(outcome, Ok(Outcome::Ignored(_))), "{outcome:?}");

    handle(&memory, &removed(1, "A3")).await.unwrap();
    memory.set_object(&key(1), None);
    let gone = result("e9", "THREATS_FOUND").to_string();
    assert!(matches!(
        scanned(&memory, &gone).await,
        Ok(Outcome::Ignored(_))
    ));
}

#[tokio::test]
async fn a85_a_result_counts_even_without_scanning() {
    let memory = pending(1);
    handle(&memory, &created(1, "A1", "e1")).await.unwrap();
    assert_eq!(shown(&memory).await.scan, None);
    let infected = result("e1", "THREATS_FOUND").to_string();
    assert_eq!(
        handle(&memory, &infected).await,
        found(ScanStatus::Infected)
    );
    assert_eq!(refused(&memory).await, ErrorCode::Infected);
}

#[tokio::test]
async fn a89_f59_foreign_and_broken_results() {
    let memory = pending(1);
    let change = |pointer: &str, value: Value| {
        let mut event = result("e1", "NO_THREATS_FOUND");
        *event.pointer_mut(pointer).unwrap() = value;
        event.to_string()
    };
    let details = "/detail/s3ObjectDetails";
    for foreign in [
        change("/source", "aws.s3".into()),
        change("/source", "crowfly.scanner.evil".into()),
        change("/detail-type", "Object Created".into()),
        change(&format!("{details}/bucketName"), "other".into()),
        change(&format!("{details}/objectKey"), "elsewhere/a".into()),
    ] {
        let outcome = scanned(&memory, &foreign).await;
        assert!(
            matches!(outcome, Ok(Outcome::Ignored(_))),
            "{foreign}: {outcome:?}"
        );
    }
    for broken in [
        change(&format!("{details}/eTag"), Value::Null),
        change(&format!("{details}/objectKey"), 1.into()),
        change(&format!("{details}/bucketName"), "".into()),
        change("/detail/scanResultDetails/scanResultStatus", "FINE".into()),
        change("/detail", json!([])),
    ] {
        let outcome = scanned(&memory, &broken).await;
        assert!(
            matches!(outcome, Err(RecordError::Malformed(_))),
            "{broken}"
        );
    }
    assert_eq!(memory.calls(), Vec::<&str>::new());
}

#[tokio::test]
async fn f64_f65_a_result_is_retried_after_a_fault() {
    for verb in ["get_row", "set_scan"] {
        let memory = pending(1);
        scanned(&memory, &created(1, "A1", "e1")).await.unwrap();
        memory.fail_next(verb, FaultKind::Throttled);
        let infected = result("e1", "THREATS_FOUND").to_string();
        assert!(scanned(&memory, &infected).await.is_err(), "{verb}");
        assert_eq!(
            scanned(&memory, &infected).await,
            found(ScanStatus::Infected)
        );
    }
}
