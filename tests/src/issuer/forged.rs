//! Every forged token of the list of abuses, and the status that a request with it must get. Most are from
//! <https://www.rfc-editor.org/rfc/rfc8725>.

use serde_json::{Value, json};

use super::{AUDIENCE, Forgery, Issuer, TokenRequest};

/// Row, forgery, status. Further, for one token for each value: a claim or a member of the header, and its values.
///
/// `HOUR_AGO`, `JUST_NOW`, `SOON` and `NEXT_HOUR` are Unix seconds; `LONG` is 2,048 letters and `LONGER` 6,000.
const TOKENS: &str = r#"
A02 no_signature 401
A02 broken_signature 401
A02 none 200
A02 alg_none 401 header.alg ["none", "None", "nOnE", "", 0, null]
A02 none 401 header.alg ["none", "None", "nOnE", "", 0, null]
A03 key_confusion 401 header.alg ["HS256", "HS512", "RS256"]
A03 hmac_of_modulus 401 header.alg ["HS256", "HS512", "RS256"]
A03 hmac_of_der 401 header.alg ["HS256", "HS512", "RS256"]
A03 hmac_of_pem 401 header.alg ["HS256", "HS512", "RS256"]
A04 pss 401
A04 pss_as_rs256 401
A04 curve 401
A04 curve_as_rs256 401
A04 none 401 header.alg ["ES256", "PS256", "EdDSA", "rs256", "RS1"]
A05 other_key 401
A05 embedded_key 401
A06 unknown_kid 401
A06 twin 401
A06 none 401 header.kid [null, "", 0, {}, ["curve"], "../../x", "/dev/null", "' OR 1=1", "a\u0000b", "__proto__", "LONGER"]
A07 none 401 claim.exp [HOUR_AGO, JUST_NOW, 0, -1, -SOON, null, "SOON", "never", SOON.5, true, [SOON]]
A07 none 200 claim.exp [SOON]
A08 none 401 claim.nbf [NEXT_HOUR, "NEXT_HOUR", "now", true]
A08 none 200 claim.nbf [JUST_NOW, null]
A08 none 401 claim.iat [NEXT_HOUR, "NEXT_HOUR", "now", true]
A08 none 200 claim.iat [JUST_NOW, null]
A10 none 401 claim.aud ["other", "crowfly-testx", "CROWFLY-TEST", "other crowfly-test", ["other", "crowfly-testx"], [], "", null]
A10 none 200 claim.aud ["crowfly-test", ["other", "crowfly-test"]]
A11 none 403 claim.token_use ["id", "refresh", ""]
A11 none 200 claim.token_use ["access"]
A11 none 403 claim.at_hash ["x"]
A11 none 403 claim.c_hash ["x"]
A12 none 403 claim.scope [null, "", "openid profile", "uploads:writex", "UPLOADS", "xuploads"]
A12 none 200 claim.scope ["openid uploads email"]
A14 none 403 claim.sub ["", "LONG", "a/b", "../../x", "a..b", "a#b", "a\nb", "a\u0000b", "\u202ex", "한글", null]
A14 none 200 claim.sub ["auth0|5f7c"]
A17 none 200
A17 none 401 header.crit [["exp"], ["http://example.com/unknown"], []]
A17 none 401 header.b64 [false]
"#;

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
        let more = match row {
            "A05" => self.with_keys_along(),
            "A07" => ["1e400", "null"].map(|text| self.ends(text)).into(),
            "A09" => self.issuers(),
            "A10" => self.clients(),
            "A17" => self.shapes(),
            _ => Vec::new(),
        };
        let all = [self.listed(row), more].concat();
        assert!(!all.is_empty(), "no forged tokens for {row}");
        all
    }

    /// A token minted as requested.
    fn of(&self, what: impl Into<String>, request: &TokenRequest, status: u16) -> Forged {
        made(what, (self.mint)(request), status)
    }

    /// The tokens of the table.
    fn listed(&self, row: &str) -> Vec<Forged> {
        let mut all = Vec::new();
        for line in TOKENS.lines().filter_map(|line| line.strip_prefix(row)) {
            let mut cells = line.trim().splitn(4, ' ');
            let [forge, status, member, values] = [(); 4].map(|()| cells.next());
            let forge = forge.unwrap_or_default();
            let request = forged(serde_json::from_value(forge.into()).expect("a forgery"));
            let status = status.and_then(|status| status.parse().ok());
            let status = status.expect("a status");
            let Some((place, name)) = member.and_then(|member| member.split_once('.')) else {
                all.push(self.of(forge, &request, status));
                continue;
            };
            for value in self.values(values.unwrap_or_default()) {
                let what = format!("{name} = {:.40}", value.to_string());
                let request = match place {
                    "claim" => request.clone().claim(name, value),
                    _ => request.clone().header(name, value),
                };
                all.push(self.of(what, &request, status));
            }
        }
        all
    }

    fn values(&self, list: &str) -> Vec<Value> {
        let list = list
            .replace("HOUR_AGO", &(self.now - 3_600).to_string())
            .replace("JUST_NOW", &(self.now - 1).to_string())
            .replace("SOON", &(self.now + 600).to_string())
            .replace("NEXT_HOUR", &(self.now + 3_600).to_string())
            .replace("LONGER", &"k".repeat(6_000))
            .replace("LONG", &"s".repeat(2_048));
        serde_json::from_str(&list).expect("a list")
    }

    fn with_keys_along(&self) -> Vec<Forged> {
        let keys = format!("{}.well-known/jwks.json", self.evil.name());
        let mut all = Vec::new();
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

    /// A token whose `exp` no JSON writer would emit.
    fn ends(&self, text: &str) -> Forged {
        let request = TokenRequest::default().claim("exp", Value::Null);
        let request = request.raw_claim("exp", text);
        self.of(format!("exp = {text}"), &request, 401)
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
        let mut all = vec![made("a good token of another issuer", own, 401)];
        for name in bad.as_array().into_iter().flatten() {
            let request = TokenRequest::default().claim("iss", name.clone());
            all.push(self.of(format!("iss = {name}"), &request, 401));
        }
        all
    }

    fn clients(&self) -> Vec<Forged> {
        let cases = [
            (Value::Null, AUDIENCE, 200),
            (Value::Null, "other", 401),
            (json!("other"), AUDIENCE, 401),
        ];
        let one = |(aud, client, status): (Value, &str, u16)| {
            let what = format!("aud = {aud}, client_id = {client}");
            let request = TokenRequest::default().claim("aud", aud);
            self.of(what, &request.claim("client_id", client), status)
        };
        cases.map(one).into()
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
        let unencoded = TokenRequest::default().header("crit", json!(["b64"]));
        let unencoded = unencoded.header("b64", false);
        let mut all = broken.map(|(what, token)| made(what, token, 401)).to_vec();
        all.push(self.of("an unencoded payload", &unencoded, 401));
        all
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
