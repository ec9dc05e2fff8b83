//! Limits on what an owner may have open, and its usage.

use crowfly_contract::{ErrorCode, UploadId};

use crate::Refusal;

/// What an owner has open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Uploads.
    pub uploads: u64,
    /// Their bytes, as declared.
    pub bytes: u64,
}

/// The limits of an owner; 0 is no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Open uploads.
    pub uploads: u64,
    /// Their bytes together, as declared.
    pub bytes: u64,
}

impl Limits {
    /// Whether there is a limit, so that uploads must be counted.
    pub fn any(self) -> bool {
        self.uploads > 0 || self.bytes > 0
    }

    /// Whether `usage` is within the limits.
    pub fn allow(self, usage: Usage) -> bool {
        (self.uploads == 0 || usage.uploads <= self.uploads)
            && (self.bytes == 0 || usage.bytes <= self.bytes)
    }

    /// Adds one upload, or refuses it.
    pub(crate) fn add(self, usage: &mut Usage, size: u64, id: UploadId) -> Result<(), Refusal> {
        let more = usage.with(size);
        if self.allow(more) {
            *usage = more;
            return Ok(());
        }
        let fits_none = self.bytes > 0 && size > self.bytes;
        if self.uploads > 0 && more.uploads > self.uploads && !fits_none {
            return Err(Refusal {
                retry_after_ms: Some(retry_after_ms(id)),
                ..Refusal::new(
                    ErrorCode::QuotaOpenUploads,
                    format!(
                        "{} of your uploads are open, and at most {} may be open at a time; finish or cancel one",
                        usage.uploads, self.uploads
                    ),
                )
            });
        }
        Err(Refusal::new(
            ErrorCode::QuotaBytes,
            format!(
                "your open uploads have {} bytes together; with the {size} bytes of this one they would have more than the {} allowed",
                usage.bytes, self.bytes
            ),
        ))
    }
}

impl Usage {
    /// The usage with one more upload of `size` bytes.
    #[must_use]
    pub fn with(self, size: u64) -> Self {
        Self {
            uploads: self.uploads.saturating_add(1),
            bytes: self.bytes.saturating_add(size),
        }
    }
}

/// One to five seconds, derived from the id, so that uploads refused together do not retry
/// together.
fn retry_after_ms(id: UploadId) -> u64 {
    let spread = id.to_string().bytes().fold(0u64, |sum, byte| {
        sum.wrapping_mul(31).wrapping_add(byte.into())
    });
    1_000 + spread % 4_000
}
