//! The backend's ports, implemented with the AWS SDK.
//!
//! [`Session`] holds what all clients share; [`Table`], [`Bucket`], [`Presigner`], [`Queue`]
//! and [`EventBus`] each implement the ports of one service. They translate calls and answers; decisions are in
//! `crowfly-core`.
#![forbid(unsafe_code)]
#![warn(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

mod bucket;
mod bus;
mod endpoints;
mod fault;
mod item;
mod presigner;
mod queue;
mod session;
mod table;

pub use bucket::Bucket;
pub use bus::EventBus;
pub use endpoints::AddressingStyleError;
pub use presigner::{LifetimeError, Presigner};
pub use queue::Queue;
pub use session::{Session, SessionError};
pub use table::Table;
