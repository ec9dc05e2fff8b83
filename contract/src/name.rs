use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::given::{Given, read_by_parsing};
use crate::limits::{MAX_NAME_BYTES, MAX_NAME_CHARS};

/// A file name as the browser reports it: not empty, and without characters that could mislead a reader.
///
/// The length is not bounded here: the limit applies to the NFC form, whose tables only the backend has, and a
/// valid name may be three times as long in its decomposed form. <https://unicode.org/reports/tr15/>
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "Given")]
pub struct FileName(String);

impl FileName {
    /// The name as it was given.
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
    /// It has a control, invisible, direction-changing or unassignable character.
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
                "a file name must not have control characters, line breaks, zero-width or direction-changing \
                 characters",
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
        if text.chars().any(is_misleading) {
            return Err(NameError::Character);
        }
        Ok(Self(text.to_owned()))
    }
}

read_by_parsing!(FileName, NameError::NotText);

impl From<FileName> for String {
    fn from(name: FileName) -> Self {
        name.0
    }
}

/// Characters that names and metadata must not contain, although a file system may allow them.
pub(crate) fn is_misleading(c: char) -> bool {
    let invisible = matches!(c,
        '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}');
    let noncharacter = u32::from(c) & 0xfffe == 0xfffe || matches!(c, '\u{fdd0}'..='\u{fdef}');
    c.is_control() || invisible || noncharacter
}
