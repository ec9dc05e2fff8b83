use serde_json::{Value, json};

/// Whose results these are: Crowfly's rule takes this source beside GuardDuty's.
pub const SOURCE: &str = "crowfly.scanner";
/// The kind of event that GuardDuty sends.
pub(crate) const DETAIL_TYPE: &str = "GuardDuty Malware Protection Object Scan Result";

/// A new object, as S3 tells EventBridge of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// The bucket.
    pub bucket: String,
    /// The key as it is, not encoded.
    pub key: String,
    /// The entity tag, without quotes.
    pub etag: String,
    /// The version, in a versioned bucket.
    pub version_id: Option<String>,
}

impl Object {
    /// The object that an event tells of; `None` when it is another event.
    pub fn told(event: &Value) -> Option<Self> {
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

/// What a scan found, in GuardDuty's words.
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
    /// The word in the event.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoThreats => "NO_THREATS_FOUND",
            Self::Threats => "THREATS_FOUND",
            Self::Unsupported => "UNSUPPORTED",
            Self::AccessDenied => "ACCESS_DENIED",
        }
    }
}

/// The detail of the event that tells what was found in an object.
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
