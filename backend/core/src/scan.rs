//! Results of malware scans: which object they belong to, and which of several counts.

use crowfly_contract::ScanStatus;

/// The object that was scanned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scanned {
    /// Its entity tag, without quotes.
    pub etag: String,
    /// Its version, in a versioned bucket.
    pub version_id: Option<String>,
}

impl Scanned {
    /// Whether this is the object with that tag and version. A version that only one side states is
    /// ignored.
    pub fn is(&self, etag: Option<&str>, version_id: Option<&str>) -> bool {
        let versions = self.version_id.as_deref().zip(version_id);
        etag == Some(&*self.etag) && versions.is_none_or(|(own, other)| own == other)
    }
}

/// The precedence of a result: infected over clean over unscannable. The result with the highest
/// precedence stays, so the order of arrival does not matter.
pub fn strength(status: ScanStatus) -> u8 {
    match status {
        ScanStatus::Infected => 3,
        ScanStatus::Clean => 2,
        ScanStatus::Unscannable => 1,
        _ => 0,
    }
}
