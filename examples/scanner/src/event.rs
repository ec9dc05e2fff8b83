use serde_json::{Value, json};

/// The source of the results, which Crowfly's rule accepts beside that of GuardDuty.
pub const SOURCE: &str = "crowfly.scanner";
/// The `detail-type` of GuardDuty.
pub(crate) const DETAIL_TYPE: &str = "GuardDuty Malware Protection Object Scan Result";

/// A new object in an EventBridge event of S3.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// The bucket.
    pub bucket: String,
    /// The key, not encoded.
    pub key: String,
    /// The entity tag, without quotes.
    pub etag: String,
    /// The version, in a versioned bucket.
    pub version_id: Option<String>,
}

impl Object {
    /// The object of an event; `None` for another event.
    pub fn from_event(event: &Value) -> Option<Self> {
        let text = |pointer: &str| event.pointer(pointer)?.as_str().map(str::to_owned);
        if text("/source")? != "aws.s3" || text("/detail-type")? != "Object Created" {
            return None;
        }
        Some(Self {
            bucket: text("/detail/bucket/name")?,
            key: text("/detail/object/key")?,
            etag: text("/detail/object/etag")?,
            version_id: text("/detail/object/version-id"),
        })
    }
}

/// The result of a scan, as GuardDuty names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// Nothing.
    NoThreats,
    /// Malware.
    Threats,
    /// The object is too large for this scanner.
    Unsupported,
    /// The scanner may not read the object.
    AccessDenied,
}

impl Found {
    /// The status in the event.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoThreats => "NO_THREATS_FOUND",
            Self::Threats => "THREATS_FOUND",
            Self::Unsupported => "UNSUPPORTED",
            Self::AccessDenied => "ACCESS_DENIED",
        }
    }
}

/// The detail of the event with the result.
pub fn detail(object: &Object, found: Found) -> Value {
    let threats = match found {
        Found::Threats => json!([{"name": "EICAR-Test-File"}]),
        _ => Value::Null,
    };
    let scanned = matches!(found, Found::NoThreats | Found::Threats);
    json!({
        "schemaVersion": "1.0",
        "scanStatus": if scanned { "COMPLETED" } else { "SKIPPED" },
        "resourceType": "S3_OBJECT",
        "s3ObjectDetails": {
            "bucketName": object.bucket,
            "objectKey": object.key,
            "eTag": object.etag,
            "versionId": object.version_id,
            "s3Throttled": false,
        },
        "scanResultDetails": {"scanResultStatus": found.as_str(), "threats": threats},
    })
}
