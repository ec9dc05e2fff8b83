use std::collections::BTreeMap;
use std::sync::Arc;

use data_encoding::BASE64URL_NOPAD;
use ring::rsa::PublicKeyComponents;
use serde_json::{Map, Value};

use super::algorithm::Algorithm;
use super::header::is_key_id;
use super::json::object;
use super::{MAX_DOCUMENT_BYTES, TokenError};

/// Bytes of a modulus of 2,048 and of 8,192 bits.
const MODULUS_BYTES: std::ops::RangeInclusive<usize> = 256..=1_024;

/// The usable keys of one issuer, by their ids (RFC 7517).
#[derive(Debug)]
pub(super) struct KeySet {
    keys: BTreeMap<String, Arc<PublicKey>>,
}

/// An issuer's answer is no key set that could be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum KeySetError {
    #[error("the key set is longer than {MAX_DOCUMENT_BYTES} bytes")]
    TooLong,
    #[error("the key set is no JSON object with keys")]
    Document,
    #[error("the key set has no usable key")]
    NoKey,
}

impl KeySet {
    /// Takes the RSA signature keys of 2,048 to 8,192 bits. Keys for other uses are left out, and so is a
    /// key id that stands twice: which key it means would be a guess.
    pub(super) fn parse(document: &[u8]) -> Result<Self, KeySetError> {
        if document.len() > MAX_DOCUMENT_BYTES {
            return Err(KeySetError::TooLong);
        }
        let document = object(document).ok_or(KeySetError::Document)?;
        let listed = document
            .get("keys")
            .and_then(Value::as_array)
            .ok_or(KeySetError::Document)?;
        let mut times: BTreeMap<&str, usize> = BTreeMap::new();
        for id in listed.iter().filter_map(key_id) {
            *times.entry(id).or_default() += 1;
        }
        let keys: BTreeMap<String, Arc<PublicKey>> = listed
            .iter()
            .filter_map(|key| {
                let id = key_id(key).filter(|id| times.get(id) == Some(&1) && is_key_id(id))?;
                let key = PublicKey::read(key.as_object()?)?;
                Some((id.to_owned(), Arc::new(key)))
            })
            .collect();
        if keys.is_empty() {
            return Err(KeySetError::NoKey);
        }
        Ok(Self { keys })
    }

    pub(super) fn find(&self, id: &str) -> Option<Arc<PublicKey>> {
        self.keys.get(id).cloned()
    }
}

fn key_id(key: &Value) -> Option<&str> {
    key.get("kid")?.as_str()
}

/// A public RSA key.
#[derive(Debug)]
pub(super) struct PublicKey {
    numbers: PublicKeyComponents<Vec<u8>>,
    /// The one algorithm that the issuer uses it with, if it says so.
    algorithm: Option<Algorithm>,
}

impl PublicKey {
    /// `None` for a key that is not for checking RSA signatures, or is no public key.
    fn read(key: &Map<String, Value>) -> Option<Self> {
        let is = |name: &str, text: &str| key.get(name).and_then(Value::as_str) == Some(text);
        let operations = key.get("key_ops").map(|list| list.as_array());
        let checks = match operations {
            None => true,
            Some(list) => list?.iter().any(|operation| operation == "verify"),
        };
        let for_signatures = !key.contains_key("use") || is("use", "sig");
        // Whoever publishes the private half has no signature left.
        if !is("kty", "RSA") || !for_signatures || !checks || key.contains_key("d") {
            return None;
        }
        let algorithm = match key.get("alg") {
            None => None,
            Some(name) => Some(Algorithm::named(name.as_str()?)?),
        };
        let number = |name: &str| {
            let bytes = BASE64URL_NOPAD
                .decode(key.get(name)?.as_str()?.as_bytes())
                .ok()?;
            bytes
                .first()
                .is_some_and(|&first| first != 0)
                .then_some(bytes)
        };
        let (n, e) = (number("n")?, number("e")?);
        MODULUS_BYTES.contains(&n.len()).then_some(Self {
            numbers: PublicKeyComponents { n, e },
            algorithm,
        })
    }

    /// Checks a signature over `signed`.
    pub(super) fn verify(
        &self,
        algorithm: Algorithm,
        signed: &[u8],
        signature: &[u8],
    ) -> Result<(), TokenError> {
        if self.algorithm.is_some_and(|own| own != algorithm) {
            return Err(TokenError::Algorithm);
        }
        self.numbers
            .verify(algorithm.parameters(), signed, signature)
            .map_err(|_| TokenError::Signature)
    }
}
