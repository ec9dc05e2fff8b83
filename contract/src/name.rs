use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::given::{Given, read_by_parsing};
use crate::limits::{MAX_NAME_BYTES, MAX_NAME_CHARS};

/// A file's name as a browser gives it: not empty, and without any character that could mislead a reader.
///
/// Its length is not bounded here. What counts is the composed form (Unicode NFC), which needs a table that
/// only the backend has: the decomposed form of a lawful name may be three times as long.
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
    /// It is no text.
    NotText,
    /// It has no character.
    Empty,
    /// Its composed form is longer than [`MAX_NAME_CHARS`] or [`MAX_NAME_BYTES`].
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

/// Characters that no name and no metadata may have, although a file system may.
pub(crate) fn is_misleading(c: char) -> bool {
    let invisible = matches!(c,
        '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}');
    let noncharacter = u32::from(c) & 0xfffe == 0xfffe || matches!(c, '\u{fdd0}'..='\u{fdef}');
    c.is_control() || invisible || noncharacter
}
