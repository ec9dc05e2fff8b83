//! S3 events, and helpers to handle them.

use crowfly_contract::ObjectKey;
use crowfly_core::Outbox;
use crowfly_core::address::ObjectAddress;
use crowfly_core::record::{Outcome, RecordError, Recorder, record};
use crowfly_testing::{Memory, head_of, row_of};
use serde_json::{Value, json};

use super::{NOW, id, owner};

pub(crate) fn address() -> ObjectAddress {
    ObjectAddress::on_aws("bucket", "eu-west-1")
}

pub(crate) fn recorder() -> Recorder {
    Recorder {
        bucket: "bucket".to_owned(),
        address: address(),
        scan_uploads: false,
        outbox: Outbox::Off,
    }
}

pub(crate) fn key(n: u128) -> ObjectKey {
    row_of(&owner('a'), id(n), 1).record.key
}

/// One record of an S3 event; `etag` is `None` for a removal.
pub(crate) fn event(key: &str, sequencer: &str, etag: Option<&str>) -> Value {
    let mut object = json!({"key": key, "sequencer": sequencer});
    if let Some(etag) = etag {
        object["size"] = 9.into();
        object["eTag"] = etag.into();
    }
    let name = if etag.is_some() {
        "ObjectCreated:Put"
    } else {
        "ObjectRemoved:Delete"
    };
    json!({"eventVersion": "2.6", "eventSource": "aws:s3", "eventName": name,
        "eventTime": "2026-11-22T10:20:30.123Z", "s3": {"bucket": {"name": "bucket"}, "object": object}})
}

pub(crate) fn created(n: u128, sequencer: &str, etag: &str) -> String {
    json!({"Records": [event(&key(n).to_string(), sequencer, Some(etag))]}).to_string()
}

pub(crate) fn removed(n: u128, sequencer: &str) -> String {
    json!({"Records": [event(&key(n).to_string(), sequencer, None)]}).to_string()
}

pub(crate) async fn handle(memory: &Memory, body: &str) -> Result<Outcome, RecordError> {
    let mut results = record(memory, memory, memory, &recorder(), body, NOW).await;
    assert_eq!(results.len(), 1);
    results.remove(0)
}

pub(crate) fn pending(n: u128) -> Memory {
    let memory = Memory::default();
    memory.set_row(row_of(&owner('a'), id(n), 1));
    memory.set_object(&key(n), Some(head_of("e1")));
    memory
}
