//! Checks the folder of a file, and derives the folders of the key from it.

use crowfly_contract::limits::MAX_PATH_BYTES;
use crowfly_contract::{ErrorCode, FolderPath, ObjectKey, PathError};
use serde::Deserialize;
use unicode_normalization::UnicodeNormalization;

use crate::Refusal;
use crate::name::folder_for_key;

/// Whether a deployment has folders in its keys. Keys of both layouts are read everywhere, so it may change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum KeyLayout {
    /// `uploads/{owner}/{id}/{name}`: the folder is in the record only.
    #[default]
    Flat,
    /// `uploads/{owner}/{id}/{folders}/{name}`.
    Path,
}

/// The folder of a file as the record stores it: in NFC and of limited length; empty for none.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "FolderPath")]
pub struct ComposedPath(String);

impl TryFrom<FolderPath> for ComposedPath {
    type Error = PathError;

    fn try_from(path: FolderPath) -> Result<Self, PathError> {
        // As of a name: a decomposed path may be three times as long.
        let path: String = path.as_str().nfc().collect();
        if path.len() > MAX_PATH_BYTES {
            return Err(PathError::TooLong);
        }
        Ok(Self(path))
    }
}

impl ComposedPath {
    /// Checks and composes a path from a browser.
    ///
    /// # Errors
    /// [`PathError`] says what is wrong.
    pub fn parse(text: &str) -> Result<Self, PathError> {
        text.parse::<FolderPath>()?.try_into()
    }

    /// The path as stored in the record; `None` for none.
    pub fn as_str(&self) -> Option<&str> {
        Some(&*self.0).filter(|path| !path.is_empty())
    }

    /// `key` with the folders of this path, each cleaned as a name is.
    ///
    /// # Errors
    /// `invalid_path` if the key would be longer than S3 allows. That takes dozens of folders that cleaning makes
    /// longer, such as `con`. A shortened key could state another folder than the record, so it is refused.
    pub fn extend(&self, key: ObjectKey) -> Result<ObjectKey, Refusal> {
        let Some(path) = self.as_str() else {
            return Ok(key);
        };
        let folders: Vec<String> = path.split('/').map(folder_for_key).collect();
        key.within(&folders.join("/")).map_err(|error| {
            Refusal::new(
                ErrorCode::InvalidPath,
                format!("{error}; this path makes it longer"),
            )
        })
    }
}
