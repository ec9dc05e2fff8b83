//! The Crowfly browser SDK: the upload engine and its browser adapters.
//!
//! [`create_client`] opens a driver, which feeds the engine and carries out its commands: API calls, PUTs to storage,
//! checksums, the token, the journal. The page holds thin handles of the driver: a
//! client, its uploads, and uploads of earlier pages, each a [`PageObject`].
#![forbid(unsafe_code)]
#![warn(missing_docs)]

/// Whether live uploads are in this build. All that only they need hangs on it, so that the package has nothing of it.
const LIVE: bool = cfg!(feature = "live");

mod api;
mod client;
mod clock;
mod crc;
mod driver;
mod entry;
mod error;
mod file;
mod journal;
mod members;
#[cfg(feature = "live")]
mod mender;
mod object;
mod options;
mod page;
mod recorder;
mod resumable;
mod signer;
mod store;
mod summary;
mod task;
mod text;
mod token;
mod totals;
mod transfer;
mod types;
mod upload;
mod wire;

pub use client::create_client;
pub use crc::{crc_add, crc_close, crc_open, crc_space};
pub use error::is_upload_error;
pub use members::PageObject;

/// Replaces the standard library's allocator, which is three times its size in WebAssembly.
#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();
