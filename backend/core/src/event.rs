//! What arrives about objects: S3's own event JSON and our queue message, through one door.

use crowfly_contract::{EventKind, QueueMessage};
use serde_json::Value;

use crate::percent::decode_form;
use crate::scan::{self, ScanResult};
use crate::{Sequencer, parse_rfc3339_ms};

/// One thing that a message says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// Something happened to an object.
    Object(ObjectEvent),
    /// A scan has found something, or nothing, in an object.
    Scan(ScanResult),
    /// Nothing for us: S3's test of the connection, another service's event, another kind of S3 event.
    Nothing(&'static str),
}

/// Something that happened to an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectEvent {
    /// What.
    pub kind: EventKind,
    /// In which bucket.
    pub bucket: String,
    /// Under which key, decoded.
    pub key: String,
    /// Bytes, for a created object.
    pub size: Option<u64>,
    /// The entity tag without quotes, for a created object.
    pub etag: Option<String>,
    /// The version, in a versioned bucket.
    pub version_id: Option<String>,
    /// Its place in the key's history. S3's lifecycle gives its removals that of the object which it removed, so
    /// a removal may be later than it says.
    pub sequencer: Sequencer,
    /// When, as S3 wrote it.
    pub time: String,
    /// When, in Unix milliseconds.
    pub at: u64,
}

/// A message, or a part of it, that this code cannot read. It belongs in the dead-letter queue.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the message cannot be read: {0}")]
pub struct Poison(pub(crate) &'static str);

/// The sequencer before all others.
const FIRST: &str = "0";

/// Reads the body of a queue message.
///
/// One result for each record in it, so that an unreadable one does not hide the others.
pub fn parse_message(body: &str) -> Vec<Result<Said, Poison>> {
    match serde_json::from_str::<Value>(body) {
        Ok(value) if value.get("v").is_some() => vec![parse_ours(value)],
        Ok(value) if value.get("detail-type").is_some() => vec![scan::parse(&value)],
        Ok(value) => parse_s3(&value),
        Err(_) => vec![Err(Poison("not JSON"))],
    }
}

/// Reads S3's own event JSON.
pub fn parse_s3(event: &Value) -> Vec<Result<Said, Poison>> {
    if event.get("Event").and_then(Value::as_str) == Some("s3:TestEvent") {
        return vec![Ok(Said::Nothing("s3:TestEvent"))];
    }
    match event.get("Records") {
        Some(Value::Array(records)) if records.is_empty() => vec![Ok(Said::Nothing("no records"))],
        Some(Value::Array(records)) => records.iter().map(parse_record).collect(),
        _ => vec![Err(Poison("neither an S3 event nor our message"))],
    }
}

fn parse_record(record: &Value) -> Result<Said, Poison> {
    let text = |pointer: &str| record.pointer(pointer).and_then(Value::as_str);
    match text("/eventSource") {
        Some("aws:s3") => {}
        Some(_) => return Ok(Said::Nothing("another service")),
        None => return Err(Poison("no eventSource")),
    }
    if !text("/eventVersion").is_some_and(|version| version.starts_with("2.")) {
        return Err(Poison("eventVersion is not 2.x"));
    }
    let name = text("/eventName").ok_or(Poison("no eventName"))?;
    let kind = match name.trim_start_matches("s3:").split(':').next() {
        Some("ObjectCreated") => EventKind::Created,
        Some("ObjectRemoved" | "LifecycleExpiration") => EventKind::Removed,
        _ => return Ok(Said::Nothing("another kind of event")),
    };
    // Only PUTs and DELETEs are said to have a sequencer.
    let lifecycle = name.contains("LifecycleExpiration");
    let unordered = lifecycle.then_some(FIRST);
    let key = text("/s3/object/key").ok_or(Poison("no key"))?;
    let owned = |pointer: &str| text(pointer).map(str::to_owned);
    ObjectEvent {
        kind,
        bucket: owned("/s3/bucket/name").ok_or(Poison("no bucket"))?,
        key: decode_form(key).ok_or(Poison("the key is not form-encoded UTF-8"))?,
        size: record.pointer("/s3/object/size").and_then(Value::as_u64),
        etag: owned("/s3/object/eTag"),
        version_id: owned("/s3/object/versionId"),
        sequencer: sequencer(text("/s3/object/sequencer").or(unordered))?,
        at: moment(text("/eventTime"))?,
        time: owned("/eventTime").unwrap_or_default(),
    }
    .checked()
}

fn parse_ours(value: Value) -> Result<Said, Poison> {
    let version = value.get("v").and_then(Value::as_u64);
    if version != Some(QueueMessage::VERSION.into()) {
        return Err(Poison(
            "a version of our message that this code does not know",
        ));
    }
    let message: QueueMessage =
        serde_json::from_value(value).map_err(|_| Poison("not the fields of our message"))?;
    ObjectEvent {
        kind: message.event,
        bucket: message.bucket,
        key: message.key,
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
    fn checked(mut self) -> Result<Said, Poison> {
        if self.key.is_empty() || self.bucket.is_empty() {
            return Err(Poison("an empty key or bucket"));
        }
        if self.kind == EventKind::Created && self.size.is_none() {
            return Err(Poison("a created object without a size"));
        }
        self.etag = self
            .etag
            .map(|etag| etag.trim_matches('"').to_owned())
            .filter(|etag| !etag.is_empty());
        Ok(Said::Object(self))
    }

    /// The queue message that carries this event on, with the object's address.
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

fn sequencer(text: Option<&str>) -> Result<Sequencer, Poison> {
    Sequencer::parse(text.unwrap_or_default())
        .map_err(|_| Poison("no sequencer that can be ordered"))
}

fn moment(text: Option<&str>) -> Result<u64, Poison> {
    text.and_then(parse_rfc3339_ms)
        .ok_or(Poison("no eventTime in RFC 3339"))
}

#[cfg(test)]
#[path = "event_tests.rs"]
mod tests;
