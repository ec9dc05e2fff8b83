//! What the whole-system tests stand on: a plain HTTP client that may misbehave, signed calls to the AWS
//! services for assertions, a token issuer, a browser driven by WebDriver, files of known content.
//!
//! Helpers here panic with a sentence instead of returning errors wherever a test could do nothing else.
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
