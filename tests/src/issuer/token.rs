use aws_lc_rs::signature::{RSA_PKCS1_SHA256, RSA_PSS_SHA256};
use data_encoding::BASE64URL_NOPAD;
use devkit::hash::hmac_sha256;
use devkit::random::random_hex;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::keys::{CURVE, Keyring, TWIN};
use super::{AUDIENCE, SCOPE};

/// How a token is forged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Forgery {
    /// Not at all: a valid token.
    #[default]
    None,
    /// `alg: none` and no signature.
    AlgNone,
    /// The header of a valid token and no signature.
    NoSignature,
    /// Signed by an unpublished key under the `kid` of a published one.
    OtherKey,
    /// As [`Forgery::OtherKey`], with the attacker's public key in the header's `jwk`
    /// (<https://www.rfc-editor.org/rfc/rfc7515#section-4.1.3>).
    EmbeddedKey,
    /// Names a key that does not exist.
    UnknownKid,
    /// HS256 with the published RSA modulus, in its published text form, as the secret.
    KeyConfusion,
    /// HS256 with the modulus' bytes as the secret.
    HmacOfModulus,
    /// HS256 with the public key in DER as the secret.
    HmacOfDer,
    /// HS256 with the public key in PEM as the secret.
    HmacOfPem,
    /// One character of the signature is changed.
    BrokenSignature,
    /// PS256 by the published RSA key.
    Pss,
    /// A PS256 signature under a header that says RS256.
    PssAsRs256,
    /// ES256 by the published key on a curve.
    Curve,
    /// An ES256 signature by that key, under a header that says RS256.
    CurveAsRs256,
    /// By a published key whose `kid` another published key has too.
    Twin,
}

/// The body of `POST /token`: claims and header members that replace the defaults (`null` removes one), raw
/// claims appended after them, and a forgery.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TokenRequest {
    /// Claims that replace the defaults.
    pub claims: Map<String, Value>,
    /// Header members that replace the defaults.
    pub header: Map<String, Value>,
    /// Names and raw JSON values appended to the claims: duplicates, which no JSON writer emits.
    pub raw_claims: Vec<(String, String)>,
    /// How to forge the token.
    pub forge: Forgery,
}

impl TokenRequest {
    /// A valid token for `subject`.
    pub fn of(subject: &str) -> Self {
        Self::default().claim("sub", subject)
    }

    /// Replaces a claim; `null` removes it.
    #[must_use]
    pub fn claim(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.claims.insert(name.into(), value.into());
        self
    }

    /// Replaces a member of the header; `null` removes it.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.header.insert(name.into(), value.into());
        self
    }

    /// Appends a claim as raw JSON, even if one of that name exists.
    #[must_use]
    pub fn raw_claim(mut self, name: &str, text: &str) -> Self {
        self.raw_claims.push((name.into(), text.into()));
        self
    }

    /// Sets how the token is forged.
    #[must_use]
    pub fn forged(mut self, forge: Forgery) -> Self {
        self.forge = forge;
        self
    }
}

/// Mints a token of `issuer` at `now` (Unix seconds); by default for `alice`, our audience and scope, one hour.
pub(super) fn mint(request: &TokenRequest, issuer: &str, keys: &Keyring, now: u64) -> String {
    let mut claims = members(json!({
        "iss": issuer, "sub": "alice", "aud": AUDIENCE, "scope": SCOPE,
        "iat": now, "exp": now + 3600, "jti": random_hex(8),
    }));
    claims.extend(request.claims.clone());
    let mut header = header(request.forge, keys);
    header.extend(request.header.clone());
    let header = BASE64URL_NOPAD.encode(text(header, &[]).as_bytes());
    let claims = BASE64URL_NOPAD.encode(text(claims, &request.raw_claims).as_bytes());
    let signed = format!("{header}.{claims}");
    let signature = BASE64URL_NOPAD.encode(&signature(request.forge, keys, &signed));
    format!("{signed}.{signature}")
}

fn header(forge: Forgery, keys: &Keyring) -> Map<String, Value> {
    use Forgery::{AlgNone, Curve, CurveAsRs256, EmbeddedKey, Pss, Twin, UnknownKid};
    use Forgery::{HmacOfDer, HmacOfModulus, HmacOfPem, KeyConfusion};
    let current = keys.current.id.as_str();
    let (alg, kid) = match forge {
        AlgNone => ("none", current),
        KeyConfusion | HmacOfModulus | HmacOfDer | HmacOfPem => ("HS256", current),
        Pss => ("PS256", current),
        Curve => ("ES256", CURVE),
        CurveAsRs256 => ("RS256", CURVE),
        UnknownKid => ("RS256", "../../no-such-key"),
        Twin => ("RS256", TWIN),
        _ => ("RS256", current),
    };
    let mut header = members(json!({"alg": alg, "typ": "JWT", "kid": kid}));
    if forge == EmbeddedKey {
        header.insert("jwk".into(), keys.stranger.public());
    }
    header
}

fn signature(forge: Forgery, keys: &Keyring, signed: &str) -> Vec<u8> {
    let key = &keys.current;
    let hmac = |secret: &[u8]| hmac_sha256(secret, signed.as_bytes()).to_vec();
    match forge {
        Forgery::None => key.sign(&RSA_PKCS1_SHA256, signed),
        Forgery::AlgNone | Forgery::NoSignature => Vec::new(),
        Forgery::OtherKey | Forgery::EmbeddedKey | Forgery::UnknownKid => {
            keys.stranger.sign(&RSA_PKCS1_SHA256, signed)
        }
        Forgery::KeyConfusion => hmac(key.modulus().as_bytes()),
        Forgery::HmacOfModulus => hmac(&key.modulus_bytes()),
        Forgery::HmacOfDer => hmac(&key.der()),
        Forgery::HmacOfPem => hmac(key.pem().as_bytes()),
        Forgery::BrokenSignature => {
            let mut signature = key.sign(&RSA_PKCS1_SHA256, signed);
            signature[0] ^= 1;
            signature
        }
        Forgery::Pss | Forgery::PssAsRs256 => key.sign(&RSA_PSS_SHA256, signed),
        Forgery::Curve | Forgery::CurveAsRs256 => keys.sign_by_curve(signed),
        Forgery::Twin => keys.twins[0].sign(&RSA_PKCS1_SHA256, signed),
    }
}

fn members(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

/// The JSON text of an object without its `null` members, with the `raw` ones appended.
fn text(mut members: Map<String, Value>, raw: &[(String, String)]) -> String {
    members.retain(|_, value| !value.is_null());
    let own = members
        .into_iter()
        .map(|(name, value)| (name, value.to_string()));
    let all = own.chain(raw.iter().cloned());
    let all: Vec<String> = all
        .map(|(name, text)| format!("{}:{text}", json!(name)))
        .collect();
    format!("{{{}}}", all.join(","))
}
