use serde_json::{Value, json};

use super::{CurveKey, SigningKey};

/// The name under which two different keys are published.
pub(super) const TWIN: &str = "twin";

/// All keys of one issuer.
#[derive(Debug)]
pub struct Keyring {
    /// Signs good tokens.
    pub current: SigningKey,
    /// Signed good tokens before the last rotation; published still.
    pub former: Option<SigningKey>,
    /// Published, of another kind.
    pub curve: CurveKey,
    /// Published, both under one name.
    pub twins: [SigningKey; 2],
    /// Never published: an attacker's.
    pub stranger: SigningKey,
}

impl Keyring {
    /// New keys around `current`.
    pub fn around(current: SigningKey) -> Self {
        Self {
            current,
            former: None,
            curve: CurveKey::generate(),
            twins: [SigningKey::named(TWIN), SigningKey::named(TWIN)],
            stranger: SigningKey::generate(),
        }
    }

    /// Signs with a new key from now on; publishes the old one beside it, or no longer.
    pub fn rotate(&mut self, keep: bool) {
        let old = std::mem::replace(&mut self.current, SigningKey::generate());
        self.former = keep.then_some(old);
    }

    /// What is published (RFC 7517).
    pub fn set(&self) -> Value {
        let mut keys = vec![self.current.public(), self.curve.public()];
        keys.extend(self.former.iter().map(SigningKey::public));
        keys.extend(self.twins.iter().map(SigningKey::public));
        json!({"keys": keys})
    }
}
