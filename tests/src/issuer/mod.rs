//! A small OpenID issuer: it serves discovery and keys, and mints any token that it is asked for.
//!
//! Its name ends in a slash, as Auth0's does: issuer comparisons tend to get that wrong.

pub mod forged;
mod keys;
mod routes;
mod token;

pub use routes::Issuer;
pub use token::{Forgery, TokenRequest};

use devkit::env::Env;
use devkit::http::Request;

/// The audience that the test stacks require.
pub const AUDIENCE: &str = "crowfly-test";
/// The scope that the test stacks require.
pub const SCOPE: &str = "uploads";

/// A token from the running test issuer.
///
/// # Panics
/// When the issuer does not answer.
#[track_caller]
pub fn token(request: &TokenRequest) -> String {
    let url = format!("{}/token", Env::get().issuer.trim_end_matches('/'));
    let answer = Request::new("POST", url).json(request).send().json();
    let token = answer["access_token"].as_str();
    token.expect("the issuer gives a token").to_owned()
}

/// A valid token for `subject` from the running test issuer.
#[track_caller]
pub fn token_of(subject: &str) -> String {
    token(&TokenRequest::of(subject))
}
