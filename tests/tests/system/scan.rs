//! Uploads that are withheld until the example scanner finds them clean. A85.

use std::time::Duration;

use crowfly_contract::{ErrorCode, Record, ScanStatus, UploadStatus};
use devkit::env::{Env, Stack};
use devkit::http::{Request, Response};
use devkit::random::random_hex;
use devkit::wait;
use e2e::api::{Api, item};
use e2e::aws::Aws;
use serde_json::{Value, json};

use crate::common::assert_problem;

/// From the PUT to the scan result in the record.
const SCANNED_WITHIN: Duration = Duration::from_secs(20);

/// From an event to the queue of events whose every attempt failed.
const FAILED_WITHIN: Duration = Duration::from_secs(40);

fn stack() -> &'static Stack {
    Env::stack("scan")
}

fn new_caller() -> Api {
    Api::of_subject(stack(), &format!("scan-{}", random_hex(6)))
}

/// The EICAR test file (<https://www.eicar.org/download-anti-malware-testfile/>), assembled at run time so that no
/// scanner reports this source file.
fn eicar() -> Vec<u8> {
    let halves = [
        "X5O!P%@AP[4\\PZX54(P^)7CC)7}$",
        "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*",
    ];
    halves.concat().into_bytes()
}

fn content(api: &Api, record: &Record) -> Response {
    api.get(&format!("/uploads/{}/content", record.id))
}

/// Sends a file and waits for the scan result; until then no route may return its URL.
#[track_caller]
fn scanned(api: &Api, name: &str, bytes: &[u8]) -> Record {
    let upload = api.create_one(&item(name, "text/plain", bytes));
    assert_eq!(upload.put(bytes).send().status, 200);
    wait::until("the result of the scan", SCANNED_WITHIN, || {
        let record = api.record(upload.id)?;
        if record.status != UploadStatus::Stored {
            return None;
        }
        if record.scan == Some(ScanStatus::Pending) {
            assert_eq!(record.url, None, "{name}: given before it was scanned");
            let early = content(api, &record);
            assert!(
                early.status == 409 || scan_of(api, &record) != record.scan,
                "{name}"
            );
            return None;
        }
        Some(record)
    })
}

fn scan_of(api: &Api, record: &Record) -> Option<ScanStatus> {
    api.record(record.id)?.scan
}

/// A scan result as GuardDuty publishes it:
/// <https://docs.aws.amazon.com/guardduty/latest/ug/monitor-with-eventbridge-s3-malware-protection.html>.
fn result(record: &Record, etag: &str, status: &str) -> Value {
    json!({
        "version": "0", "source": "aws.guardduty", "time": "2026-11-22T10:20:31Z",
        "detail-type": "GuardDuty Malware Protection Object Scan Result",
        "detail": {
            "schemaVersion": "1.0", "scanStatus": "COMPLETED", "resourceType": "S3_OBJECT",
            "s3ObjectDetails": {"bucketName": stack().bucket, "objectKey": record.key, "eTag": etag,
                "versionId": null, "s3Throttled": false},
            "scanResultDetails": {"scanResultStatus": status, "threats": null}}
    })
}

#[test]
fn a85_a_clean_file_is_given_once_it_is_scanned() {
    let api = new_caller();
    // Characters of a key that encodings treat differently.
    for name in ["clean.txt", "a b+c%20d&e#f 👋.txt"] {
        let record = scanned(&api, name, b"a clean file");
        assert_eq!(record.scan, Some(ScanStatus::Clean), "{name}");
        assert!(record.verified && record.url.is_some(), "{name}");
        let answer = content(&api, &record);
        let url = answer.json()["url"].as_str().map(str::to_owned);
        let got = Request::new("GET", url.expect("an address")).send();
        assert_eq!(got.body, b"a clean file");
    }
    let dead = Aws::new(stack()).receive_messages(&stack().dlq);
    assert!(dead.is_empty(), "{} dead letters", dead.len());
}

