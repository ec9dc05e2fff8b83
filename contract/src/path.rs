use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::given::{Given, read_by_parsing};
use crate::limits::MAX_PATH_BYTES;
use crate::marks::{is_blank, is_refused, only_hides};

/// The folder of a file, relative to what a person picked: `photos/2026`, without a slash at either end. Empty for a
/// file that was picked by itself.
///
/// Each segment is cleaned like a [`FileName`](crate::FileName). `\` separates segments, too, as a page on Windows may
/// pass it on; empty segments and `.` fall away. The length is not bounded here: the limit applies to the NFC form, as
/// that of a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "Given")]
pub struct FolderPath(String);

impl FolderPath {
    /// The path.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Why the folder of a file is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PathError {
    /// It is not a string.
    NotText,
    /// Its NFC form is longer than [`MAX_PATH_BYTES`].
    TooLong,
    /// It has a control character, a line break or a noncharacter.
    Character,
    /// A segment is `..`, with or without characters that are not seen.
    Parent,
}

impl fmt::Display for PathError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotText => out.write_str("a path must be a text"),
            Self::TooLong => {
                write!(
                    out,
                    "a path must have at most {MAX_PATH_BYTES} bytes of UTF-8"
                )
            }
            Self::Character => out
                .write_str("a path must not have control characters, line breaks or noncharacters"),
            Self::Parent => out.write_str("a path must not have `..` as a folder"),
        }
    }
}

impl std::error::Error for PathError {}

impl FromStr for FolderPath {
    type Err = PathError;

    fn from_str(text: &str) -> Result<Self, PathError> {
        if text.chars().any(is_refused) {
            return Err(PathError::Character);
        }
        let mut path = String::with_capacity(text.len());
        for segment in text.split(['/', '\\']) {
            let segment: String = segment.chars().filter(|&c| !only_hides(c)).collect();
            // What a file system or a person may read the segment as: Windows drops spaces at its end.
            let seen: String = segment.chars().filter(|&c| !is_blank(c)).collect();
            let segment = match &*seen {
                ".." => return Err(PathError::Parent),
                "." => continue,
                "" if segment.is_empty() => continue,
                "" => "folder",
                _ => &*segment,
            };
            if !path.is_empty() {
                path.push('/');
            }
            path.push_str(segment);
        }
        Ok(Self(path))
    }
}

read_by_parsing!(FolderPath, PathError::NotText);

impl From<FolderPath> for String {
    fn from(path: FolderPath) -> Self {
        path.0
    }
}
