//! Helpers of the whole-system tests: an HTTP client that can send malformed requests, signed calls to AWS
//! services for assertions, a token issuer, browsers driven by WebDriver, files of known content.
//!
//! Where a test could not go on anyway, helpers panic with a message instead of returning an error.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod api;
pub mod aws;
pub mod base64;
pub mod browser;
pub mod digest;
pub mod env;
pub mod files;
pub mod http;
pub mod issuer;
pub mod load;
pub mod options;
pub mod package_page;
pub mod page;
pub mod proxy;
pub mod secrets;
pub mod sink;
pub mod time;
pub mod wait;
pub mod wire;

pub use env::{Env, Stack};
