use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::is_media_type;
use crate::given::{Given, read_by_parsing};

/// A media type as a request may give it: `type/subtype` in lower case without parameters.
///
/// It is not necessarily canonical; [`standard_type`](crate::standard_type) makes it so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "Given")]
pub struct MediaType(String);

impl MediaType {
    /// The type as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The text is not a media type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MediaTypeError;

impl fmt::Display for MediaTypeError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(
            "a media type must be `type/subtype` in lower case without parameters, such as video/webm",
        )
    }
}

impl std::error::Error for MediaTypeError {}

impl FromStr for MediaType {
    type Err = MediaTypeError;

    fn from_str(text: &str) -> Result<Self, MediaTypeError> {
        if is_media_type(text) {
            Ok(Self(text.to_owned()))
        } else {
            Err(MediaTypeError)
        }
    }
}

read_by_parsing!(MediaType, MediaTypeError);

impl From<MediaType> for String {
    fn from(media_type: MediaType) -> Self {
        media_type.0
    }
}
