//! An issuer in memory: keys, tokens of any shape, and a place for keys that counts how often it is asked.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{
    KeyPair as _, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RsaEncoding,
};
use crowfly_core::Fault;
use crowfly_core::ports::FetchKeys;
use crowfly_core::token::{IssuerUrl, Trust, Verified, Verifier, VerifyError};
use data_encoding::BASE64URL_NOPAD;
use serde_json::{Map, Value, json};

pub(crate) const ISSUER: &str = "https://issuer.example/";
pub(crate) const AUDIENCE: &str = "uploads-api";
/// 2026-11-22T10:20:30.123Z.
pub(crate) const NOW: u64 = 1_795_342_830_123;
pub(crate) const SECOND: u64 = NOW / 1_000;

/// An RSA key with the id that it is published under.
pub(crate) struct Key {
    pair: KeyPair,
    pub(crate) id: String,
}

impl Key {
    pub(crate) fn new(id: &str) -> Self {
        Self::of_size(id, KeySize::Rsa2048)
    }

    pub(crate) fn of_size(id: &str, size: KeySize) -> Self {
        let pair = KeyPair::generate(size).unwrap();
        Self {
            pair,
            id: id.into(),
        }
    }

    pub(crate) fn modulus(&self) -> Vec<u8> {
        self.pair
            .public_key()
            .modulus()
            .big_endian_without_leading_zero()
            .to_vec()
    }

    pub(crate) fn public(&self) -> Value {
        let exponent = self.pair.public_key().exponent();
        json!({"kty": "RSA", "use": "sig", "alg": "RS256", "kid": self.id,
            "n": text(&self.modulus()), "e": text(exponent.big_endian_without_leading_zero())})
    }

    /// The public key with some members changed; `null` removes one.
    pub(crate) fn changed(&self, change: &Value) -> Value {
        let mut key = self.public();
        merge(key.as_object_mut().unwrap(), change);
        key
    }

    pub(crate) fn sign_as(&self, encoding: &'static dyn RsaEncoding, signed: &str) -> Vec<u8> {
        let mut signature = vec![0; self.pair.public_modulus_len()];
        self.pair
            .sign(
                encoding,
                &SystemRandom::new(),
                signed.as_bytes(),
                &mut signature,
            )
            .unwrap();
        signature
    }

    /// A token with this header and these claims as they stand, signed by the algorithm that the header
    /// names, or by RS256.
    pub(crate) fn token_of(&self, header: &str, claims: &str) -> String {
        let encoding: &'static dyn RsaEncoding = match header {
            header if header.contains("RS384") => &RSA_PKCS1_SHA384,
            header if header.contains("RS512") => &RSA_PKCS1_SHA512,
            _ => &RSA_PKCS1_SHA256,
        };
        let signed = format!("{}.{}", text(header.as_bytes()), text(claims.as_bytes()));
        let signature = self.sign_as(encoding, &signed);
        format!("{signed}.{}", text(&signature))
    }

    /// A good token with changes; `null` removes a member.
    pub(crate) fn token(&self, header: &Value, claims: &Value) -> String {
        let mut all = good_header(&self.id);
        merge(&mut all, header);
        let mut set = good_claims();
        merge(&mut set, claims);
        self.token_of(
            &Value::Object(all).to_string(),
            &Value::Object(set).to_string(),
        )
    }

    pub(crate) fn good(&self) -> String {
        self.token(&json!({}), &json!({}))
    }
}

pub(crate) fn good_header(id: &str) -> Map<String, Value> {
    let header = json!({"alg": "RS256", "typ": "JWT", "kid": id});
    header.as_object().unwrap().clone()
}

pub(crate) fn good_claims() -> Map<String, Value> {
    let claims = json!({"iss": ISSUER, "sub": "alice", "aud": AUDIENCE, "scope": "uploads",
        "iat": SECOND, "exp": SECOND + 3_600});
    claims.as_object().unwrap().clone()
}

fn merge(into: &mut Map<String, Value>, change: &Value) {
    into.extend(change.as_object().unwrap().clone());
    into.retain(|_, value| !value.is_null());
}

pub(crate) fn text(bytes: &[u8]) -> String {
    BASE64URL_NOPAD.encode(bytes)
}

/// The key that the issuer publishes, and one that nobody publishes. Made once: that takes time.
pub(crate) fn key() -> &'static Key {
    static KEY: OnceLock<Key> = OnceLock::new();
    KEY.get_or_init(|| Key::new("key-1"))
}

pub(crate) fn other() -> &'static Key {
    static KEY: OnceLock<Key> = OnceLock::new();
    KEY.get_or_init(|| Key::new("key-2"))
}

pub(crate) fn set(keys: &[Value]) -> Vec<u8> {
    json!({"keys": keys}).to_string().into_bytes()
}

type Answer = Result<Vec<u8>, Fault>;

/// Where issuers' keys are fetched from, by the issuers' names.
#[derive(Debug)]
pub(crate) struct Source {
    answers: Mutex<BTreeMap<String, Answer>>,
    fetches: AtomicUsize,
}

impl Source {
    pub(crate) fn of(issuer: &str, document: Vec<u8>) -> Self {
        Self {
            answers: Mutex::new(BTreeMap::from([(issuer.to_owned(), Ok(document))])),
            fetches: AtomicUsize::new(0),
        }
    }

    /// What the issuer answers from now on.
    pub(crate) fn answer(&self, issuer: &str, answer: Answer) {
        let mut answers = self.answers.lock().unwrap();
        answers.insert(issuer.to_owned(), answer);
    }

    pub(crate) fn fetches(&self) -> usize {
        self.fetches.load(Ordering::Relaxed)
    }
}

impl FetchKeys for &Source {
    fn fetch_keys(
        &self,
        issuer: &IssuerUrl,
    ) -> impl Future<Output = Result<Vec<u8>, Fault>> + Send {
        self.fetches.fetch_add(1, Ordering::Relaxed);
        let answer = self.answers.lock().unwrap()[issuer.as_str()].clone();
        async {
            // Others get their turn meanwhile.
            for _ in 0..20 {
                tokio::task::yield_now().await;
            }
            answer
        }
    }
}

pub(crate) fn trust(issuer: &str) -> Trust {
    Trust {
        issuer: issuer.parse().unwrap(),
        audience: AUDIENCE.into(),
    }
}

/// Verifies with the published key alone.
pub(crate) fn verify(token: &str) -> Result<Verified, VerifyError> {
    verify_with(&set(&[key().public()]), token)
}

/// Verifies with a key set as it stands.
pub(crate) fn verify_with(document: &[u8], token: &str) -> Result<Verified, VerifyError> {
    let source = Source::of(ISSUER, document.to_vec());
    let verifier = Verifier::new(&source, [trust(ISSUER)]);
    run(verifier.verify(token, NOW))
}

pub(crate) fn run<T>(task: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.unwrap().block_on(task)
}
