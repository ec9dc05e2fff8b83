use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256, RSA_PSS_SHA256, RsaEncoding};
use data_encoding::{BASE64, BASE64URL_NOPAD, HEXLOWER};
use devkit::hash::sha256;
use serde_json::{Value, json};

/// An RSA key that signs tokens; made when the issuer starts and kept in memory only.
#[derive(Debug)]
pub struct SigningKey {
    pair: KeyPair,
    id: String,
    modulus: String,
    exponent: String,
}

impl SigningKey {
    /// Makes a new 2,048-bit key, its `kid` a digest of it.
    ///
    /// # Panics
    /// When the system has no randomness.
    pub fn generate() -> Self {
        let mut key = Self::named("");
        key.id = HEXLOWER.encode(&sha256(key.modulus.as_bytes())[..8]);
        key
    }

    /// Makes a new 2,048-bit key with this `kid`.
    ///
    /// # Panics
    /// When the system has no randomness.
    pub fn named(id: &str) -> Self {
        let pair = KeyPair::generate(KeySize::Rsa2048).expect("an RSA key");
        let public = pair.public_key();
        let modulus = BASE64URL_NOPAD.encode(public.modulus().big_endian_without_leading_zero());
        let exponent = BASE64URL_NOPAD.encode(public.exponent().big_endian_without_leading_zero());
        Self {
            pair,
            id: id.to_owned(),
            modulus,
            exponent,
        }
    }

    /// Its `kid` in the key set.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The modulus as published in the key set: what a key-confusion attack uses as an HMAC secret
    /// (<https://www.rfc-editor.org/rfc/rfc8725#section-2.1>).
    pub fn modulus(&self) -> &str {
        &self.modulus
    }

    /// The modulus in bytes.
    pub fn modulus_bytes(&self) -> Vec<u8> {
        let public = self.pair.public_key();
        public.modulus().big_endian_without_leading_zero().to_vec()
    }

    /// The public half as a SubjectPublicKeyInfo in DER.
    ///
    /// # Panics
    /// When it cannot be encoded.
    pub fn der(&self) -> Vec<u8> {
        let public: PublicKeyX509Der<'_> = self.pair.public_key().as_der().expect("a public key");
        public.as_ref().to_vec()
    }

    /// The public half in PEM, as libraries print it.
    pub fn pem(&self) -> String {
        let text = BASE64.encode(&self.der());
        let lines: Vec<String> = text
            .as_bytes()
            .chunks(64)
            .map(|line| String::from_utf8_lossy(line).into_owned())
            .collect();
        format!(
            "-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n",
            lines.join("\n")
        )
    }

    /// The public half as a JSON Web Key.
    pub fn public(&self) -> Value {
        json!({
            "kty": "RSA", "use": "sig", "alg": "RS256",
            "kid": self.id(), "n": self.modulus, "e": self.exponent,
        })
    }

    /// Signs `text` by RS256.
    ///
    /// # Panics
    /// When the system has no randomness.
    pub fn sign(&self, text: &str) -> Vec<u8> {
        self.sign_as(&RSA_PKCS1_SHA256, text)
    }

    /// Signs `text` by PS256.
    ///
    /// # Panics
    /// When the system has no randomness.
    pub fn sign_pss(&self, text: &str) -> Vec<u8> {
        self.sign_as(&RSA_PSS_SHA256, text)
    }

    fn sign_as(&self, encoding: &'static dyn RsaEncoding, text: &str) -> Vec<u8> {
        let mut signature = vec![0; self.pair.public_modulus_len()];
        self.pair
            .sign(
                encoding,
                &SystemRandom::new(),
                text.as_bytes(),
                &mut signature,
            )
            .expect("an RSA signature");
        signature
    }
}
