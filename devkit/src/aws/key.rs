use std::{fmt, io};

use data_encoding::{BASE32, BASE64URL_NOPAD};
use serde::{Deserialize, Serialize};

use crate::random::fill;

/// An access key id and its secret.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key {
    /// `AKIA...`; not secret.
    #[serde(rename = "accessKeyId")]
    pub id: String,
    /// The secret; `Debug` does not print it.
    #[serde(rename = "secretAccessKey")]
    pub secret: String,
}

impl Key {
    /// A new random key, of the lengths that AWS uses: `AKIA` and 16 characters of base32, and 40 of base64
    /// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids>).
    ///
    /// # Errors
    /// When the system has no randomness.
    pub fn random() -> io::Result<Self> {
        let (mut id, mut secret) = ([0; 10], [0; 30]);
        fill(&mut id)?;
        fill(&mut secret)?;
        Ok(Self {
            id: format!("AKIA{}", BASE32.encode(&id)),
            // Without the characters that need escaping somewhere.
            secret: BASE64URL_NOPAD.encode(&secret),
        })
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Key")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::Key;

    #[test]
    fn h3_no_two_starts_have_the_same_key() {
        let [one, other] = [(); 2].map(|()| Key::random().expect("randomness"));
        assert!(one.id != other.id && one.secret != other.secret);
        for key in [one, other] {
            assert!(key.id.starts_with("AKIA") && key.id.len() == 20, "{key:?}");
            assert_eq!(key.secret.len(), 40);
            assert!(key.secret.bytes().all(|byte| byte.is_ascii_graphic()));
        }
    }

    #[test]
    fn h3_a_key_is_printed_without_its_secret() {
        let key = Key::random().expect("randomness");
        let printed = format!("{key:?}");
        assert!(printed.contains(&key.id) && !printed.contains(&key.secret));
    }
}
