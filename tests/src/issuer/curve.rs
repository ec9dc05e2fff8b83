use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use data_encoding::BASE64URL_NOPAD;
use serde_json::{Value, json};

/// A key on the curve P-256: an issuer may publish one, but the API accepts RSA only.
#[derive(Debug)]
pub struct CurveKey(EcdsaKeyPair);

impl CurveKey {
    /// Its `kid` in the key set.
    pub const ID: &'static str = "curve";

    /// Makes a new key.
    ///
    /// # Panics
    /// When the system has no randomness.
    pub fn generate() -> Self {
        Self(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("a key on a curve"))
    }

    /// The public half as a JSON Web Key.
    pub fn public(&self) -> Value {
        // An uncompressed point (SEC 1, <https://www.secg.org/sec1-v2.pdf>, 2.3.3): the byte 4, then both coordinates.
        let point = self.0.public_key().as_ref();
        let (x, y) = point[1..].split_at(32);
        json!({"kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": Self::ID,
            "x": BASE64URL_NOPAD.encode(x), "y": BASE64URL_NOPAD.encode(y)})
    }

    /// Signs `text` by ES256.
    ///
    /// # Panics
    /// When the system has no randomness.
    pub fn sign(&self, text: &str) -> Vec<u8> {
        let signature = self.0.sign(&SystemRandom::new(), text.as_bytes());
        signature.expect("an ECDSA signature").as_ref().to_vec()
    }
}
