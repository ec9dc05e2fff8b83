use std::fmt;

use crate::pieces;

/// The text is not a variant name of a contract enum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnknownWord {
    what: &'static str,
    /// Each with a space after it: a slice of `&str` would double their size in the browser's module.
    known: &'static str,
}

impl UnknownWord {
    pub(crate) const fn new(what: &'static str, known: &'static str) -> Self {
        Self { what, known }
    }

    /// The place of a text among the words.
    pub(crate) fn place(&self, text: &str) -> Option<usize> {
        pieces::words(self.known).position(|word| word == text)
    }

    /// The word at a place.
    pub(crate) fn word(&self, place: usize) -> &'static str {
        pieces::words(self.known).nth(place).unwrap_or_default()
    }
}

impl fmt::Display for UnknownWord {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} must be one of: ", self.what)?;
        for (place, word) in self.known.split_ascii_whitespace().enumerate() {
            if place > 0 {
                out.write_str(", ")?;
            }
            write!(out, "`{word}`")?;
        }
        Ok(())
    }
}

impl std::error::Error for UnknownWord {}

/// Defines an enum of words: its texts, parser and JSON form come from one spelling of each.
macro_rules! words {
    (
        $(#[$meta:meta])*
        pub enum $name:ident, $what:literal {
            $( $(#[$doc:meta])* $variant:ident = $word:literal, )*
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(into = "&'static str", try_from = "crate::given::Given")]
        pub enum $name {
            $( $(#[$doc])* $variant, )*
        }

        impl $name {
            /// All of them.
            pub const ALL: &'static [Self] = &[$( Self::$variant ),*];

            const UNKNOWN: crate::UnknownWord = crate::UnknownWord::new($what, concat!($( $word, " " ),*));

            /// The variant as written in JSON and in the database.
            pub fn as_str(self) -> &'static str {
                Self::UNKNOWN.word(self as usize)
            }
        }

        impl std::str::FromStr for $name {
            type Err = crate::UnknownWord;

            fn from_str(text: &str) -> Result<Self, crate::UnknownWord> {
                let place = Self::UNKNOWN.place(text);
                place.and_then(|place| Self::ALL.get(place)).copied().ok_or(Self::UNKNOWN)
            }
        }

        crate::given::read_by_parsing!($name, $name::UNKNOWN);

        impl From<$name> for &'static str {
            fn from(value: $name) -> Self {
                value.as_str()
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                out.write_str(self.as_str())
            }
        }
    };
}
pub(crate) use words;
