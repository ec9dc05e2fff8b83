//! The Lambda functions of Crowfly: each converts an event, calls a use-case, and converts the
//! result.
//!
//! Each function is a module with `Settings` read from the environment, a `handle` over ports,
//! which tests run in memory, and a [`runtime::Function`] that connects both to AWS.
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
mod number;
pub mod presign;
pub mod read;
pub mod record;
pub mod remove;
pub mod runtime;
pub mod sweep;
pub mod variables;
