use serde_json::{Value, json};

use super::{Forge, Forged};
use crate::issuer::{AUDIENCE, SCOPE, TokenRequest};

impl Forge<'_> {
    pub(super) fn ends(&self) -> Vec<Forged> {
        let (now, later) = (self.now, self.now + 600);
        let past = vec![
            json!(now - 3_600),
            json!(now - 1),
            json!(0),
            json!(-1),
            json!(-(later as i64)),
        ];
        let mut all = self.claims("exp", past, 401);
        all.extend(self.claims("exp", vec![json!(later)], 200));
        all.extend(self.claims("exp", vec![Value::Null], 401));
        for text in [
            format!("\"{later}\""),
            "\"never\"".into(),
            format!("{later}.5"),
            "1e400".into(),
            "true".into(),
            "null".into(),
            format!("[{later}]"),
        ] {
            let request = TokenRequest::default()
                .claim("exp", Value::Null)
                .raw_claim("exp", &text);
            all.push(self.of(format!("exp = {text}"), &request, 401));
        }
        all
    }

    pub(super) fn beginnings(&self) -> Vec<Forged> {
        let later = self.now + 3_600;
        let mut all = Vec::new();
        for name in ["nbf", "iat"] {
            let bad = vec![
                json!(later),
                json!(later.to_string()),
                json!("now"),
                json!(true),
            ];
            all.extend(self.claims(name, bad, 401));
            all.extend(self.claims(name, vec![json!(self.now - 1), Value::Null], 200));
        }
        all
    }

    pub(super) fn issuers(&self) -> Vec<Forged> {
        let (name, bare) = (self.issuer, self.issuer.trim_end_matches('/'));
        let other = if name == bare {
            format!("{name}/")
        } else {
            bare.to_owned()
        };
        let bad = vec![
            json!(other),
            json!(format!("{name}/")),
            json!(format!("{name}x")),
            json!(format!("{bare}.evil.example/")),
            json!(format!("{}{bare}", self.evil.name())),
            json!(self.evil.name()),
            json!(name.to_ascii_uppercase()),
            json!([name]),
            json!(""),
            Value::Null,
        ];
        let mut all = self.claims("iss", bad, 401);
        let own = self.evil.mint(&TokenRequest::default());
        all.push(Forged {
            what: "a good token of another issuer".into(),
            token: own,
            status: 401,
        });
        all
    }

    pub(super) fn audiences(&self) -> Vec<Forged> {
        let longer = format!("{AUDIENCE}x");
        let bad = vec![
            json!("somebody-else"),
            json!(longer),
            json!(AUDIENCE.to_ascii_uppercase()),
            json!(format!("somebody-else {AUDIENCE}")),
            json!(["somebody-else", longer]),
            json!([]),
            json!(""),
            Value::Null,
        ];
        let mut all = self.claims("aud", bad, 401);
        all.extend(self.claims(
            "aud",
            vec![json!(AUDIENCE), json!(["somebody-else", AUDIENCE])],
            200,
        ));
        for (client, status) in [(AUDIENCE, 200), ("somebody-else", 401)] {
            let request = TokenRequest::default()
                .claim("aud", Value::Null)
                .claim("client_id", client);
            all.push(self.of(format!("no aud, client_id = {client}"), &request, status));
        }
        let both = TokenRequest::default()
            .claim("aud", "somebody-else")
            .claim("client_id", AUDIENCE);
        all.push(self.of("another's aud, our client_id", &both, 401));
        all
    }

    pub(super) fn id_tokens(&self) -> Vec<Forged> {
        let mut all = self.claims(
            "token_use",
            vec![json!("id"), json!("refresh"), json!("")],
            403,
        );
        all.extend(self.claims("token_use", vec![json!("access")], 200));
        all.extend(self.claims("at_hash", vec![json!("x")], 403));
        all.extend(self.claims("c_hash", vec![json!("x")], 403));
        all
    }

    pub(super) fn scopes(&self) -> Vec<Forged> {
        let bad = vec![
            Value::Null,
            json!(""),
            json!("openid profile"),
            json!(format!("{SCOPE}:writex")),
            json!(SCOPE.to_ascii_uppercase()),
            json!(format!("x{SCOPE}")),
        ];
        let mut all = self.claims("scope", bad, 403);
        all.extend(self.claims("scope", vec![json!(format!("openid {SCOPE} email"))], 200));
        all
    }

    pub(super) fn subjects(&self) -> Vec<Forged> {
        let long = "s".repeat(2_048);
        let bad = vec![
            json!(""),
            json!(long),
            json!("a/b"),
            json!("../../x"),
            json!("a..b"),
            json!("a#b"),
            json!("a\nb"),
            json!("a\u{0}b"),
            json!("\u{202e}x"),
            json!("한글"),
            Value::Null,
        ];
        let mut all = self.claims("sub", bad, 403);
        all.extend(self.claims("sub", vec![json!("auth0|5f7c")], 200));
        all
    }
}
