//! The root key of a local AWS: a new one for each start, so that no page and no program can know it beforehand.

use std::fmt;
use std::fs::File;
use std::io::Read;

use crate::error::Error;

/// The length and alphabet that AWS uses, `AKIA` and 16 characters of base32:
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids>.
const ID_LETTERS: usize = 16;
/// The length that AWS uses; characters of base64 without those that need escaping somewhere.
const SECRET_LETTERS: usize = 40;
const BASE32: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const BASE64: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// An access key id and its secret.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Key {
    /// `AKIA...`; not secret.
    pub(crate) id: String,
    /// It allows everything in the local AWS, which runs functions as programs of this computer.
    pub(crate) secret: String,
}

impl Key {
    /// A new random key.
    ///
    /// # Errors
    /// If the system has none.
    pub(crate) fn random() -> Result<Self, Error> {
        Ok(Self {
            id: format!("AKIA{}", letters::<ID_LETTERS>(BASE32)?),
            secret: letters::<SECRET_LETTERS>(BASE64)?,
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

/// Random characters of an alphabet whose length divides 256, so that all are equally likely.
fn letters<const N: usize>(alphabet: &[u8]) -> Result<String, Error> {
    let mut bytes = [0; N];
    File::open("/dev/urandom")
        .and_then(|mut file| file.read_exact(&mut bytes))
        .map_err(Error::io("read /dev/urandom"))?;
    let letter = |byte: &u8| alphabet.get(usize::from(*byte) % alphabet.len());
    Ok(bytes
        .iter()
        .filter_map(letter)
        .copied()
        .map(char::from)
        .collect())
}

#[cfg(test)]
mod tests {
    use super::Key;

    #[test]
    fn h3_no_two_starts_have_the_same_key() {
        let (one, other) = (
            Key::random().expect("randomness"),
            Key::random().expect("randomness"),
        );
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
