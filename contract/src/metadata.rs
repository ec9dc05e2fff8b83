use std::fmt;

use serde::{Deserialize, Deserializer};

use crate::Texts;
use crate::given::Given;
use crate::limits::{MAX_METADATA_BYTES, MAX_METADATA_ENTRIES, MAX_METADATA_KEY_BYTES};
use crate::marks::{is_refused, only_hides};

/// Free text of the application: kept in the record, never sent to storage.
///
/// A request's metadata is parsed as [`BoundedMetadata`]; a record's was validated on creation.
pub type Metadata = Texts;

/// Metadata that a request may carry: a small map of printable text, without the characters that only hide or
/// reorder text. It is never sent to storage, so it is not limited to ASCII.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Given")]
pub struct BoundedMetadata(Metadata);

/// Why metadata is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MetadataError {
    /// It is not an object whose values are strings.
    NotTexts,
    /// It has more than [`MAX_METADATA_ENTRIES`].
    Entries,
    /// A key is empty, longer than [`MAX_METADATA_KEY_BYTES`], or equal to another one.
    Key,
    /// A key or a value has a control character, a line break or a noncharacter.
    Character,
    /// Keys and values together are longer than [`MAX_METADATA_BYTES`].
    TooLong,
}

impl fmt::Display for MetadataError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotTexts => out.write_str("metadata must be an object whose values are texts"),
            Self::Entries => write!(
                out,
                "metadata must have at most {MAX_METADATA_ENTRIES} entries"
            ),
            Self::Key => write!(
                out,
                "every key of metadata must have 1 to {MAX_METADATA_KEY_BYTES} bytes of UTF-8 and differ visibly from \
                 the others"
            ),
            Self::Character => out.write_str(
                "metadata must not have control characters, line breaks or noncharacters",
            ),
            Self::TooLong => write!(
                out,
                "keys and values of metadata must have at most {MAX_METADATA_BYTES} bytes together"
            ),
        }
    }
}

impl std::error::Error for MetadataError {}

impl TryFrom<Metadata> for BoundedMetadata {
    type Error = MetadataError;

    fn try_from(metadata: Metadata) -> Result<Self, MetadataError> {
        if metadata.len() > MAX_METADATA_ENTRIES {
            return Err(MetadataError::Entries);
        }
        let mut clean = Metadata::new();
        let mut bytes = 0;
        for (key, value) in &metadata {
            if key.chars().chain(value.chars()).any(is_refused) {
                return Err(MetadataError::Character);
            }
            let [key, value] = [key, value]
                .map(|text| -> String { text.chars().filter(|&c| !only_hides(c)).collect() });
            bytes += key.len() + value.len();
            let fits = (1..=MAX_METADATA_KEY_BYTES).contains(&key.len());
            if !fits || clean.insert(key, value).is_some() {
                return Err(MetadataError::Key);
            }
        }
        if bytes > MAX_METADATA_BYTES {
            return Err(MetadataError::TooLong);
        }
        Ok(Self(clean))
    }
}

impl TryFrom<Given> for BoundedMetadata {
    type Error = MetadataError;

    fn try_from(given: Given) -> Result<Self, MetadataError> {
        let Given::Object(members) = given else {
            return Err(MetadataError::NotTexts);
        };
        let texts = members.into_iter().map(|(key, value)| match value {
            Given::Text(text) => Ok((key, text)),
            _ => Err(MetadataError::NotTexts),
        });
        texts.collect::<Result<Metadata, _>>()?.try_into()
    }
}

impl From<BoundedMetadata> for Metadata {
    fn from(metadata: BoundedMetadata) -> Self {
        metadata.0
    }
}

/// Reads the metadata of a request.
pub(crate) fn bounded<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Metadata, D::Error> {
    let metadata: Option<BoundedMetadata> = Deserialize::deserialize(deserializer)?;
    Ok(metadata.unwrap_or_default().into())
}
