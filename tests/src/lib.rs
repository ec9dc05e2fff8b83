//! Helpers of the whole-system tests: a caller of the API, signed calls to AWS services for assertions, a token
//! issuer, a fault proxy, a sink, browsers driven by WebDriver, files of known content.
//!
//! Where a test could not go on anyway, helpers panic with a message instead of returning an error.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod api;
pub mod aws;
mod caught;
pub mod files;
pub mod issuer;
pub mod load;
pub mod media;
mod pace;
pub mod package_page;
pub mod page;
pub mod proxy;
pub mod secrets;
pub mod sink;
mod tally;
pub mod upload_handler;

pub use caught::caught;
pub use tally::Tally;
