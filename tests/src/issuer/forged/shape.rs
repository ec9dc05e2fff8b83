use serde_json::json;

use super::{Forge, Forged};
use crate::issuer::TokenRequest;

impl Forge<'_> {
    pub(super) fn shapes(&self) -> Vec<Forged> {
        let good = (self.mint)(&TokenRequest::default());
        let part = |place: usize| good.split('.').nth(place).unwrap_or_default();
        let (header, claims, signature) = (part(0), part(1), part(2));
        let mut all: Vec<Forged> = [
            ("no signature", format!("{header}.{claims}")),
            ("a dot behind", format!("{good}.")),
            ("a segment behind", format!("{good}.x")),
            ("an empty header", format!(".{claims}.{signature}")),
            ("empty claims", format!("{header}..{signature}")),
            ("dots alone", "..".to_owned()),
            ("letters", "a.b.c".to_owned()),
            ("a long word", "x".repeat(3_000)),
            (
                "five segments, as a JWE has",
                format!("{header}.x.x.{claims}.{signature}"),
            ),
            ("five dots", format!("{header}.{claims}.{signature}...")),
            ("padding behind", format!("{good}=")),
            ("more padding behind", format!("{good}==")),
            ("a digit behind", format!("{good}A")),
            ("four digits behind", format!("{good}AAAA")),
            ("a mark behind", format!("{good}!")),
            (
                "a mark in the claims",
                format!("{header}.{claims}!.{signature}"),
            ),
            (
                "the other alphabet",
                format!("{header}.{claims}.{}+", &signature[1..]),
            ),
            ("two tokens", format!("{good},{good}")),
        ]
        .into_iter()
        .map(|(what, token)| Forged {
            what: what.into(),
            token,
            status: 401,
        })
        .collect();
        for (name, value) in [
            ("crit", json!(["exp"])),
            ("crit", json!(["http://example.com/unknown"])),
            ("crit", json!([])),
            ("b64", json!(false)),
        ] {
            let request = TokenRequest::default().header(name, value.clone());
            all.push(self.of(format!("{name} = {value}"), &request, 401));
        }
        let unencoded = TokenRequest::default()
            .header("crit", json!(["b64"]))
            .header("b64", false);
        all.push(self.of("an unencoded payload", &unencoded, 401));
        all.push(self.of("nothing wrong", &TokenRequest::default(), 200));
        all
    }
}
