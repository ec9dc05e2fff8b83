use std::fmt;
use std::ops::Deref;

use serde::Serialize;
use serde::de::{Deserialize, Deserializer, Error};

use crate::limits::MAX_FIRST_PARTS;
use crate::{PartNumber, PartToSign};

/// The first parts of a file, which a create call asks to have signed along with it: parts 1 to n without a gap,
/// at most [`MAX_FIRST_PARTS`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct FirstParts(Vec<PartToSign>);

impl FirstParts {
    /// Wraps the first parts of a file.
    ///
    /// # Errors
    /// [`FirstPartsError`] if they do not begin with part 1, have a gap, or are too many.
    pub fn new(parts: Vec<PartToSign>) -> Result<Self, FirstPartsError> {
        let right = parts.len() <= MAX_FIRST_PARTS
            && parts.iter().all(|part| part.size.is_none())
            && parts.iter().zip(1..).all(|(part, n)| part.number == n);
        right.then_some(Self(parts)).ok_or(FirstPartsError)
    }
}

impl Deref for FirstParts {
    type Target = [PartToSign];

    fn deref(&self) -> &[PartToSign] {
        &self.0
    }
}

/// The list does not begin with part 1, has a gap, is too long, or has something else than parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FirstPartsError;

impl fmt::Display for FirstPartsError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            out,
            "it may list the first parts of the file, from 1 without a gap, at most {MAX_FIRST_PARTS}, each with `number` and `crc64nvme`"
        )
    }
}

impl std::error::Error for FirstPartsError {}

/// Reads `null` as an empty list. Every error is ours: serde's own would echo what was sent.
impl<'de> Deserialize<'de> for FirstParts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let given = Option::<Vec<PartToSign<PartNumber>>>::deserialize(deserializer);
        let parts = given.map_err(|_| D::Error::custom(FirstPartsError))?;
        let plain = |part: PartToSign<PartNumber>| PartToSign {
            number: part.number.get(),
            crc64nvme: part.crc64nvme,
            size: part.size,
        };
        let parts = parts.into_iter().flatten().map(plain).collect();
        Self::new(parts).map_err(D::Error::custom)
    }
}
