use std::net::{SocketAddr, ToSocketAddrs};

use devkit::http::Head;
use devkit::http::decode_form;

/// What rules and counts need of a request. No `Debug`: the query is for matching only, never for the log.
#[derive(Clone)]
pub(super) struct Asked {
    /// The method.
    pub(super) method: String,
    /// Host and port.
    pub(super) host: String,
    /// The path without the query, undecoded.
    pub(super) path: String,
    /// After the question mark, undecoded.
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
    /// From a head; `None` without a length.
    pub(super) fn of(head: &Head) -> Option<Self> {
        let (path, query) = head.path_and_query();
        let host = match head.target.strip_prefix("http://") {
            Some(rest) => rest.split(['/', '?']).next().map(str::to_owned),
            None => head.headers.get("host"),
        };
        Some(Self {
            method: head.method.clone(),
            host: host.unwrap_or_default(),
            path: path.into(),
            query: query.into(),
            target: head.headers.get("x-amz-target").unwrap_or_default(),
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

    /// Whether it is for storage rather than the API: it is presigned, or its path says so.
    pub(super) fn to_storage(&self) -> bool {
        self.presigned() || self.part.is_some()
    }
}

/// The address of `host`; `None` unless it is loopback: the proxy connects to nothing else.
///
/// Names under `localhost` are loopback as in browsers, whatever the resolver says:
/// <https://www.rfc-editor.org/rfc/rfc6761#section-6.3>.
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
