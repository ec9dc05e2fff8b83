use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::UploadId;
use crate::limits::{MAX_CLEAN_NAME_BYTES, MAX_KEY_BYTES};

const ROOT: &str = "uploads";
const OWNER_LEN: usize = 26;

/// The owner of an upload: the first 26 characters of the base32 (RFC 4648, lower case, no padding) of
/// `sha256(iss + "\n" + sub)`. A token's raw subject never reaches a key, a record or a log.
/// <https://www.rfc-editor.org/rfc/rfc4648#section-6>
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct OwnerId(String);

/// The object's key: `uploads/{owner}/{id}/{name}`, or `uploads/{owner}/{id}/{folders}/{name}` where the deployment
/// keeps folders in keys.
///
/// Only the backend makes keys, and every reader of a key uses this parser, so a key with another prefix or an
/// empty segment is rejected at the boundary. Both layouts are read everywhere: a deployment may change its own.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct ObjectKey {
    owner: OwnerId,
    id: UploadId,
    /// Without a slash at either end; empty for none.
    folders: String,
    name: String,
}

/// Why a text is not a key or an owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyError {
    /// The key is not `uploads/{owner}/{id}/{name}`, with or without folders before the name.
    Shape,
    /// The owner is not 26 characters of lower-case base32.
    Owner,
    /// The id is not a ULID.
    Id,
    /// The name is empty, longer than 200 bytes, `.`, `..`, or has a slash or a control character.
    Name,
    /// A folder is empty, `.`, `..`, or has a control character.
    Folder,
    /// The key is longer than 1,024 bytes; one from an arbitrary backend may also be empty.
    Length,
}

impl fmt::Display for KeyError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Shape => {
                "a key must be uploads/{owner}/{id}/{name} or uploads/{owner}/{id}/{folders}/{name}"
            }
            Self::Owner => "the owner of a key must be 26 characters of lower-case base32",
            Self::Id => "the id of a key must be a ULID",
            Self::Name => {
                "the name of a key must be 1 to 200 bytes, without slash or control character"
            }
            Self::Folder => {
                "the folders of a key must not be empty, `.`, `..`, or have a control character"
            }
            Self::Length => "a key must be 1 to 1,024 bytes of UTF-8",
        })
    }
}

impl std::error::Error for KeyError {}

impl OwnerId {
    /// The owner as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for OwnerId {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let base32 = |byte: u8| matches!(byte, b'a'..=b'z' | b'2'..=b'7');
        if text.len() == OWNER_LEN && text.bytes().all(base32) {
            Ok(Self(text.to_owned()))
        } else {
            Err(KeyError::Owner)
        }
    }
}

impl ObjectKey {
    /// Joins the parts; `name` must already be cleaned.
    ///
    /// # Errors
    /// [`KeyError::Name`] when the name could not be read back from the key.
    pub fn new(owner: OwnerId, id: UploadId, name: &str) -> Result<Self, KeyError> {
        let bad = is_unreadable(name) || name.len() > MAX_CLEAN_NAME_BYTES || name.contains('/');
        if bad {
            return Err(KeyError::Name);
        }
        Ok(Self {
            owner,
            id,
            folders: String::new(),
            name: name.to_owned(),
        })
    }

    /// The same with `folders` before the name: already cleaned, `photos/2026`, or empty for none.
    ///
    /// # Errors
    /// [`KeyError::Folder`] when they could not be read back from the key, [`KeyError::Length`] when it would be too
    /// long.
    pub fn within(mut self, folders: &str) -> Result<Self, KeyError> {
        if !folders.is_empty() && folders.split('/').any(is_unreadable) {
            return Err(KeyError::Folder);
        }
        folders.clone_into(&mut self.folders);
        if self.to_string().len() > MAX_KEY_BYTES {
            return Err(KeyError::Length);
        }
        Ok(self)
    }

    /// The owner of the object.
    pub fn owner(&self) -> &OwnerId {
        &self.owner
    }

    /// The upload.
    pub fn id(&self) -> UploadId {
        self.id
    }

    /// The cleaned folders; `None` if the key has none.
    pub fn folders(&self) -> Option<&str> {
        Some(&*self.folders).filter(|folders| !folders.is_empty())
    }

    /// The cleaned file name.
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl FromStr for ObjectKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let mut segments = text.splitn(4, '/');
        let mut next = || segments.next().ok_or(KeyError::Shape);
        let (root, owner, id, file) = (next()?, next()?, next()?, next()?);
        if root != ROOT {
            return Err(KeyError::Shape);
        }
        let (owner, id) = (owner.parse()?, id.parse().map_err(|_| KeyError::Id)?);
        match file.rsplit_once('/') {
            None => Self::new(owner, id, file),
            Some(("", _)) => Err(KeyError::Folder),
            Some((folders, name)) => Self::new(owner, id, name)?.within(folders),
        }
    }
}

/// Whether a segment could not be read back from a key, or some system would not take it for a name.
fn is_unreadable(segment: &str) -> bool {
    matches!(segment, "" | "." | "..") || segment.chars().any(char::is_control)
}

impl fmt::Display for OwnerId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl fmt::Debug for OwnerId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "OwnerId({self})")
    }
}

impl fmt::Display for ObjectKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not `write!`, which would pull the padding code of `core::fmt` into the browser module.
        for part in [ROOT, "/", self.owner.as_str(), "/"] {
            out.write_str(part)?;
        }
        fmt::Display::fmt(&self.id, out)?;
        if let Some(folders) = self.folders() {
            out.write_str("/")?;
            out.write_str(folders)?;
        }
        out.write_str("/")?;
        out.write_str(&self.name)
    }
}

impl fmt::Debug for ObjectKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "ObjectKey({self})")
    }
}

macro_rules! string_form {
    ($type:ty) => {
        impl TryFrom<String> for $type {
            type Error = KeyError;

            fn try_from(text: String) -> Result<Self, KeyError> {
                text.parse()
            }
        }

        impl From<$type> for String {
            fn from(value: $type) -> Self {
                value.to_string()
            }
        }
    };
}

string_form!(OwnerId);
string_form!(ObjectKey);
