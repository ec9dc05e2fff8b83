//! The ports in memory, and the exam that every store takes.
//!
//! Only for tests: of this crate, of the handlers, and of the adapters.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

pub mod exam;
mod memory;
mod mortal;

pub use memory::{Meanwhile, Memory, OBJECT_CRC, head_of, row_of};
pub use mortal::{Mortal, Side};
