use serde_json::{Value, json};

use super::{CurveKey, SigningKey};

/// The `kid` under which two different keys are published.
pub(super) const TWIN: &str = "twin";

/// All keys of one issuer.
#[derive(Debug)]
pub struct Keyring {
    /// Signs valid tokens.
    pub current: SigningKey,
    /// Published; of a key type that the API does not accept.
    pub curve: CurveKey,
    /// Published, both under one `kid`.
    pub twins: [SigningKey; 2],
    /// An attacker's, never published.
    pub stranger: SigningKey,
}

impl Keyring {
    /// Generates all keys.
    pub fn generate() -> Self {
        Self {
            current: SigningKey::generate(),
            curve: CurveKey::generate(),
            twins: [SigningKey::named(TWIN), SigningKey::named(TWIN)],
            stranger: SigningKey::generate(),
        }
    }

    /// The published key set: <https://www.rfc-editor.org/rfc/rfc7517#section-5>.
    pub fn set(&self) -> Value {
        let mut keys = vec![self.current.public(), self.curve.public()];
        keys.extend(self.twins.iter().map(SigningKey::public));
        json!({"keys": keys})
    }
}
