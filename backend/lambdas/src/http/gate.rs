use crowfly_contract::OwnerId;
use crowfly_core::Refusal;
use crowfly_core::caller::{authenticate, unauthenticated};
use crowfly_core::denied::DeniedOwners;

use super::Request;
use crate::variables::{StartError, Variables};

/// Admits callers.
///
/// The JWT authorizer of the gateway has verified signature, issuer, audience and times. The gate
/// checks its claims for scope, token type and subject.
#[derive(Clone, Debug, Default)]
pub struct Gate {
    required_scope: String,
    owner_issuer: String,
    denied: DeniedOwners,
}

impl Gate {
    /// Reads `REQUIRED_SCOPE`, and `OWNER_ISSUER` and `DENIED_OWNERS` if they are set.
    ///
    /// # Errors
    /// [`StartError`].
    pub fn read(variables: &Variables<'_>) -> Result<Self, StartError> {
        Ok(Self {
            required_scope: variables.set("REQUIRED_SCOPE")?,
            owner_issuer: variables.given("OWNER_ISSUER").unwrap_or_default(),
            denied: variables.denied_owners()?,
        })
    }

    /// A gate that requires this scope and denies no owner.
    pub fn requiring(scope: &str) -> Self {
        Self {
            required_scope: scope.to_owned(),
            ..Self::default()
        }
    }

    /// Authenticates the caller.
    ///
    /// # Errors
    /// `unauthenticated` without the claims of the authorizer; `insufficient_scope`,
    /// `invalid_subject` or `forbidden` for a token that is not sufficient.
    pub(crate) fn owner(&self, request: &Request) -> Result<OwnerId, Refusal> {
        let claims = request.claims().ok_or_else(unauthenticated)?;
        let owner = authenticate(claims, &self.required_scope, &self.owner_issuer)?;
        self.denied.admit(owner)
    }
}
