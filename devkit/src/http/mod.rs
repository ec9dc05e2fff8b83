//! HTTP/1.1 without a library, so that a test controls every byte: a client that can send what no well-behaved one
//! would, and a server whose connections can be ended by a reset.

mod client;
mod files;
mod listener;
mod message;
mod reply;
mod server;
mod url;

pub use client::{Framing, Request, Response};
pub use files::{Files, media_type};
pub use listener::{Connection, Listener};
pub use message::{BodyEnd, Head, Headers, ResponseHead, chunk_size, drain, line, read_body};
pub use reply::{Reply, Side};
pub use server::{Incoming, Server, Serving};
pub use url::{Url, decode, decode_form, encode, encode_path, origin};
