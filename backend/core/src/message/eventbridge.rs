//! Events of EventBridge: those of S3
//! (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html>), and results of malware
//! scans.

use crowfly_contract::{EventKind, ScanStatus};
use serde_json::Value;

use super::{FIRST, Malformed, Message, ObjectEvent, ScanResult, moment, sequencer};
use crate::Scanned;
use crate::percent::decode_form;

/// The source of S3's events; nobody else may publish under a name that begins with `aws.`:
/// <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsRequestEntry.html>.
const S3: &str = "aws.s3";
/// The `detail-type` of a scan result of GuardDuty Malware Protection for S3:
/// <https://docs.aws.amazon.com/guardduty/latest/ug/monitor-with-eventbridge-s3-malware-protection.html>.
const SCAN_RESULT: &str = "GuardDuty Malware Protection Object Scan Result";
/// The accepted sources of scan results: another scanner sends the same event with our own source.
const SCANNERS: [&str; 2] = ["aws.guardduty", "crowfly.scanner"];

/// Parses one event.
pub(super) fn parse(event: &Value) -> Result<Message, Malformed> {
    let text = |pointer: &str| event.pointer(pointer).and_then(Value::as_str);
    let from = |sources: &[&str]| text("/source").is_some_and(|source| sources.contains(&source));
    match text("/detail-type") {
        Some("Object Created") if from(&[S3]) => parse_object(event, EventKind::Created),
        Some("Object Deleted") if from(&[S3]) => parse_object(event, EventKind::Removed),
        Some(SCAN_RESULT) if from(&SCANNERS) => parse_scan(event),
        Some("Object Created" | "Object Deleted" | SCAN_RESULT) => {
            Ok(Message::Ignored("another source"))
        }
        _ => Ok(Message::Ignored("another kind of event")),
    }
}

fn parse_object(event: &Value, kind: EventKind) -> Result<Message, Malformed> {
    let text = |pointer: &str| event.pointer(pointer).and_then(Value::as_str);
    let owned = |pointer: &str| text(pointer).map(str::to_owned);
    // Older events have no version.
    let version = event.pointer("/detail/event-version");
    if version.is_some_and(|version| !version.as_str().is_some_and(|v| v.starts_with("1."))) {
        return Err(Malformed("event-version is not 1.x"));
    }
    // As in S3's own format, a removal by the lifecycle may have no sequencer.
    let lifecycle = text("/detail/reason") == Some("Lifecycle Expiration");
    let unordered = lifecycle.then_some(FIRST);
    let key = owned("/detail/object/key").ok_or(Malformed("no key"))?;
    ObjectEvent {
        kind,
        bucket: owned("/detail/bucket/name").ok_or(Malformed("no bucket"))?,
        // Keys were seen as they are
        // (https://github.com/aws-solutions-library-samples/guidance-for-medialake-on-aws/pull/21), but
        // no document of AWS's says so.
        decoded_key: decode_form(&key).filter(|decoded| *decoded != key),
        key,
        size: event.pointer("/detail/object/size").and_then(Value::as_u64),
        etag: owned("/detail/object/etag"),
        version_id: owned("/detail/object/version-id"),
        sequencer: sequencer(text("/detail/object/sequencer").or(unordered))?,
        at: moment(text("/time"))?,
        time: owned("/time").unwrap_or_default(),
    }
    .checked()
}

fn parse_scan(event: &Value) -> Result<Message, Malformed> {
    let text = |pointer: &str| event.pointer(pointer).and_then(Value::as_str);
    let object = |name: &str| {
        let value = text(&format!("/detail/s3ObjectDetails/{name}")).map(str::to_owned);
        value.filter(|value| !value.is_empty())
    };
    let etag = object("eTag").ok_or(Malformed("a scan result without an entity tag"))?;
    Ok(Message::Scan(ScanResult {
        bucket: object("bucketName").ok_or(Malformed("a scan result without a bucket"))?,
        key: object("objectKey").ok_or(Malformed("a scan result without a key"))?,
        object: Scanned {
            etag: etag.trim_matches('"').to_owned(),
            version_id: object("versionId").filter(|version| version != "null"),
        },
        found: match text("/detail/scanResultDetails/scanResultStatus") {
            Some("NO_THREATS_FOUND") => ScanStatus::Clean,
            Some("THREATS_FOUND") => ScanStatus::Infected,
            Some("UNSUPPORTED" | "ACCESS_DENIED" | "FAILED") => ScanStatus::Unscannable,
            _ => return Err(Malformed("an unknown scan result")),
        },
    }))
}
