//! The Crowfly browser SDK: the upload engine behind a narrow boundary, and the browser round it.
//!
//! What decides is Rust: the engine, the contract's readers and writers, the checksum. What only calls the
//! browser is JavaScript, in `js/`: it weighs a third of the same glue in WebAssembly. Three rules hold on
//! this side of the boundary: it never panics, it never calls JavaScript while a `RefCell` is borrowed, and
//! it never trusts a `JsValue`.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod answer;
mod core;
mod crc;
mod host;
mod js;
mod json;
mod output;
mod request;
mod types;

pub use crate::core::Core;
pub use crc::Digest;
pub use crc::{crc_add, crc_close, crc_open, crc_space};
pub use host::{create_client, is_upload_error};
