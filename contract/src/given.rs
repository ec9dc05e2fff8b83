use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// A JSON value, reduced to what the parsed types need.
///
/// The parsed types deserialize through it (serde's `try_from`), so each reports a type error in its own words.
/// serde's own "invalid type" errors would echo the rejected value.
pub(crate) enum Given {
    Text(String),
    /// An integer that is not negative.
    Integer(u64),
    Object(Vec<(String, Given)>),
    /// A list, `null`, a boolean, or any other number.
    Other,
}

/// Implements deserialization for a type that is parsed from text: any other JSON value is refused with `$error`.
macro_rules! read_by_parsing {
    ($name:ident, $error:expr) => {
        impl TryFrom<crate::given::Given> for $name {
            type Error = <$name as std::str::FromStr>::Err;

            fn try_from(given: crate::given::Given) -> Result<Self, Self::Error> {
                match given {
                    crate::given::Given::Text(text) => text.parse(),
                    _ => Err($error),
                }
            }
        }
    };
}
pub(crate) use read_by_parsing;

/// Reads `null` as the default of an absent field.
pub(crate) fn null_as_default<'de, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: Default + Deserialize<'de>,
    D: Deserializer<'de>,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

impl<'de> Deserialize<'de> for Given {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;

        impl<'de> Visitor<'de> for Any {
            type Value = Given;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("a JSON value")
            }

            fn visit_str<E>(self, text: &str) -> Result<Given, E> {
                Ok(Given::Text(text.to_owned()))
            }

            fn visit_string<E>(self, text: String) -> Result<Given, E> {
                Ok(Given::Text(text))
            }

            fn visit_u64<E>(self, value: u64) -> Result<Given, E> {
                Ok(Given::Integer(value))
            }

            fn visit_i64<E>(self, value: i64) -> Result<Given, E> {
                Ok(u64::try_from(value).map_or(Given::Other, Given::Integer))
            }

            fn visit_f64<E>(self, _: f64) -> Result<Given, E> {
                Ok(Given::Other)
            }

            fn visit_bool<E>(self, _: bool) -> Result<Given, E> {
                Ok(Given::Other)
            }

            fn visit_unit<E>(self) -> Result<Given, E> {
                Ok(Given::Other)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Given, A::Error> {
                while items.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Given::Other)
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Given, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Given::Object(members))
            }
        }

        deserializer.deserialize_any(Any)
    }
}
