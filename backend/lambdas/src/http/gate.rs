use std::sync::Arc;

use crowfly_aws::Jwks;
use crowfly_contract::OwnerId;
use crowfly_core::caller::{authenticate, unauthenticated};
use crowfly_core::denied::DeniedOwners;
use crowfly_core::token::{IssuerUrl, Trust, Verifier, VerifyError, bearer};
use crowfly_core::{Error, Refusal};
use serde_json::{Map, Value, json};

use super::Request;
use crate::log;
use crate::variables::{StartError, Variables};

/// Who is let in.
///
/// Behind a gateway its authorizer has verified the token, and the claims are taken from the event. Where
/// an issuer is configured (`JWT_ISSUER` and `JWT_AUDIENCE`) the function checks every token itself, and
/// the claims of an event count for nothing.
#[derive(Clone, Debug, Default)]
pub struct Gate {
    required_scope: String,
    denied: DeniedOwners,
    verifier: Option<Arc<Verifier<Jwks>>>,
}

impl Gate {
    /// Reads `REQUIRED_SCOPE`, and if they are set `DENIED_OWNERS`, `JWT_ISSUER` and `JWT_AUDIENCE`.
    ///
    /// # Errors
    /// [`StartError`]; of issuer and audience there must be both or none.
    pub fn read(variables: &Variables<'_>) -> Result<Self, StartError> {
        let verifier = match (variables.issuer()?, variables.given("JWT_AUDIENCE")) {
            (None, None) => None,
            (Some(issuer), Some(audience)) => Some(verifier(issuer, audience)),
            (None, Some(_)) => return Err(StartError::Missing("JWT_ISSUER")),
            (Some(_), None) => return Err(StartError::Missing("JWT_AUDIENCE")),
        };
        Ok(Self {
            required_scope: variables.set("REQUIRED_SCOPE")?,
            denied: variables.denied_owners()?,
            verifier,
        })
    }

    /// A gate behind a gateway, which asks for this scope.
    pub fn behind_gateway(required_scope: &str) -> Self {
        Self {
            required_scope: required_scope.to_owned(),
            ..Self::default()
        }
    }

    /// Finds who calls.
    ///
    /// # Errors
    /// `unauthenticated` without a verified token; `insufficient_scope`, `invalid_subject` or `forbidden`
    /// for a token that is not good enough; a fault when the issuer's keys cannot be had.
    pub(crate) async fn owner(&self, request: &Request, now_ms: u64) -> Result<OwnerId, Error> {
        let owner = match &self.verifier {
            Some(verifier) => self.authenticate(&verified(verifier, request, now_ms).await?)?,
            None => self.authenticate(request.claims().ok_or_else(unauthenticated)?)?,
        };
        Ok(self.denied.admit(owner)?)
    }

    fn authenticate(&self, claims: &Map<String, Value>) -> Result<OwnerId, Refusal> {
        authenticate(claims, &self.required_scope)
    }
}

fn verifier(issuer: IssuerUrl, audience: String) -> Arc<Verifier<Jwks>> {
    Arc::new(Verifier::new(Jwks::open(), [Trust { issuer, audience }]))
}

async fn verified(
    verifier: &Verifier<Jwks>,
    request: &Request,
    now_ms: u64,
) -> Result<Map<String, Value>, Error> {
    let token = request
        .authorization()
        .and_then(bearer)
        .ok_or_else(unauthenticated)?;
    // Boxed: an HTTP client's futures are deeper than the compiler looks.
    let verified = Box::pin(verifier.verify(token, now_ms))
        .await
        .inspect_err(|error| {
            if let VerifyError::Refused(reason) = error {
                let fields = json!({"requestId": request.id(), "reason": reason.to_string()});
                log::line("info", "token", fields);
            }
        })?;
    if let Some(fault) = verified.stale {
        let fields =
            json!({"requestId": request.id(), "service": fault.service, "detail": fault.detail});
        log::line("warn", "issuer", fields);
    }
    Ok(verified.claims)
}
