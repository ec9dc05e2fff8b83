use std::fmt;

use serde::{Deserialize, Serialize};

use crate::given::Given;
use crate::limits::{MAX_DURATION_MS, MAX_PARTS, MAX_SAFE_INTEGER};

/// Not an integer, or outside the range of the type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RangeError {
    what: &'static str,
    least: u64,
    most: u64,
}

impl fmt::Display for RangeError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, least, most } = self;
        write!(out, "{what} must be an integer from {least} to {most}")
    }
}

impl std::error::Error for RangeError {}

/// Defines an integer type with a range.
macro_rules! ranged {
    ($(#[$doc:meta])* pub struct $name:ident($int:ident), $what:literal, $least:expr, $most:expr) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(into = "u64", try_from = "Given")]
        pub struct $name($int);

        impl $name {
            const OUTSIDE: RangeError = RangeError {
                what: $what,
                least: $least as u64,
                most: $most as u64,
            };

            /// Wraps an integer within the range.
            ///
            /// # Errors
            /// [`RangeError`] names the range.
            pub fn new(value: $int) -> Result<Self, RangeError> {
                if ($least..=$most).contains(&value) {
                    Ok(Self(value))
                } else {
                    Err(Self::OUTSIDE)
                }
            }

            /// The integer.
            pub const fn get(self) -> $int {
                self.0
            }
        }

        impl TryFrom<Given> for $name {
            type Error = RangeError;

            fn try_from(given: Given) -> Result<Self, RangeError> {
                match given {
                    Given::Integer(value) => {
                        Self::new($int::try_from(value).map_err(|_| Self::OUTSIDE)?)
                    }
                    _ => Err(Self::OUTSIDE),
                }
            }
        }

        impl From<$name> for u64 {
            fn from(value: $name) -> Self {
                value.0.into()
            }
        }
    };
}

ranged! {
    /// The size of a file in bytes, at most what a JavaScript number represents exactly.
    pub struct ByteSize(u64), "a size in bytes", 0, MAX_SAFE_INTEGER
}

ranged! {
    /// The number of a part. The plan of an upload may have fewer.
    ///
    /// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html>
    pub struct PartNumber(u32), "a part number", 1, MAX_PARTS
}

ranged! {
    /// How long a recording plays, in milliseconds.
    pub struct Duration(u64), "a duration in milliseconds", 0, MAX_DURATION_MS
}
