use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{AUDIENCE, SCOPE, SigningKey, random_hex};
use crate::base64::url_safe;
use crate::digest::hmac_sha256;

/// What kind of false token to mint.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Forgery {
    /// A true one.
    #[default]
    None,
    /// `alg: none` and no signature.
    AlgNone,
    /// Signed by a key that the issuer does not publish, under the name of one that it does.
    OtherKey,
    /// As [`Forgery::OtherKey`], with the attacker's public key in the header's `jwk`.
    EmbeddedKey,
    /// Names a key that does not exist.
    UnknownKid,
    /// HS256 with the published RSA modulus as the secret.
    KeyConfusion,
    /// One character of the signature changed.
    BrokenSignature,
}

/// What `POST /token` takes: claims that replace the defaults (`null` removes one), and a forgery.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TokenRequest {
    /// Claims over the defaults.
    pub claims: Map<String, Value>,
    /// How to spoil the token.
    pub forge: Forgery,
}

impl TokenRequest {
    /// A good token for `subject`.
    pub fn of(subject: &str) -> Self {
        Self::default().claim("sub", subject)
    }

    /// Replaces a claim; `null` removes it.
    #[must_use]
    pub fn claim(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.claims.insert(name.into(), value.into());
        self
    }

    /// Spoils the token.
    #[must_use]
    pub fn forged(mut self, forge: Forgery) -> Self {
        self.forge = forge;
        self
    }
}

/// Mints a token of `issuer` at `now` (Unix seconds): subject `alice`, our audience and scope, one hour.
pub fn mint(
    request: &TokenRequest,
    issuer: &str,
    key: &SigningKey,
    stranger: &SigningKey,
    now: u64,
) -> String {
    let mut claims = Map::new();
    for (name, value) in [
        ("iss", json!(issuer)),
        ("sub", json!("alice")),
        ("aud", json!(AUDIENCE)),
        ("scope", json!(SCOPE)),
        ("iat", json!(now)),
        ("exp", json!(now + 3600)),
        ("jti", json!(random_hex(8))),
    ] {
        claims.insert(name.into(), value);
    }
    claims.extend(request.claims.clone());
    claims.retain(|_, value| !value.is_null());

    let mut header = json!({"alg": "RS256", "typ": "JWT", "kid": key.id()});
    match request.forge {
        Forgery::AlgNone => header["alg"] = json!("none"),
        Forgery::KeyConfusion => header["alg"] = json!("HS256"),
        Forgery::UnknownKid => header["kid"] = json!("../../no-such-key"),
        Forgery::EmbeddedKey => header["jwk"] = stranger.public(),
        Forgery::None | Forgery::OtherKey | Forgery::BrokenSignature => {}
    }
    let signed = format!(
        "{}.{}",
        url_safe(header.to_string().as_bytes()),
        url_safe(Value::Object(claims).to_string().as_bytes())
    );
    let mut signature = match request.forge {
        Forgery::AlgNone => Vec::new(),
        Forgery::KeyConfusion => hmac_sha256(key.modulus().as_bytes(), signed.as_bytes()),
        Forgery::OtherKey | Forgery::EmbeddedKey | Forgery::UnknownKid => stranger.sign(&signed),
        Forgery::None | Forgery::BrokenSignature => key.sign(&signed),
    };
    if request.forge == Forgery::BrokenSignature
        && let Some(first) = signature.first_mut()
    {
        *first ^= 1;
    }
    format!("{signed}.{}", url_safe(&signature))
}
