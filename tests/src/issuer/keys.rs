use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RsaEncoding,
};
use data_encoding::{BASE64, BASE64URL_NOPAD, HEXLOWER};
use devkit::hash::sha256;
use serde_json::{Value, json};

/// The `kid` of the key on a curve.
pub(super) const CURVE: &str = "curve";
/// The `kid` under which two different keys are published.
pub(super) const TWIN: &str = "twin";

#[derive(Debug)]
pub(super) struct Keyring {
    /// Signs valid tokens.
    pub(super) current: SigningKey,
    /// On the curve P-256: an issuer may publish one, but the API accepts RSA only.
    curve: EcdsaKeyPair,
    /// Published, both under one `kid`.
    pub(super) twins: [SigningKey; 2],
    /// An attacker's, never published.
    pub(super) stranger: SigningKey,
}

impl Keyring {
    pub(super) fn generate() -> Self {
        let curve = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING);
        Self {
            current: SigningKey::generate(None),
            curve: curve.expect("a key on a curve"),
            twins: [Some(TWIN), Some(TWIN)].map(SigningKey::generate),
            stranger: SigningKey::generate(None),
        }
    }

    /// The published key set: <https://www.rfc-editor.org/rfc/rfc7517#section-5>.
    pub(super) fn set(&self) -> Value {
        // An uncompressed point (SEC 1, <https://www.secg.org/sec1-v2.pdf>, 2.3.3): the byte 4, then both coordinates.
        let point = self.curve.public_key().as_ref();
        let (x, y) = point[1..].split_at(32);
        let curve = json!({"kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": CURVE,
            "x": BASE64URL_NOPAD.encode(x), "y": BASE64URL_NOPAD.encode(y)});
        let [one, other] = &self.twins;
        json!({"keys": [self.current.public(), curve, one.public(), other.public()]})
    }

    pub(super) fn sign_by_curve(&self, text: &str) -> Vec<u8> {
        let signature = self.curve.sign(&SystemRandom::new(), text.as_bytes());
        signature.expect("an ECDSA signature").as_ref().to_vec()
    }
}

/// An RSA key that signs tokens; made when the issuer starts and kept in memory only.
#[derive(Debug)]
pub(super) struct SigningKey {
    pair: KeyPair,
    pub(super) id: String,
}

impl SigningKey {
    /// A new 2,048-bit key with this `kid`, by default a digest of it.
    fn generate(id: Option<&str>) -> Self {
        let pair = KeyPair::generate(KeySize::Rsa2048).expect("an RSA key");
        let mut key = Self {
            pair,
            id: id.unwrap_or_default().to_owned(),
        };
        if id.is_none() {
            key.id = HEXLOWER.encode(&sha256(key.modulus().as_bytes())[..8]);
        }
        key
    }

    pub(super) fn modulus_bytes(&self) -> Vec<u8> {
        let public = self.pair.public_key();
        public.modulus().big_endian_without_leading_zero().to_vec()
    }

    /// The modulus as published in the key set: what a key-confusion attack uses as an HMAC secret
    /// (<https://www.rfc-editor.org/rfc/rfc8725#section-2.1>).
    pub(super) fn modulus(&self) -> String {
        BASE64URL_NOPAD.encode(&self.modulus_bytes())
    }

    /// The public half as a SubjectPublicKeyInfo in DER.
    pub(super) fn der(&self) -> Vec<u8> {
        let public: PublicKeyX509Der<'_> = self.pair.public_key().as_der().expect("a public key");
        public.as_ref().to_vec()
    }

    /// The public half in PEM, as libraries print it.
    pub(super) fn pem(&self) -> String {
        let text = BASE64.encode(&self.der());
        let lines = text.as_bytes().chunks(64).map(String::from_utf8_lossy);
        let lines = lines.collect::<Vec<_>>().join("\n");
        format!("-----BEGIN PUBLIC KEY-----\n{lines}\n-----END PUBLIC KEY-----\n")
    }

    /// The public half as a JSON Web Key.
    pub(super) fn public(&self) -> Value {
        let exponent = self.pair.public_key().exponent();
        let exponent = BASE64URL_NOPAD.encode(exponent.big_endian_without_leading_zero());
        json!({
            "kty": "RSA", "use": "sig", "alg": "RS256",
            "kid": self.id, "n": self.modulus(), "e": exponent,
        })
    }

    /// Signs `text` with PKCS #1 (RS256) or PSS (PS256).
    pub(super) fn sign(&self, encoding: &'static dyn RsaEncoding, text: &str) -> Vec<u8> {
        let mut signature = vec![0; self.pair.public_modulus_len()];
        let (random, text) = (SystemRandom::new(), text.as_bytes());
        let signed = self.pair.sign(encoding, &random, text, &mut signature);
        signed.expect("an RSA signature");
        signature
    }
}
