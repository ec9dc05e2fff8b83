//! The Lambda functions of Crowfly: they convert an event, call a use-case, and convert back.
//!
//! Each function is a module with a `Settings` read once from the environment, a `handle` that works over
//! ports (so that tests run it over memory), and a [`runtime::Function`] that joins both with AWS.
#![forbid(unsafe_code)]
#![warn(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

pub mod environment;
pub mod forward;
pub mod http;
mod log;
pub mod presign;
pub mod read;
pub mod record;
pub mod runtime;
pub mod sweep;
pub mod variables;
