//! Shared by the tests of the backend: the ports in memory, ports that crash their caller, and the
//! conformance tests of stores.
//!
//! A dev-dependency; not part of any deployed binary.
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
pub use memory::{Memory, OBJECT_CRC, Race, head_of, row_of};
