use std::io::{self, BufReader};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use super::url::decode_strict;
use super::{BodyEnd, Connection, Head, Listener, Reply, drain, read_body};

/// How long a connection may be silent.
const PATIENCE: Duration = Duration::from_secs(10);
/// Longest body that is read.
const MAX_BODY_BYTES: u64 = 16 * 1024 * 1024;

/// A request that was received in whole.
#[derive(Clone, Debug)]
pub struct Incoming {
    /// The method.
    pub method: String,
    /// The path, decoded, without its query.
    pub path: String,
    /// After the question mark, undecoded.
    pub query: String,
    /// The body.
    pub body: Vec<u8>,
    head: Head,
}

impl Incoming {
    /// The value of the first header of this name, in any case.
    pub fn header(&self, name: &str) -> Option<String> {
        self.head.headers.get(name)
    }
}

/// A port on loopback that is taken but not yet served.
#[derive(Debug)]
pub struct Server {
    socket: TcpListener,
    address: SocketAddr,
    headers: Vec<(&'static str, String)>,
}

impl Server {
    /// Takes a port of 127.0.0.1; 0 takes a free one.
    ///
    /// # Errors
    /// When the port is taken.
    pub fn bind(port: u16) -> io::Result<Self> {
        let socket = TcpListener::bind(("127.0.0.1", port))?;
        Ok(Self {
            address: socket.local_addr()?,
            socket,
            headers: Vec::new(),
        })
    }

    /// Its address.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The URL of `/`.
    pub fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// Adds a header to every answer, refusals included.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Answers requests, each connection in a thread of its own.
    ///
    /// # Errors
    /// When the system does not say which port it is.
    pub fn serve(
        self,
        answer: impl Fn(&Incoming) -> Reply + Send + Sync + 'static,
    ) -> io::Result<Serving> {
        let (port, headers) = (self.address.port(), self.headers);
        let answer = Arc::new(move |request: Result<&Incoming, u16>| {
            let reply = match request {
                Ok(request) => answer(request),
                Err(403) => Reply::text(403, "this server has no such name\n"),
                Err(status) => Reply::text(status, "not a request\n"),
            };
            let with = |reply: Reply, (name, value): &(&str, String)| reply.header(name, value);
            headers.iter().fold(reply, with)
        });
        let listener = Listener::serve(self.socket, move |connection| {
            // The client may hang up at any time.
            let _ = converse(connection, port, &*answer);
        })?;
        Ok(Serving(listener))
    }
}

/// A server that answers; it stops when dropped.
#[derive(Debug)]
pub struct Serving(Listener);

impl Serving {
    /// Its address.
    pub fn address(&self) -> SocketAddr {
        self.0.address()
    }

    /// The URL of `/`.
    pub fn url(&self) -> String {
        format!("http://{}/", self.address())
    }

    /// Serves until the process ends.
    pub fn detach(self) {
        std::mem::forget(self);
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.0.close();
    }
}

/// Answers the requests of one connection.
fn converse(
    connection: &Connection,
    port: u16,
    answer: impl Fn(Result<&Incoming, u16>) -> Reply,
) -> io::Result<()> {
    let stream = &connection.stream;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    loop {
        let head = match Head::read(stream) {
            Ok(Some(head)) => head,
            Ok(None) => return Ok(()),
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                // Its last byte, see [`Head`].
                drain(stream, 1)?;
                return answer(Err(400)).send(stream, "GET", true);
            }
            Err(error) => return Err(error),
        };
        head.finish(stream)?;
        let end = match head.length() {
            Some(length) => BodyEnd::Length(length),
            None => BodyEnd::Chunked,
        };
        // Read before anything is refused: closing with unread bytes would reset the connection before the answer arrives.
        let body = read_body(&mut BufReader::new(stream), end, MAX_BODY_BYTES)?;
        let (path, query) = head.path_and_query();
        let path = decode_strict(path).filter(|_| head.target.starts_with('/'));
        let reply = match path {
            _ if !ours(&head, port) => answer(Err(403)),
            None => answer(Err(400)),
            Some(path) => answer(Ok(&Incoming {
                method: head.method.clone(),
                path,
                query: query.to_owned(),
                body,
                head: head.clone(),
            })),
        };
        let close = head.headers.is_close("connection");
        reply.send(stream, &head.method, close)?;
        if close {
            return Ok(());
        }
    }
}

/// Whether the one Host header names this computer. Any other name was bound to it by another site (DNS rebinding:
/// <https://en.wikipedia.org/wiki/DNS_rebinding>), whose page would otherwise have our origin. `page.localhost` is for
/// tests that need a page on an origin of its own.
fn ours(head: &Head, port: u16) -> bool {
    let headers = head.headers.iter();
    let mut hosts = headers.filter(|(name, _)| name.eq_ignore_ascii_case("host"));
    let (Some((_, host)), None) = (hosts.next(), hosts.next()) else {
        return false;
    };
    let host = host.to_ascii_lowercase();
    let name = host.strip_suffix(&format!(":{port}"));
    matches!(name, Some("127.0.0.1" | "localhost" | "page.localhost"))
}
