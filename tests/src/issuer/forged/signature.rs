use serde_json::{Value, json};

use super::{Forge, Forged};
use crate::issuer::{Forgery, TokenRequest};

impl Forge<'_> {
    pub(super) fn without_signature(&self) -> Vec<Forged> {
        let mut all = vec![
            self.of("no signature", &forged(Forgery::NoSignature), 401),
            self.of(
                "a changed signature",
                &forged(Forgery::BrokenSignature),
                401,
            ),
            self.of("nothing but signed", &forged(Forgery::None), 200),
        ];
        for alg in [
            json!("none"),
            json!("None"),
            json!("nOnE"),
            json!(""),
            json!(0),
            json!(null),
        ] {
            let what = format!("alg {alg}");
            all.push(self.of(
                &what,
                &forged(Forgery::AlgNone).header("alg", alg.clone()),
                401,
            ));
            let signed = forged(Forgery::None).header("alg", alg);
            all.push(self.of(format!("{what}, signed"), &signed, 401));
        }
        all
    }

    pub(super) fn by_public_key(&self) -> Vec<Forged> {
        let mut all = Vec::new();
        for forge in [
            Forgery::KeyConfusion,
            Forgery::HmacOfModulus,
            Forgery::HmacOfDer,
            Forgery::HmacOfPem,
        ] {
            for alg in ["HS256", "HS512", "RS256"] {
                let request = forged(forge).header("alg", alg);
                all.push(self.of(format!("{forge:?} as {alg}"), &request, 401));
            }
        }
        all
    }

    pub(super) fn by_other_algorithms(&self) -> Vec<Forged> {
        let mut all: Vec<Forged> = [
            Forgery::Pss,
            Forgery::PssAsRs256,
            Forgery::Curve,
            Forgery::CurveAsRs256,
        ]
        .into_iter()
        .map(|forge| self.of(format!("{forge:?}"), &forged(forge), 401))
        .collect();
        for alg in ["ES256", "PS256", "EdDSA", "rs256", "RS1"] {
            let request = forged(Forgery::None).header("alg", alg);
            all.push(self.of(format!("RS256 called {alg}"), &request, 401));
        }
        all
    }

    pub(super) fn with_keys_along(&self) -> Vec<Forged> {
        let keys = format!("{}.well-known/jwks.json", self.evil.name());
        let mut all = vec![
            self.of("another's signature", &forged(Forgery::OtherKey), 401),
            self.of("the key in jwk", &forged(Forgery::EmbeddedKey), 401),
        ];
        for (name, value) in [
            ("jku", json!(keys)),
            ("x5u", json!(keys)),
            ("x5c", json!(["MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A"])),
            ("iss", json!(self.evil.name())),
        ] {
            // Signed by the key that the URL serves, under that key's own `kid`.
            let request = TokenRequest::default()
                .claim("iss", self.issuer)
                .header(name, value.clone());
            let token = self.evil.mint(&request);
            let what = format!("{name} leads to an attacker's key");
            all.push(Forged {
                what,
                token,
                status: 401,
            });
            // Under the `kid` of the real key.
            let request = forged(Forgery::OtherKey).header(name, value);
            all.push(self.of(format!("{name} beside a true key id"), &request, 401));
        }
        all
    }

    pub(super) fn by_key_ids(&self) -> Vec<Forged> {
        let mut all = vec![
            self.of("an unknown one", &forged(Forgery::UnknownKid), 401),
            self.of("one that two keys have", &forged(Forgery::Twin), 401),
        ];
        let long = "k".repeat(6_000);
        for id in [
            Value::Null,
            json!(""),
            json!(0),
            json!({}),
            json!(["curve"]),
            json!("../../x"),
            json!("/dev/null"),
            json!("' OR 1=1"),
            json!("a\u{0}b"),
            json!("__proto__"),
            json!(long),
        ] {
            let request = forged(Forgery::None).header("kid", id.clone());
            all.push(self.of(format!("{:.40}", id.to_string()), &request, 401));
        }
        all
    }
}

fn forged(forge: Forgery) -> TokenRequest {
    TokenRequest::of("alice").forged(forge)
}
