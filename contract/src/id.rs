use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::base64::ascii;
use crate::given::{Given, read_by_parsing};

const LEN: usize = 26;
const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// The id of one upload: a ULID, made by the client, the same in the journal, the API, the key and the
/// record.
///
/// Only the canonical form is accepted: 26 upper-case Crockford base32 digits, the first at most `7`
/// (the ULID specification, "Overflow errors"). Its time part is never trusted.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "Given")]
pub struct UploadId(u128);

impl UploadId {
    /// Makes an id from Unix milliseconds (48 bits are kept) and 80 bits of randomness.
    pub const fn from_parts(unix_ms: u64, random: u128) -> Self {
        let time = (unix_ms as u128 & ((1 << 48) - 1)) << 80;
        Self(time | random & ((1 << 80) - 1))
    }

    /// The id as text: what `to_string` gives, at a fraction of its weight in a browser module.
    pub fn to_text(self) -> String {
        ascii(&self.digits())
    }

    fn digits(self) -> [u8; LEN] {
        let mut left = self.0;
        let mut text = [b'0'; LEN];
        for digit in text.iter_mut().rev() {
            *digit = DIGITS[(left & 0x1f) as usize];
            left >>= 5;
        }
        text
    }
}

/// The text is not a canonical ULID.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct IdError;

impl fmt::Display for IdError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an upload id must be a ULID: 26 upper-case Crockford base32 characters")
    }
}

impl std::error::Error for IdError {}

impl FromStr for UploadId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let digits = text.as_bytes();
        if digits.len() != LEN || digits.first().is_none_or(|&first| first > b'7') {
            return Err(IdError);
        }
        let mut value = 0u128;
        for digit in digits {
            let five = DIGITS
                .iter()
                .position(|known| known == digit)
                .ok_or(IdError)?;
            value = value << 5 | five as u128;
        }
        Ok(Self(value))
    }
}

read_by_parsing!(UploadId, IdError);

impl TryFrom<String> for UploadId {
    type Error = IdError;

    fn try_from(text: String) -> Result<Self, IdError> {
        text.parse()
    }
}

impl From<UploadId> for String {
    fn from(id: UploadId) -> Self {
        id.to_text()
    }
}

impl fmt::Display for UploadId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.to_text())
    }
}

impl fmt::Debug for UploadId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "UploadId({self})")
    }
}
