//! Every forged token of the list of abuses, and the status that a request with it must get. Most are from
//! <https://www.rfc-editor.org/rfc/rfc8725>.

mod claims;
mod shape;
mod signature;

use serde_json::Value;

use super::{Issuer, TokenRequest};

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
        Forged {
            what: what.into(),
            token: (self.mint)(request),
            status,
        }
    }

    /// One token for each value of a claim, all expected to get `status`.
    fn claims(&self, name: &str, values: Vec<Value>, status: u16) -> Vec<Forged> {
        let each = values.into_iter().map(|value| {
            let request = TokenRequest::default().claim(name, value.clone());
            self.of(format!("{name} = {value}"), &request, status)
        });
        each.collect()
    }
}
