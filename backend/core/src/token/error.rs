use crate::caller::unauthenticated;
use crate::{Error, Fault};

/// Why a token is none. For the log: a caller is told `unauthenticated` and no more, and nothing of the
/// token stands in here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// More than [`super::MAX_TOKEN_BYTES`].
    #[error("the token is too long")]
    TooLong,
    /// Not three segments of canonical base64url.
    #[error("the token is no compact JWS")]
    Form,
    /// Header or claims are no JSON object, or have a member twice.
    #[error("the token's header or claims are no JSON object of distinct members")]
    Json,
    /// The header names another kind of token, such as `logout+jwt`.
    #[error("the token's type is not that of an access token")]
    Type,
    /// Not RS256, RS384 or RS512.
    #[error("the token's algorithm is not accepted")]
    Algorithm,
    /// The header demands an extension (`crit`, `b64`).
    #[error("the token demands an extension")]
    Extension,
    /// The header names no key, or not by a short printable text.
    #[error("the token names no key")]
    KeyId,
    /// No trusted issuer.
    #[error("the token's issuer is not trusted")]
    Issuer,
    /// The issuer publishes no usable key of this id.
    #[error("the issuer has no usable key of the token's key id")]
    UnknownKey,
    /// The signature does not fit.
    #[error("the token's signature does not fit")]
    Signature,
    /// Made for others.
    #[error("the token is meant for another audience")]
    Audience,
    /// `exp` is missing, or a time is no whole number of seconds.
    #[error("the token's times are missing or no whole seconds")]
    Times,
    /// Its time is over.
    #[error("the token has expired")]
    Expired,
    /// Its time has not come.
    #[error("the token is not valid yet")]
    NotYet,
}

/// Why a request is not let in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// The token is none.
    #[error(transparent)]
    Refused(#[from] TokenError),
    /// The issuer's keys cannot be had, so nothing can be said about the token.
    #[error(transparent)]
    Unavailable(#[from] Fault),
}

impl From<VerifyError> for Error {
    fn from(error: VerifyError) -> Self {
        match error {
            VerifyError::Refused(_) => unauthenticated().into(),
            VerifyError::Unavailable(fault) => fault.into(),
        }
    }
}
