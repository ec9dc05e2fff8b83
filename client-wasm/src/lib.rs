//! The Crowfly browser SDK: the JavaScript API and the browser adapters round the upload engine.
//!
//! Three rules hold everywhere in this crate: it never panics, it never calls JavaScript while a `RefCell`
//! is borrowed, and it never trusts a `JsValue`. What it opens (requests, listeners, timers, workers) ends
//! in `Drop`.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod api;
mod client;
mod deferred;
mod driver;
mod error;
mod hash;
mod js;
mod json;
mod listener;
mod network;
mod options;
mod store;
mod token;
mod types;
mod upload;
mod xhr;

pub use client::{Client, create_client};
pub use error::is_upload_error;
pub use hash::exports::{crc_add, crc_close, crc_open, crc_space};
pub use upload::Upload;
