//! HTTP/1.1 without a library, so that a test controls every byte.

mod client;
mod server;
mod url;

pub use client::{Error, Framing, Request, Response};
pub use server::{Answer, Incoming, Server};
pub use url::{Url, decode_form, encode, encode_path};
