use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A small map from text to text: a JSON object whose values are strings.
///
/// A sorted list of pairs with unique keys: a tree map would cost kilobytes of WebAssembly for maps of a handful
/// of entries.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Texts(Vec<(String, String)>);

impl Texts {
    /// An empty map.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Number of entries.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Inserts an entry; returns the previous value of its key.
    pub fn insert(&mut self, key: String, value: String) -> Option<String> {
        match self.place(&key) {
            Ok(place) => self
                .0
                .get_mut(place)
                .map(|entry| std::mem::replace(&mut entry.1, value)),
            Err(place) => {
                self.0.insert(place, (key, value));
                None
            }
        }
    }

    /// The value of `key`.
    pub fn get(&self, key: &str) -> Option<&String> {
        self.0.get(self.place(key).ok()?).map(|(_, value)| value)
    }

    /// Whether there is an entry with this key.
    pub fn contains_key(&self, key: &str) -> bool {
        self.place(key).is_ok()
    }

    /// The entries in order of their keys.
    pub fn iter(&self) -> impl Iterator<Item = (&String, &String)> {
        self.0.iter().map(|(key, value)| (key, value))
    }

    /// The keys in order.
    pub fn keys(&self) -> impl Iterator<Item = &String> {
        self.0.iter().map(|(key, _)| key)
    }

    fn place(&self, key: &str) -> Result<usize, usize> {
        self.0
            .binary_search_by(|(known, _)| known.as_str().cmp(key))
    }
}

impl<'a> IntoIterator for &'a Texts {
    type Item = &'a (String, String);
    type IntoIter = std::slice::Iter<'a, (String, String)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl FromIterator<(String, String)> for Texts {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(entries: I) -> Self {
        let mut texts = Self::new();
        for (key, value) in entries {
            texts.insert(key, value);
        }
        texts
    }
}

impl<const N: usize> From<[(String, String); N]> for Texts {
    fn from(entries: [(String, String); N]) -> Self {
        entries.into_iter().collect()
    }
}

impl Serialize for Texts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl<'de> Deserialize<'de> for Texts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries;

        impl<'de> Visitor<'de> for Entries {
            type Value = Texts;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("an object whose values are strings")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Texts, A::Error> {
                let mut texts = Texts::new();
                while let Some((key, value)) = map.next_entry()? {
                    texts.insert(key, value);
                }
                Ok(texts)
            }
        }

        deserializer.deserialize_map(Entries)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(key: &str, value: &str) -> (String, String) {
        (key.to_owned(), value.to_owned())
    }

    #[test]
    fn entries_stand_in_order_each_key_once() {
        let mut texts = Texts::from([pair("b", "2"), pair("a", "1"), pair("b", "3")]);
        assert_eq!(
            texts.iter().collect::<Vec<_>>(),
            [
                (&"a".to_owned(), &"1".to_owned()),
                (&"b".to_owned(), &"3".to_owned())
            ]
        );
        assert_eq!(
            texts.insert("a".to_owned(), "4".to_owned()),
            Some("1".to_owned())
        );
        assert_eq!(texts.get("a").map(String::as_str), Some("4"));
        assert!(texts.contains_key("b") && !texts.contains_key("c"));
        assert_eq!(texts.len(), 2);
    }

    #[test]
    fn json_is_an_object_of_strings() {
        let texts = Texts::from([pair("z", "1"), pair("a", "2")]);
        let json = serde_json::to_string(&texts).unwrap();
        assert_eq!(json, r#"{"a":"2","z":"1"}"#);
        assert_eq!(serde_json::from_str::<Texts>(&json).unwrap(), texts);
        for wrong in [r#"{"a":1}"#, "[]", r#""text""#, "null"] {
            assert!(serde_json::from_str::<Texts>(wrong).is_err(), "{wrong}");
        }
    }
}
