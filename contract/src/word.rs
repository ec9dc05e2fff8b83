use std::fmt;

/// The text is not a variant name of a contract enum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnknownWord {
    what: &'static str,
    known: &'static [&'static str],
}

impl UnknownWord {
    pub(crate) const fn new(what: &'static str, known: &'static [&'static str]) -> Self {
        Self { what, known }
    }

    /// Whether the text is one of the words.
    pub(crate) fn place(&self, text: &str) -> Option<usize> {
        self.known.iter().position(|word| *word == text)
    }
}

impl fmt::Display for UnknownWord {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} must be one of: ", self.what)?;
        for (place, word) in self.known.iter().enumerate() {
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

            const UNKNOWN: crate::UnknownWord = crate::UnknownWord::new($what, &[$( $word ),*]);

            /// The variant as written in JSON and in the database.
            pub const fn as_str(self) -> &'static str {
                match self { $( Self::$variant => $word, )* }
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
