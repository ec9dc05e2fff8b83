//! Every forged token of the list of abuses, and the status that a request with it must get. Most are from
//! <https://www.rfc-editor.org/rfc/rfc8725>.

use serde_json::{Value, json};

use super::{AUDIENCE, Forgery, Issuer, SCOPE, TokenRequest};

/// One token, and the status that a request with it must get.
#[derive(Clone, Debug)]
pub struct Forged {
    /// What is wrong with it, or that nothing is.
    pub what: String,
    /// The token.
    pub token: String,
    /// The HTTP status.
    pub status: u16,
}

/// What the tokens are made from: the trusted issuer, and an attacker's.
pub struct Forge<'a> {
    /// The name of the trusted issuer.
    pub issuer: &'a str,
    /// Mints a token of the trusted issuer.
    pub mint: &'a dyn Fn(&TokenRequest) -> String,
    /// The attacker's issuer, which publishes its keys.
    pub evil: &'a Issuer,
    /// Unix seconds.
    pub now: u64,
}

impl Forge<'_> {
    /// The tokens of one row.
    ///
    /// # Panics
    /// When the row has no forged tokens.
    pub fn row(&self, row: &str) -> Vec<Forged> {
        match row {
            "A02" => self.without_signature(),
            "A03" => self.by_public_key(),
            "A04" => self.by_other_algorithms(),
            "A05" => self.with_keys_along(),
            "A06" => self.by_key_ids(),
            "A07" => self.ends(),
            "A08" => self.beginnings(),
            "A09" => self.issuers(),
            "A10" => self.audiences(),
            "A11" => self.id_tokens(),
            "A12" => self.scopes(),
            "A14" => self.subjects(),
            "A17" => self.shapes(),
            _ => panic!("no forged tokens for {row}"),
        }
    }

    /// A token minted as requested.
    fn of(&self, what: impl Into<String>, request: &TokenRequest, status: u16) -> Forged {
        made(what, (self.mint)(request), status)
    }

    /// One token for each value, which `put` makes part of the request; all are expected to get `status`.
    fn each(
        &self,
        name: &str,
        status: u16,
        values: &Value,
        put: impl Fn(Value) -> TokenRequest,
    ) -> Vec<Forged> {
        let values = values.as_array().into_iter().flatten();
        let what = |value: &Value| format!("{name} = {:.40}", value.to_string());
        let made = values.map(|value| self.of(what(value), &put(value.clone()), status));
        made.collect()
    }

    fn claims(&self, name: &str, status: u16, values: Value) -> Vec<Forged> {
        let put = |value| TokenRequest::default().claim(name, value);
        self.each(name, status, &values, put)
    }

    /// The same for a header member of a token forged in this way.
    fn headers(&self, name: &str, forge: Forgery, values: Value) -> Vec<Forged> {
        let put = |value| forged(forge).header(name, value);
        self.each(name, 401, &values, put)
    }

    fn without_signature(&self) -> Vec<Forged> {
        let algs = json!(["none", "None", "nOnE", "", 0, null]);
        let all = vec![
            self.of("no signature", &forged(Forgery::NoSignature), 401),
            self.of("a changed one", &forged(Forgery::BrokenSignature), 401),
            self.of("nothing but signed", &forged(Forgery::None), 200),
        ];
        let unsigned = self.headers("alg", Forgery::AlgNone, algs.clone());
        [all, unsigned, self.headers("alg", Forgery::None, algs)].concat()
    }

    fn by_public_key(&self) -> Vec<Forged> {
        use Forgery::{HmacOfDer, HmacOfModulus, HmacOfPem, KeyConfusion};
        let secrets = [KeyConfusion, HmacOfModulus, HmacOfDer, HmacOfPem];
        let algs = json!(["HS256", "HS512", "RS256"]);
        secrets
            .map(|forge| self.headers("alg", forge, algs.clone()))
            .concat()
    }

    fn by_other_algorithms(&self) -> Vec<Forged> {
        use Forgery::{Curve, CurveAsRs256, Pss, PssAsRs256};
        let algorithms = [Pss, PssAsRs256, Curve, CurveAsRs256];
        let one = |forge| self.of(format!("{forge:?}"), &forged(forge), 401);
        let called = json!(["ES256", "PS256", "EdDSA", "rs256", "RS1"]);
        let called = self.headers("alg", Forgery::None, called);
        [algorithms.map(one).into(), called].concat()
    }

    fn with_keys_along(&self) -> Vec<Forged> {
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
            let request = TokenRequest::default().claim("iss", self.issuer);
            let token = self.evil.mint(&request.header(name, value.clone()));
            let what = format!("{name} leads to an attacker's key");
            all.push(made(what, token, 401));
            // Under the `kid` of the real key.
            let request = forged(Forgery::OtherKey).header(name, value);
            all.push(self.of(format!("{name} beside a true key id"), &request, 401));
        }
        all
    }

    fn by_key_ids(&self) -> Vec<Forged> {
        let all = vec![
            self.of("an unknown one", &forged(Forgery::UnknownKid), 401),
            self.of("one that two keys have", &forged(Forgery::Twin), 401),
        ];
        let ids = json!([
            null,
            "",
            0,
            {},
            ["curve"],
            "../../x",
            "/dev/null",
            "' OR 1=1",
            "a\u{0}b",
            "__proto__",
            "k".repeat(6_000),
        ]);
        [all, self.headers("kid", Forgery::None, ids)].concat()
    }

    fn ends(&self) -> Vec<Forged> {
        let (now, later) = (self.now, self.now + 600);
        let past = json!([now - 3_600, now - 1, 0, -1, -(later as i64), null]);
        let mut all = self.claims("exp", 401, past);
        all.extend(self.claims("exp", 200, json!([later])));
        for text in [
            &format!("\"{later}\""),
            "\"never\"",
            &format!("{later}.5"),
            "1e400",
            "true",
            "null",
            &format!("[{later}]"),
        ] {
            let request = TokenRequest::default().claim("exp", Value::Null);
            let request = request.raw_claim("exp", text);
            all.push(self.of(format!("exp = {text}"), &request, 401));
        }
        all
    }

    fn beginnings(&self) -> Vec<Forged> {
        let later = self.now + 3_600;
        let of = |name| {
            let bad = json!([later, later.to_string(), "now", true]);
            let good = json!([self.now - 1, null]);
            [self.claims(name, 401, bad), self.claims(name, 200, good)].concat()
        };
        ["nbf", "iat"].map(of).concat()
    }

    fn issuers(&self) -> Vec<Forged> {
        let (name, bare) = (self.issuer, self.issuer.trim_end_matches('/'));
        let other = if name == bare {
            format!("{name}/")
        } else {
            bare.to_owned()
        };
        let evil = self.evil.name();
        let bad = json!([
            other,
            format!("{name}/"),
            format!("{name}x"),
            format!("{bare}.evil.example/"),
            format!("{evil}{bare}"),
            evil,
            name.to_ascii_uppercase(),
            [name],
            "",
            null,
        ]);
        let own = self.evil.mint(&TokenRequest::default());
        let own = made("a good token of another issuer", own, 401);
        [self.claims("iss", 401, bad), vec![own]].concat()
    }

    fn audiences(&self) -> Vec<Forged> {
        let other = "somebody-else";
        let (longer, upper) = (format!("{AUDIENCE}x"), AUDIENCE.to_ascii_uppercase());
        let both = format!("{other} {AUDIENCE}");
        let bad = json!([other, longer, upper, both, [other, longer], [], "", null]);
        let good = json!([AUDIENCE, [other, AUDIENCE]]);
        let mut all = [self.claims("aud", 401, bad), self.claims("aud", 200, good)].concat();
        for (aud, client, status) in [
            (Value::Null, AUDIENCE, 200),
            (Value::Null, other, 401),
            (json!(other), AUDIENCE, 401),
        ] {
            let what = format!("aud = {aud}, client_id = {client}");
            let request = TokenRequest::default().claim("aud", aud);
            all.push(self.of(what, &request.claim("client_id", client), status));
        }
        all
    }

    fn id_tokens(&self) -> Vec<Forged> {
        [
            self.claims("token_use", 403, json!(["id", "refresh", ""])),
            self.claims("token_use", 200, json!(["access"])),
            self.claims("at_hash", 403, json!(["x"])),
            self.claims("c_hash", 403, json!(["x"])),
        ]
        .concat()
    }

    fn scopes(&self) -> Vec<Forged> {
        let (upper, other) = (SCOPE.to_ascii_uppercase(), format!("{SCOPE}:writex"));
        let longer = format!("x{SCOPE}");
        let bad = json!([null, "", "openid profile", other, upper, longer]);
        let good = json!([format!("openid {SCOPE} email")]);
        let good = self.claims("scope", 200, good);
        [self.claims("scope", 403, bad), good].concat()
    }

    fn subjects(&self) -> Vec<Forged> {
        let bad = json!([
            "",
            "s".repeat(2_048),
            "a/b",
            "../../x",
            "a..b",
            "a#b",
            "a\nb",
            "a\u{0}b",
            "\u{202e}x",
            "한글",
            null,
        ]);
        let good = self.claims("sub", 200, json!(["auth0|5f7c"]));
        [self.claims("sub", 403, bad), good].concat()
    }

    fn shapes(&self) -> Vec<Forged> {
        let good = (self.mint)(&TokenRequest::default());
        let part = |place: usize| good.split('.').nth(place).unwrap_or_default();
        let (header, claims, signature) = (part(0), part(1), part(2));
        let jwe = format!("{header}.x.x.{claims}.{signature}");
        let other = format!("{header}.{claims}.{}+", &signature[1..]);
        let marked = format!("{header}.{claims}!.{signature}");
        let broken = [
            ("no signature", format!("{header}.{claims}")),
            ("a dot behind", format!("{good}.")),
            ("a segment behind", format!("{good}.x")),
            ("an empty header", format!(".{claims}.{signature}")),
            ("empty claims", format!("{header}..{signature}")),
            ("dots alone", "..".to_owned()),
            ("letters", "a.b.c".to_owned()),
            ("a long word", "x".repeat(3_000)),
            ("five segments, as a JWE has", jwe),
            ("five dots", format!("{header}.{claims}.{signature}...")),
            ("padding behind", format!("{good}=")),
            ("more padding behind", format!("{good}==")),
            ("a digit behind", format!("{good}A")),
            ("four digits behind", format!("{good}AAAA")),
            ("a mark behind", format!("{good}!")),
            ("a mark in the claims", marked),
            ("the other alphabet", other),
            ("two tokens", format!("{good},{good}")),
        ];
        let broken = broken.map(|(what, token)| made(what, token, 401));
        let critical = json!([["exp"], ["http://example.com/unknown"], []]);
        let unencoded = TokenRequest::default().header("crit", json!(["b64"]));
        let unencoded = unencoded.header("b64", false);
        let more = vec![
            self.of("an unencoded payload", &unencoded, 401),
            self.of("nothing wrong", &TokenRequest::default(), 200),
        ];
        [
            broken.into(),
            self.headers("crit", Forgery::None, critical),
            self.headers("b64", Forgery::None, json!([false])),
            more,
        ]
        .concat()
    }
}

fn made(what: impl Into<String>, token: String, status: u16) -> Forged {
    let what = what.into();
    Forged {
        what,
        token,
        status,
    }
}

fn forged(forge: Forgery) -> TokenRequest {
    TokenRequest::of("alice").forged(forge)
}
