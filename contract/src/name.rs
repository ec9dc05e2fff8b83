use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::given::{Given, read_by_parsing};
use crate::limits::{MAX_NAME_BYTES, MAX_NAME_CHARS};
use crate::marks::{is_blank, is_refused, only_hides};

/// Longest extension that [`split_extension`] finds, in bytes, with its dot.
const MAX_EXTENSION_BYTES: usize = 32;

/// A file name as the browser reports it, without the characters that only hide or reorder text. A name of which
/// nothing is visible becomes `file`, with its extension.
///
/// The length is not bounded here: the limit applies to the NFC form, whose tables only the backend has, and a
/// valid name may be three times as long in its decomposed form. <https://unicode.org/reports/tr15/>
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "Given")]
pub struct FileName(String);

impl FileName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Why a file name is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NameError {
    /// It is not a string.
    NotText,
    /// It is empty.
    Empty,
    /// Its NFC form is longer than [`MAX_NAME_CHARS`] or [`MAX_NAME_BYTES`].
    TooLong,
    /// It has a control character, a line break or a noncharacter.
    Character,
}

impl fmt::Display for NameError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotText => out.write_str("a file name must be a text"),
            Self::Empty => out.write_str("a file name must not be empty"),
            Self::TooLong => write!(
                out,
                "a file name must have at most {MAX_NAME_CHARS} characters and {MAX_NAME_BYTES} bytes of UTF-8"
            ),
            Self::Character => out.write_str(
                "a file name must not have control characters, line breaks or noncharacters",
            ),
        }
    }
}

impl std::error::Error for NameError {}

impl FromStr for FileName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        if text.is_empty() {
            return Err(NameError::Empty);
        }
        if text.chars().any(is_refused) {
            return Err(NameError::Character);
        }
        let (stem, extension) = split_extension(text);
        let stem = if stem.chars().all(|c| is_blank(c) || only_hides(c)) {
            "file"
        } else {
            stem
        };
        let visible = stem.chars().chain(extension.chars());
        Ok(Self(visible.filter(|&c| !only_hides(c)).collect()))
    }
}

read_by_parsing!(FileName, NameError::NotText);

impl From<FileName> for String {
    fn from(name: FileName) -> Self {
        name.0
    }
}

/// Splits off a short extension, with its dot; a name with only a leading dot has none.
pub fn split_extension(name: &str) -> (&str, &str) {
    match name.rfind('.') {
        Some(dot) if dot > 0 && name.len() - dot <= MAX_EXTENSION_BYTES => name.split_at(dot),
        _ => (name, ""),
    }
}
