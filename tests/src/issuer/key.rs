use aws_lc_rs::rand::{SystemRandom, fill};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256};
use serde_json::{Value, json};

use crate::base64::url_safe;
use crate::digest::{hex, sha256};

/// An RSA key that signs tokens, made when the issuer starts and never written anywhere.
#[derive(Debug)]
pub struct SigningKey {
    pair: KeyPair,
    modulus: String,
    exponent: String,
}

impl SigningKey {
    /// Makes a new 2,048-bit key.
    ///
    /// # Panics
    /// When the system has no randomness.
    pub fn generate() -> Self {
        let pair = KeyPair::generate(KeySize::Rsa2048).expect("an RSA key");
        let public = pair.public_key();
        let modulus = url_safe(public.modulus().big_endian_without_leading_zero());
        let exponent = url_safe(public.exponent().big_endian_without_leading_zero());
        Self {
            pair,
            modulus,
            exponent,
        }
    }

    /// Its name in the key set.
    pub fn id(&self) -> String {
        hex(&sha256(self.modulus.as_bytes())[..8])
    }

    /// The modulus as it stands in the key set: what a key-confusion attack uses as an HMAC secret.
    pub fn modulus(&self) -> &str {
        &self.modulus
    }

    /// The public half as a JSON Web Key.
    pub fn public(&self) -> Value {
        json!({
            "kty": "RSA", "use": "sig", "alg": "RS256",
            "kid": self.id(), "n": self.modulus, "e": self.exponent,
        })
    }

    /// RS256 over `text`.
    ///
    /// # Panics
    /// When the system has no randomness.
    pub fn sign(&self, text: &str) -> Vec<u8> {
        let mut signature = vec![0; self.pair.public_modulus_len()];
        self.pair
            .sign(
                &RSA_PKCS1_SHA256,
                &SystemRandom::new(),
                text.as_bytes(),
                &mut signature,
            )
            .expect("an RSA signature");
        signature
    }
}

/// `bytes` random bytes in hexadecimal.
///
/// # Panics
/// When the system has no randomness.
pub fn random_hex(bytes: usize) -> String {
    let mut random = vec![0; bytes];
    fill(&mut random).expect("randomness");
    hex(&random)
}
