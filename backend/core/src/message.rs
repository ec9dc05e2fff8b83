//! Parses the messages of the queue. It receives three formats: S3's event JSON
//! (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html>),
//! our own queue message, and events of EventBridge ([`eventbridge`]): those of S3, and results of
//! malware scans.

mod eventbridge;

use crowfly_contract::{EventKind, QueueMessage, ScanStatus};
use serde_json::Value;

use crate::percent::decode_form;
use crate::strict::Strict;
use crate::{Scanned, Sequencer, parse_rfc3339_ms};

/// One parsed record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// An object was created or removed.
    Object(ObjectEvent),
    /// The result of a scan.
    Scan(ScanResult),
    /// Ignored, with the reason: an S3 test event, an event of another service, or of another kind.
    Ignored(&'static str),
}

/// An event of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectEvent {
    /// Created or removed.
    pub kind: EventKind,
    /// The bucket.
    pub bucket: String,
    /// The key, decoded.
    pub key: String,
    /// Another key that the event may mean: its own, form-decoded, where that differs and the
    /// format does not say whether keys are encoded.
    pub decoded_key: Option<String>,
    /// Size in bytes, for a created object.
    pub size: Option<u64>,
    /// The entity tag without quotes, for a created object.
    pub etag: Option<String>,
    /// The version, in a versioned bucket.
    pub version_id: Option<String>,
    /// Orders the events of a key. S3 Lifecycle sends a removal with the sequencer of the object
    /// that it removed, so a removal may be newer than its sequencer says.
    pub sequencer: Sequencer,
    /// The time as S3 wrote it.
    pub time: String,
    /// The time in Unix milliseconds: a claim of the event, see [`plausible_ms`](crate::plausible_ms).
    pub at: u64,
}

/// The result of a malware scan of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScanResult {
    /// The bucket of the object.
    pub bucket: String,
    /// Its key, decoded.
    pub key: String,
    /// The object version under that key.
    pub object: Scanned,
    /// The result; never pending.
    pub found: ScanStatus,
}

/// A message, or a record of it, that cannot be parsed. It ends in the dead-letter queue.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the message cannot be read: {0}")]
pub struct Malformed(pub(crate) &'static str);

/// Sorts before every other sequencer.
const FIRST: &str = "0";

/// Parses the body of a queue message.
///
/// One result per record, so that a malformed one does not hide the others.
pub fn parse_message(body: &str) -> Vec<Result<Message, Malformed>> {
    match serde_json::from_str(body) {
        Ok(Strict(value)) if value.get("v").is_some() => vec![parse_ours(value)],
        Ok(Strict(value)) if value.get("detail-type").is_some() => vec![eventbridge::parse(&value)],
        Ok(Strict(value)) => parse_s3(&value),
        Err(_) => vec![Err(Malformed("not JSON, or a duplicate name in it"))],
    }
}

/// Parses S3's event JSON.
pub fn parse_s3(event: &Value) -> Vec<Result<Message, Malformed>> {
    if event.get("Event").and_then(Value::as_str) == Some("s3:TestEvent") {
        return vec![Ok(Message::Ignored("s3:TestEvent"))];
    }
    match event.get("Records") {
        Some(Value::Array(records)) if records.is_empty() => {
            vec![Ok(Message::Ignored("no records"))]
        }
        Some(Value::Array(records)) => records.iter().map(parse_record).collect(),
        _ => vec![Err(Malformed("neither an S3 event nor a queue message"))],
    }
}

fn parse_record(record: &Value) -> Result<Message, Malformed> {
    let text = |pointer: &str| record.pointer(pointer).and_then(Value::as_str);
    match text("/eventSource") {
        Some("aws:s3") => {}
        Some(_) => return Ok(Message::Ignored("another service")),
        None => return Err(Malformed("no eventSource")),
    }
    if !text("/eventVersion").is_some_and(|version| version.starts_with("2.")) {
        return Err(Malformed("eventVersion is not 2.x"));
    }
    let name = text("/eventName").ok_or(Malformed("no eventName"))?;
    let kind = match name.trim_start_matches("s3:").split(':').next() {
        Some("ObjectCreated") => EventKind::Created,
        Some("ObjectRemoved" | "LifecycleExpiration") => EventKind::Removed,
        _ => return Ok(Message::Ignored("another kind of event")),
    };
    // Only events of PUT and DELETE are documented to have a sequencer.
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
    let lifecycle = name.contains("LifecycleExpiration");
    let unordered = lifecycle.then_some(FIRST);
    let key = text("/s3/object/key").ok_or(Malformed("no key"))?;
    let owned = |pointer: &str| text(pointer).map(str::to_owned);
    ObjectEvent {
        kind,
        bucket: owned("/s3/bucket/name").ok_or(Malformed("no bucket"))?,
        key: decode_form(key).ok_or(Malformed("the key is not form-encoded UTF-8"))?,
        decoded_key: None,
        size: record.pointer("/s3/object/size").and_then(Value::as_u64),
        etag: owned("/s3/object/eTag"),
        version_id: owned("/s3/object/versionId"),
        sequencer: sequencer(text("/s3/object/sequencer").or(unordered))?,
        at: moment(text("/eventTime"))?,
        time: owned("/eventTime").unwrap_or_default(),
    }
    .checked()
}

fn parse_ours(value: Value) -> Result<Message, Malformed> {
    let version = value.get("v").and_then(Value::as_u64);
    if version != Some(QueueMessage::VERSION.into()) {
        return Err(Malformed("an unknown version of the queue message"));
    }
    let message: QueueMessage = serde_json::from_value(value)
        .map_err(|_| Malformed("not the fields of a queue message"))?;
    ObjectEvent {
        kind: message.event,
        bucket: message.bucket,
        key: message.key,
        decoded_key: None,
        size: message.size,
        etag: message.etag,
        version_id: message.version_id,
        sequencer: sequencer(Some(&message.sequencer))?,
        at: moment(Some(&message.time))?,
        time: message.time,
    }
    .checked()
}

impl ObjectEvent {
    fn checked(mut self) -> Result<Message, Malformed> {
        if self.key.is_empty() || self.bucket.is_empty() {
            return Err(Malformed("an empty key or bucket"));
        }
        if self.kind == EventKind::Created && self.size.is_none() {
            return Err(Malformed("a created object without a size"));
        }
        self.etag = self
            .etag
            .map(|etag| etag.trim_matches('"').to_owned())
            .filter(|etag| !etag.is_empty());
        Ok(Message::Object(self))
    }

    /// The queue message of this event, with the object's URL.
    pub fn to_message(&self, url: String) -> QueueMessage {
        QueueMessage {
            v: QueueMessage::VERSION,
            bucket: self.bucket.clone(),
            key: self.key.clone(),
            url,
            size: self.size,
            etag: self.etag.clone(),
            version_id: self.version_id.clone(),
            sequencer: self.sequencer.as_written().to_owned(),
            event: self.kind,
            time: self.time.clone(),
        }
    }
}

fn sequencer(text: Option<&str>) -> Result<Sequencer, Malformed> {
    Sequencer::parse(text.unwrap_or_default()).map_err(|_| Malformed("no valid sequencer"))
}

fn moment(text: Option<&str>) -> Result<u64, Malformed> {
    text.and_then(parse_rfc3339_ms)
        .ok_or(Malformed("no eventTime in RFC 3339"))
}
