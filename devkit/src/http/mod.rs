//! HTTP/1.1 without a library, so that a test controls every byte: a client that can send what no well-behaved one
//! would, and a server whose connections can be ended by a reset.

mod client;
mod files;
mod head;
mod headers;
mod listener;
mod reply;
mod response;
mod server;
mod url;

pub use client::{Error, Framing, Request, Response};
pub use files::{Files, media_type};
pub use head::{Head, MAX_HEAD_BYTES};
pub use headers::Headers;
pub use listener::{Connection, Listener};
pub use reply::{Reply, Side, drain};
pub use response::{BodyEnd, ResponseHead, chunk_size, line, read_body};
pub use server::{Incoming, Server, Serving};
pub use url::{Url, decode, decode_form, encode, encode_path};
