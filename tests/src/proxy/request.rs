use std::net::{SocketAddr, ToSocketAddrs};

use crate::http::decode_form;
use crate::wire::Head;

/// What rules and counts know of a request. Its query is for matching only: no `Debug`, no log.
#[derive(Clone)]
pub(super) struct Asked {
    /// The method.
    pub(super) method: String,
    /// Host and port.
    pub(super) host: String,
    /// The path as it stands, without the query.
    pub(super) path: String,
    /// After the question mark, as it stands.
    pub(super) query: String,
    /// The header `x-amz-target`.
    pub(super) target: String,
    /// The value of `partNumber`.
    pub(super) part: Option<u32>,
    /// Bytes of the body.
    pub(super) length: u64,
}

impl std::fmt::Debug for Asked {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{} {}{}", self.method, self.host, self.path)
    }
}

impl Asked {
    /// Reads it off a head; `None` without a length.
    pub(super) fn of(head: &Head) -> Option<Self> {
        let (path, query) = head.path_and_query();
        let host = match head.target.strip_prefix("http://") {
            Some(rest) => rest.split(['/', '?']).next().map(str::to_owned),
            None => head.header("host"),
        };
        Some(Self {
            method: head.method.clone(),
            host: host.unwrap_or_default(),
            path: path.into(),
            query: query.into(),
            target: head.header("x-amz-target").unwrap_or_default(),
            part: decode_form(query)
                .get("partNumber")
                .and_then(|part| part.parse().ok()),
            length: head.length()?,
        })
    }

    /// Whether the query carries a signature.
    pub(super) fn presigned(&self) -> bool {
        decode_form(&self.query).contains_key("X-Amz-Signature")
    }

    /// Whether it goes to storage rather than to the API: a presigned request, or what its path names.
    pub(super) fn to_storage(&self) -> bool {
        self.presigned() || self.part.is_some()
    }
}

/// The address of `host`; `None` when it is not this computer: the proxy goes nowhere else.
///
/// Names under `localhost` are loopback as in browsers (RFC 6761 section 6.3), whatever the resolver says.
pub(super) fn loopback(host: &str) -> Option<SocketAddr> {
    let (name, port) = host.rsplit_once(':').unwrap_or((host, "80"));
    let port: u16 = port.parse().ok()?;
    if name == "localhost" || name.ends_with(".localhost") {
        return Some(SocketAddr::from(([127, 0, 0, 1], port)));
    }
    (name, port)
        .to_socket_addrs()
        .ok()?
        .find(|address| address.ip().is_loopback())
}
