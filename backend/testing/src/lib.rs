//! What the backend's tests share: the ports in memory, ports that crash their caller, and the conformance
//! tests that every store passes.
//!
//! A dev-dependency of the backend's crates, and of nothing that is deployed.
#![forbid(unsafe_code)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

pub mod conformance;
mod crash;
mod memory;

pub use crash::{Crashing, Side};
pub use memory::{Meanwhile, Memory, OBJECT_CRC, head_of, row_of};
