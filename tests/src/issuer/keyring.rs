use serde_json::{Value, json};

use super::{CurveKey, SigningKey};

/// The name under which two different keys are published.
pub(super) const TWIN: &str = "twin";

/// All keys of one issuer.
#[derive(Debug)]
pub struct Keyring {
    /// Signs good tokens.
    pub current: SigningKey,
    /// Published, of another kind.
    pub curve: CurveKey,
    /// Published, both under one name.
    pub twins: [SigningKey; 2],
    /// Never published: an attacker's.
    pub stranger: SigningKey,
}

impl Keyring {
    /// New keys.
    pub fn generate() -> Self {
        Self {
            current: SigningKey::generate(),
            curve: CurveKey::generate(),
            twins: [SigningKey::named(TWIN), SigningKey::named(TWIN)],
            stranger: SigningKey::generate(),
        }
    }

    /// What is published (RFC 7517).
    pub fn set(&self) -> Value {
        let mut keys = vec![self.current.public(), self.curve.public()];
        keys.extend(self.twins.iter().map(SigningKey::public));
        json!({"keys": keys})
    }
}
