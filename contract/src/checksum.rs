use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::base64;
use crate::given::{Given, read_by_parsing};

/// A CRC64NVME value. Its JSON form is the one S3 uses: base64 of the eight bytes, big-endian.
///
/// The check value of `123456789` is `ae8b14860a799888`, in base64 `rosUhgp5mIg=`.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html>
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "Given")]
pub struct Crc64Nvme(u64);

impl Crc64Nvme {
    /// Wraps a computed value.
    pub const fn new(value: u64) -> Self {
        Self(value)
    }

    /// The value as an integer.
    pub const fn value(self) -> u64 {
        self.0
    }

    /// The value as text. Same as `to_string`, without the formatting machinery in the WebAssembly module.
    pub fn to_text(self) -> String {
        base64::encode(self.0)
    }
}

/// The text is not base64 of eight bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChecksumError;

impl fmt::Display for ChecksumError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a CRC64NVME must be base64 of 8 big-endian bytes, 12 characters long")
    }
}

impl std::error::Error for ChecksumError {}

impl FromStr for Crc64Nvme {
    type Err = ChecksumError;

    fn from_str(text: &str) -> Result<Self, ChecksumError> {
        base64::decode(text.as_bytes())
            .map(Self)
            .ok_or(ChecksumError)
    }
}

read_by_parsing!(Crc64Nvme, ChecksumError);

impl TryFrom<String> for Crc64Nvme {
    type Error = ChecksumError;

    fn try_from(text: String) -> Result<Self, ChecksumError> {
        text.parse()
    }
}

impl From<Crc64Nvme> for String {
    fn from(value: Crc64Nvme) -> Self {
        value.to_text()
    }
}

impl fmt::Display for Crc64Nvme {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.to_text())
    }
}

impl fmt::Debug for Crc64Nvme {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Crc64Nvme({self})")
    }
}
