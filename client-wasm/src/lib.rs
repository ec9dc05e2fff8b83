//! The Crowfly browser SDK: the upload engine and its browser adapters.
//!
//! [`create_client`] opens a driver, which feeds the engine and carries out its commands: API calls, PUTs to storage,
//! checksums, the token, the journal. The page holds [`Client`], [`Upload`] and [`Resumable`]: thin handles of the
//! driver.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod api;
mod client;
mod clock;
mod crc;
mod decimal;
mod driver;
mod entry;
mod error;
mod file;
mod journal;
mod object;
mod options;
mod page;
mod resumable;
mod signer;
mod store;
mod task;
mod token;
mod transfer;
mod types;
mod upload;
mod wire;

pub use client::{Client, create_client};
pub use crc::{crc_add, crc_close, crc_open, crc_space};
pub use error::is_upload_error;
pub use resumable::Resumable;
pub use upload::Upload;

/// Replaces the standard library's allocator, which is three times its size in WebAssembly.
#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();