#[test]
fn a85_the_test_file_is_infected_and_never_given() {
    let api = new_caller();
    let buried = [&vec![b'a'; 300_000], eicar().as_slice(), b" and more"].concat();
    for (name, bytes) in [("eicar.txt", eicar()), ("buried.txt", buried)] {
        let record = scanned(&api, name, &bytes);
        assert_eq!(record.scan, Some(ScanStatus::Infected), "{name}");
        assert_eq!(record.url, None);
        assert_problem(name, &content(&api, &record), ErrorCode::Infected);

        // Later events and results, from the queue or the bus.
        let etag = record.etag.clone().expect("a stored object has one");
        let clean = result(&record, &etag, "NO_THREATS_FOUND").to_string();
        Aws::new(stack()).send_message(&stack().queue, &clean);
        let after = scanned(&api, "another.txt", b"a file after it");
        assert_eq!(after.scan, Some(ScanStatus::Clean));
        assert_problem(name, &content(&api, &record), ErrorCode::Infected);
        let again = api.record(record.id).expect("the record");
        assert_eq!((again.scan, again.url), (Some(ScanStatus::Infected), None));
    }
}

#[test]
fn a85_a_file_that_is_too_large_to_scan_is_withheld() {
    let api = new_caller();
    let record = scanned(&api, "large.txt", &vec![b'a'; 2 * 1024 * 1024]);
    assert_eq!(record.scan, Some(ScanStatus::Unscannable));
    assert_eq!(record.url, None);
    assert_problem("large", &content(&api, &record), ErrorCode::Infected);
}

#[test]
fn a85_a_later_result_can_only_be_worse() {
    let api = new_caller();
    let record = scanned(&api, "a.txt", b"clean for now");
    assert_eq!(record.scan, Some(ScanStatus::Clean));
    let etag = record.etag.clone().expect("a stored object has one");
    let publish = |etag: &str, status: &str| {
        let message = result(&record, etag, status).to_string();
        Aws::new(stack()).send_message(&stack().queue, &message);
    };
    // A result for another object under the same key does not apply to this one.
    publish("0123456789abcdef0123456789abcdef", "THREATS_FOUND");
    scanned(&api, "b.txt", b"a file after it");
    assert_eq!(content(&api, &record).status, 200);
    // A later result of GuardDuty's replaces an earlier one.
    publish(&etag, "THREATS_FOUND");
    wait::until("the worse result", SCANNED_WITHIN, || {
        let now = api.record(record.id)?;
        (now.scan == Some(ScanStatus::Infected)).then_some(())
    });
    assert_problem(
        "infected later",
        &content(&api, &record),
        ErrorCode::Infected,
    );
}

/// Settled, not retried: storage answers that there is no such object, not that access is denied.
#[test]
fn a85_an_object_that_is_gone_is_not_scanned() {
    let account = Aws::new(stack());
    let scanner = account.function_of("crowfly-scanner", "ScannerFunction");
    let key = format!("uploads/{}/gone.txt", random_hex(6));
    let event = json!({"source": "aws.s3", "detail-type": "Object Created", "detail": {
        "bucket": {"name": stack().bucket}, "object": {"key": key, "size": 3, "etag": "e"}}});
    let answer = account.invoke(&scanner, &event);
    let failure = answer.header("x-amz-function-error");
    assert_eq!(failure, None, "{}", answer.text());
    assert_eq!(answer.json(), json!(""), "no result is published");
}

/// A lost scan would leave its upload withheld for ever, without an alarm.
#[test]
fn a85_what_could_not_be_scanned_in_three_tries_is_kept() {
    let account = Aws::new(stack());
    let scanner = account.function_of("crowfly-scanner", "ScannerFunction");
    let failed = account.on_failure(&scanner);
    assert!(!failed.is_empty(), "a destination for what fails");
    // S3 refuses the key, and says neither that there is an object nor that there is none.
    let key = format!("uploads/{}/{}", random_hex(6), "a".repeat(1_100));
    let event = json!({"source": "aws.s3", "detail-type": "Object Created", "detail": {
        "bucket": {"name": stack().bucket}, "object": {"key": key, "size": 3, "etag": "e"}}});
    account.invoke_later(&scanner, &event);
    wait::until("the event on the failure queue", FAILED_WITHIN, || {
        let messages = account.receive_messages(&failed).into_iter();
        let mut bodies = messages.map(|message| serde_json::from_str::<Value>(&message.body));
        bodies.find_map(|body| (body.ok()?["requestPayload"] == event).then_some(()))
    });
}
