//! Owners who are denied access although their tokens are valid.
//!
//! A self-contained token cannot be revoked before it expires. To stop an account sooner, an
//! operator lists its owner here, in the form that logs and keys show.

use std::collections::BTreeSet;
use std::str::FromStr;

use crowfly_contract::{ErrorCode, OwnerId};

use crate::Refusal;

/// The denied owners; none by default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeniedOwners(BTreeSet<OwnerId>);

/// The text is not a list of owners.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it must be a comma-separated list of owners, in the form that logs and keys show")]
pub struct DeniedOwnersError;

impl DeniedOwners {
    /// Whether this owner is denied.
    pub fn contains(&self, owner: &OwnerId) -> bool {
        self.0.contains(owner)
    }

    /// Returns the owner unless denied.
    ///
    /// # Errors
    /// `forbidden`.
    pub fn admit(&self, owner: OwnerId) -> Result<OwnerId, Refusal> {
        if self.contains(&owner) {
            return Err(Refusal::new(
                ErrorCode::Forbidden,
                "the operator has blocked this account",
            ));
        }
        Ok(owner)
    }
}

impl FromStr for DeniedOwners {
    type Err = DeniedOwnersError;

    fn from_str(text: &str) -> Result<Self, DeniedOwnersError> {
        let owners = text
            .split(',')
            .map(str::trim)
            .filter(|owner| !owner.is_empty());
        owners
            .map(|owner| owner.parse().map_err(|_| DeniedOwnersError))
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a18_a_denied_owner_is_forbidden() {
        let (one, two) = ("a".repeat(26), "b".repeat(26));
        let owner = |text: &str| text.parse::<OwnerId>().unwrap();
        let denied: DeniedOwners = format!(" {one}, ").parse().unwrap();
        let refusal = denied.admit(owner(&one)).unwrap_err();
        assert_eq!(
            (refusal.code, refusal.status()),
            (ErrorCode::Forbidden, 403)
        );
        assert_eq!(denied.admit(owner(&two)), Ok(owner(&two)));
        assert_eq!(DeniedOwners::default().admit(owner(&one)), Ok(owner(&one)));
        assert_eq!("".parse(), Ok(DeniedOwners::default()));
        assert_eq!("alice".parse::<DeniedOwners>(), Err(DeniedOwnersError));
        assert_eq!(
            format!("{one} {two}").parse::<DeniedOwners>(),
            Err(DeniedOwnersError)
        );
    }
}
