//! S3 event notifications, built by hand to put into the queue:
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html>.

use devkit::http::encode;
use serde_json::{Value, json};

/// One event about one object.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    /// Such as `ObjectCreated:Put`.
    pub(crate) name: &'static str,
    /// The bucket.
    pub(crate) bucket: String,
    /// The decoded key.
    pub(crate) key: String,
    /// The object's size, for events that have it.
    pub(crate) size: Option<u64>,
    /// The entity tag, for events that have it.
    pub(crate) etag: Option<String>,
    /// Orders the events of one key.
    pub(crate) sequencer: String,
}

impl Event {
    /// The event as an element of `Records`.
    pub(crate) fn record(&self) -> Value {
        // S3 encodes keys like form fields, with `+` for a space.
        let key = encode(&self.key).replace("%20", "+").replace("%2F", "/");
        let mut object = json!({"key": key, "sequencer": self.sequencer});
        if let Some(size) = self.size {
            object["size"] = json!(size);
        }
        if let Some(etag) = &self.etag {
            object["eTag"] = json!(etag);
        }
        json!({
            "eventVersion": "2.1",
            "eventSource": "aws:s3",
            "awsRegion": "us-east-1",
            "eventTime": "2026-11-22T09:30:00.000Z",
            "eventName": self.name,
            "userIdentity": {"principalId": "AWS:somebody"},
            "requestParameters": {"sourceIPAddress": "127.0.0.1"},
            "responseElements": {"x-amz-request-id": "C3D13FE58DE4C810"},
            "s3": {
                "s3SchemaVersion": "1.0",
                "configurationId": "uploads",
                "bucket": {
                    "name": self.bucket,
                    "ownerIdentity": {"principalId": "A3NL1KOZZKExample"},
                    "arn": format!("arn:aws:s3:::{}", self.bucket),
                },
                "object": object,
            },
        })
    }

    /// The queue message that carries it.
    pub(crate) fn message(&self) -> String {
        json!({"Records": [self.record()]}).to_string()
    }
}

/// A later and an earlier sequencer of the same length.
pub(crate) fn neighbours(sequencer: &str) -> (String, String) {
    let value = u128::from_str_radix(sequencer, 16).expect("a hexadecimal sequencer");
    let width = sequencer.len();
    (
        format!("{:0width$X}", value - 1),
        format!("{:0width$X}", value + 1),
    )
}
