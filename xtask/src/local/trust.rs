//! The OpenID provider whose tokens a stack accepts, and at which its page signs in.

use crowfly_doctor::examine_provider;
use devkit::env::Stack;

use crate::error::Error;

/// Empty for a stack with a user pool of its own.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Trust {
    pub(super) issuer: String,
    pub(super) audience: String,
    pub(super) scope: String,
    /// The page's public client at the provider.
    pub(super) client: String,
    /// What the page calls to sign in, besides the issuer itself.
    pub(super) origins: Vec<String>,
}

impl Trust {
    /// The template's parameters.
    pub(super) fn parameters(&self) -> [(&'static str, &str); 3] {
        [
            ("JwtIssuer", &self.issuer),
            ("JwtAudience", &self.audience),
            ("RequiredScope", &self.scope),
        ]
    }

    /// Completes the description of a stack that was deployed with these parameters.
    pub(super) fn describe(&self, stack: &mut Stack) {
        if !self.issuer.is_empty() {
            stack.scope.clone_from(&self.scope);
            stack.client_id.clone_from(&self.client);
        }
    }

    /// What the options of `dev` ask for, if they fit each other and the provider answers for a page of this origin.
    pub(super) fn checked(mut self, origin: &str) -> Result<Self, Error> {
        let usage = |text: &str| Err(Error::Usage(text.to_owned()));
        if self.issuer.is_empty() {
            return match self == Self::default() {
                true => Ok(self),
                false => usage("--audience, --scope and --client-id need --issuer URL"),
            };
        }
        if self.audience.is_empty() {
            return usage("--issuer needs --audience NAME, the `aud` of its access tokens");
        }
        if self.scope.contains([' ', '"', '\\'])
            || !self.scope.chars().all(|c| c.is_ascii_graphic())
        {
            return usage("--scope takes one scope, without spaces");
        }
        if self.client.is_empty() {
            self.client.clone_from(&self.audience);
        }
        let found = examine_provider(&self.issuer, origin);
        let bad =
            |finding: crowfly_doctor::Finding| format!("{}; {}", finding.message, finding.fix);
        self.origins = found
            .map_err(|finding| Error::failed(bad(finding)))?
            .origins;
        Ok(self)
    }
}
