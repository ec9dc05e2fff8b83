use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::limits::MAX_KEY_BYTES;
use crate::{KeyError, ObjectKey};

/// A key as storage accepts it: any text of 1 to 1,024 bytes of UTF-8.
///
/// A client receives it from an arbitrary backend. Our own backend uses only [`ObjectKey`]s, a subset of these.
///
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html>
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct StorageKey(String);

impl StorageKey {
    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for StorageKey {
    type Error = KeyError;

    fn try_from(text: String) -> Result<Self, KeyError> {
        if (1..=MAX_KEY_BYTES).contains(&text.len()) {
            Ok(Self(text))
        } else {
            Err(KeyError::Length)
        }
    }
}

impl FromStr for StorageKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        text.to_owned().try_into()
    }
}

impl From<StorageKey> for String {
    fn from(key: StorageKey) -> Self {
        key.0
    }
}

impl From<ObjectKey> for StorageKey {
    fn from(key: ObjectKey) -> Self {
        // The longest of our own keys has 261 bytes.
        Self(key.to_string())
    }
}

impl fmt::Display for StorageKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl fmt::Debug for StorageKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("StorageKey(")?;
        out.write_str(&self.0)?;
        out.write_str(")")
    }
}
