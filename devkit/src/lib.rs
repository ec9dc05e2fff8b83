//! What the tests (`tests/`) and the commands (`xtask/`) have in common.
//!
//! Nothing here needs an async runtime or TLS: both talk plain HTTP to servers on loopback.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod aws;
pub mod browser;
pub mod env;
pub mod hash;
pub mod http;
pub mod paths;
pub mod procs;
pub mod random;
pub mod stats;
pub mod time;
pub mod wait;
