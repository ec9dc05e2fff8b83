//! What scanners for malware say about objects.
//!
//! The message is EventBridge's event as GuardDuty Malware Protection for S3 sends it; a scanner of another
//! kind sends the same with the source `crowfly.scanner`. Of several results for one object the strongest
//! stays, whatever their order: infected over clean over unscannable.

use crowfly_contract::{ObjectKey, ScanStatus};
use serde_json::Value;

use crate::event::{Poison, Said};
use crate::ports::{GetRow, HeadObject, SetScan};
use crate::record::Done;
use crate::{Fault, FaultKind, Row};

/// The kind of event that carries a result.
pub const DETAIL_TYPE: &str = "GuardDuty Malware Protection Object Scan Result";
/// Whose events are results.
const SOURCES: [&str; 2] = ["aws.guardduty", "crowfly.scanner"];

/// What a scan has found in one object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScanResult {
    /// The bucket of the object.
    pub bucket: String,
    /// Its key, decoded.
    pub key: String,
    /// Which object under that key.
    pub object: Scanned,
    /// What was found; never pending.
    pub found: ScanStatus,
}

/// The object that a scan is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scanned {
    /// Its entity tag, without quotes.
    pub etag: String,
    /// Its version, in a versioned bucket.
    pub version_id: Option<String>,
}

impl Scanned {
    /// Whether this is the object with that tag and version. A version that only one side knows does not
    /// matter.
    pub fn is(&self, etag: Option<&str>, version_id: Option<&str>) -> bool {
        let versions = self.version_id.as_deref().zip(version_id);
        etag == Some(&*self.etag) && versions.is_none_or(|(own, other)| own == other)
    }
}

/// How strong a result is. The order of results cannot matter where the strongest stays.
pub fn strength(status: ScanStatus) -> u8 {
    match status {
        ScanStatus::Infected => 3,
        ScanStatus::Clean => 2,
        ScanStatus::Unscannable => 1,
        _ => 0,
    }
}

/// Reads an event of EventBridge.
pub(crate) fn parse(event: &Value) -> Result<Said, Poison> {
    let text = |pointer: &str| event.pointer(pointer).and_then(Value::as_str);
    if text("/detail-type") != Some(DETAIL_TYPE) {
        return Ok(Said::Nothing("another kind of event"));
    }
    if !text("/source").is_some_and(|source| SOURCES.contains(&source)) {
        return Ok(Said::Nothing("another source"));
    }
    let object = |name: &str| {
        let value = text(&format!("/detail/s3ObjectDetails/{name}")).map(str::to_owned);
        value.filter(|value| !value.is_empty())
    };
    let etag = object("eTag").ok_or(Poison("a scan result without an entity tag"))?;
    Ok(Said::Scan(ScanResult {
        bucket: object("bucketName").ok_or(Poison("a scan result without a bucket"))?,
        key: object("objectKey").ok_or(Poison("a scan result without a key"))?,
        object: Scanned {
            etag: etag.trim_matches('"').to_owned(),
            version_id: object("versionId").filter(|version| version != "null"),
        },
        found: match text("/detail/scanResultDetails/scanResultStatus") {
            Some("NO_THREATS_FOUND") => ScanStatus::Clean,
            Some("THREATS_FOUND") => ScanStatus::Infected,
            Some("UNSUPPORTED" | "ACCESS_DENIED" | "FAILED") => ScanStatus::Unscannable,
            _ => return Err(Poison("a scan result that this code does not know")),
        },
    }))
}

/// Notes a result with the record of its object.
///
/// A result may come before the object's own event: a pending record keeps it, and without a record, or with
/// that of an older object, the message comes again.
///
/// # Errors
/// A fault of table or storage, or of a result that is ahead of its record.
pub(crate) async fn apply(
    rows: &(impl GetRow + SetScan),
    objects: &impl HeadObject,
    bucket: &str,
    result: ScanResult,
) -> Result<Done, Fault> {
    if result.bucket != bucket {
        return Ok(Done::Ignored("another bucket"));
    }
    let Ok(key) = result.key.parse::<ObjectKey>() else {
        return Ok(Done::Ignored("a key that is not ours"));
    };
    let (owner, id) = (key.owner().clone(), key.id());
    let row = rows.get_row(&owner, id).await?;
    let Some(row) = row.filter(|row| awaits(row, &result.object)) else {
        let head = objects.head_object(&key).await?;
        let there = head.is_some_and(|head| {
            let version = head.version_id.as_deref();
            result.object.is(Some(&head.etag), version)
        });
        if there {
            return Err(ahead("its object is not recorded yet"));
        }
        return Ok(Done::Ignored("a scan of an object that is gone"));
    };
    let stands = row.scan().unwrap_or(ScanStatus::Pending);
    if strength(stands) >= strength(result.found) {
        return Ok(Done::NotNewer);
    }
    let (object, found) = (&result.object, result.found);
    if !rows.set_scan(&owner, id, object, found).await? {
        return Err(ahead("its record has changed meanwhile"));
    }
    Ok(Done::Scanned { owner, id, found })
}

/// Whether the row is of this object, or of none yet.
fn awaits(row: &Row, object: &Scanned) -> bool {
    let (etag, version) = (&row.record.etag, &row.record.version_id);
    etag.is_none() || object.is(etag.as_deref(), version.as_deref())
}

fn ahead(detail: &'static str) -> Fault {
    Fault::new("scan result", FaultKind::Unavailable, detail)
}
