//! The backend's own check of access tokens, for wherever no gateway stands before a function: a function
//! URL, or a process of one's own.
//!
//! A token is a compact JWS (RFC 7515) whose payload is a set of claims (RFC 7519), read as strictly as
//! RFC 8725 advises: RSA alone, keys from the configured issuer alone, nothing of the header believed but
//! the name of a key that the issuer publishes. Moments are arguments, in Unix milliseconds.

mod algorithm;
mod bearer;
mod cache;
mod claims;
mod compact;
mod discovery;
mod error;
mod header;
mod issuer;
mod json;
mod keys;
mod verifier;

pub use bearer::bearer;
pub use discovery::{DiscoveryError, keys_address};
pub use error::{TokenError, VerifyError};
pub use issuer::{IssuerError, IssuerUrl};
pub use verifier::{Trust, Verified, Verifier};

/// Longest token, in bytes: the limit that API Gateway sets for all headers of a request together.
pub const MAX_TOKEN_BYTES: usize = 10_240;
/// Longest document that an issuer may answer with, in bytes: the limit of API Gateway's authorizer.
pub const MAX_DOCUMENT_BYTES: usize = 150_000;
/// Age from which an issuer's keys are asked for anew, in milliseconds.
pub const FRESH_MS: u64 = 60 * 60 * 1_000;
/// Age up to which the last good keys go on working while the issuer cannot be asked, in milliseconds.
pub const LAST_GOOD_MS: u64 = FRESH_MS + 24 * 60 * 60 * 1_000;
/// Least time between two fetches for key ids that the issuer does not publish, and between two tries
/// while it cannot be asked, in milliseconds.
pub const PAUSE_MS: u64 = 60 * 1_000;
/// As [`PAUSE_MS`], while there are no keys at all and every caller is turned away, in milliseconds.
pub const EMPTY_PAUSE_MS: u64 = 5 * 1_000;
/// How far ahead of ours an issuer's clock may be, in milliseconds: a token that it made just now counts at
/// once. A token's end is not stretched.
pub const CLOCK_AHEAD_MS: u64 = 60 * 1_000;
