use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::lock::Mutex as AsyncMutex;
use serde_json::{Map, Value};

use super::cache::{Decision, KeyCache};
use super::claims::check;
use super::compact::Compact;
use super::keys::{KeySet, PublicKey};
use super::{IssuerUrl, TokenError, VerifyError};
use crate::ports::FetchKeys;
use crate::{Fault, FaultKind};

const SERVICE: &str = "issuer.FetchKeys";

/// An issuer whose tokens count, and for whom they must be meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trust {
    /// The issuer.
    pub issuer: IssuerUrl,
    /// The audience, or the client id in tokens without one.
    pub audience: String,
}

/// Checks tokens against the keys of trusted issuers, which it keeps, each issuer's for itself.
#[derive(Debug)]
pub struct Verifier<F> {
    source: F,
    issuers: Vec<Issuer>,
}

/// The claims of a good token.
#[derive(Clone, Debug, PartialEq)]
pub struct Verified {
    /// All of them.
    pub claims: Map<String, Value>,
    /// The issuer could not be asked for its keys just now; the last good ones were used.
    pub stale: Option<Fault>,
}

#[derive(Debug)]
struct Issuer {
    trust: Trust,
    cache: Mutex<KeyCache>,
    /// Held by the one that fetches.
    flight: AsyncMutex<()>,
}

impl<F: FetchKeys> Verifier<F> {
    /// A verifier without keys yet; `source` is asked when the first token comes.
    pub fn new(source: F, trusted: impl IntoIterator<Item = Trust>) -> Self {
        let issuers = trusted.into_iter().map(|trust| Issuer {
            trust,
            cache: Mutex::default(),
            flight: AsyncMutex::default(),
        });
        Self {
            source,
            issuers: issuers.collect(),
        }
    }

    /// Checks one token at `now_ms` (Unix milliseconds) and gives its claims.
    ///
    /// Whatever can be refused without the issuer's keys is refused before they are asked for, so that a
    /// token that is none costs no fetch. The claims are not looked at before the signature is right, but
    /// for the issuer, which must be one of ours.
    ///
    /// # Errors
    /// [`VerifyError`].
    pub async fn verify(&self, token: &str, now_ms: u64) -> Result<Verified, VerifyError> {
        let token = Compact::parse(token)?;
        let named = token.claims.get("iss").and_then(Value::as_str);
        let issuer = self
            .issuers
            .iter()
            .find(|issuer| named == Some(issuer.trust.issuer.as_str()))
            .ok_or(TokenError::Issuer)?;
        let (key, stale) = self.key(issuer, &token.header.key_id, now_ms).await?;
        key.verify(token.header.algorithm, token.signed, &token.signature)?;
        check(&token.claims, &issuer.trust.audience, now_ms)?;
        Ok(Verified {
            claims: token.claims,
            stale,
        })
    }

    /// The issuer's key of this id. Of parallel callers one fetches; the others wait for it if they have to.
    async fn key(
        &self,
        issuer: &Issuer,
        key_id: &str,
        now_ms: u64,
    ) -> Result<(Arc<PublicKey>, Option<Fault>), VerifyError> {
        let decision = issuer.cache().decide(key_id, now_ms);
        let Decision::Fetch(meanwhile) = decision else {
            return settled(decision, None);
        };
        let _flight = match (issuer.flight.try_lock(), meanwhile) {
            (Some(flight), _) => flight,
            (None, Some(key)) => return Ok((key, None)),
            (None, None) => issuer.flight.lock().await,
        };
        // Whoever waited finds what the other one brought.
        let decision = issuer.cache().decide(key_id, now_ms);
        if !matches!(decision, Decision::Fetch(_)) {
            return settled(decision, None);
        }
        let fetched = self.source.fetch_keys(&issuer.trust.issuer).await;
        let keys = fetched.and_then(|document| {
            KeySet::parse(&document).map_err(|error| unavailable(error.to_string()))
        });
        let mut cache = issuer.cache();
        let fault = match keys {
            Ok(keys) => {
                cache.store(keys, key_id, now_ms);
                None
            }
            Err(fault) => {
                cache.fail(now_ms);
                Some(fault)
            }
        };
        settled(cache.decide(key_id, now_ms), fault)
    }
}

impl Issuer {
    fn cache(&self) -> MutexGuard<'_, KeyCache> {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn settled(
    decision: Decision,
    fault: Option<Fault>,
) -> Result<(Arc<PublicKey>, Option<Fault>), VerifyError> {
    match decision {
        Decision::Use(key) => Ok((key, fault)),
        Decision::Unknown => Err(TokenError::UnknownKey.into()),
        Decision::Fetch(_) | Decision::Unavailable => {
            let detail = fault.map_or_else(
                || "the issuer gave no keys a moment ago".to_owned(),
                |fault| fault.detail,
            );
            // Whatever kept the keys away, trying again later can help.
            Err(unavailable(detail).into())
        }
    }
}

fn unavailable(detail: String) -> Fault {
    Fault::new(SERVICE, FaultKind::Unavailable, detail)
}
