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

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::net::TcpStream;

    use super::{Reply, Server, Serving};
    use crate::http::{Request, Url};

    fn server() -> (Serving, u16) {
        let server = Server::bind(0).expect("a free port");
        let port = server.address().port();
        let echo = |request: &super::Incoming| {
            let body = format!("{} {}", request.method, request.path);
            Reply::text(200, &(body + &String::from_utf8_lossy(&request.body)))
        };
        (server.serve(echo).expect("a server"), port)
    }

    /// The answer to a head, in which `PORT` is replaced by the server's port.
    fn answer(head: &str) -> String {
        let (_serving, port) = server();
        let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("a connection");
        let head = head.replace("PORT", &port.to_string());
        stream.write_all(head.as_bytes()).expect("a request");
        let ended = stream.shutdown(std::net::Shutdown::Write);
        ended.expect("the end of the request");
        std::io::read_to_string(stream).expect("an answer")
    }

    fn status(head: &str) -> u16 {
        let answer = answer(head);
        let status = answer[9..12].parse();
        status.unwrap_or_else(|_| panic!("{head:?}: {answer}"))
    }

    #[test]
    fn a_server_serves_until_it_is_dropped() {
        let (serving, port) = server();
        // A silent connection must not block others.
        let _silent = TcpStream::connect(("127.0.0.1", port)).expect("a connection");
        let answer = Request::new("POST", serving.url()).body("hello").send();
        assert_eq!(answer.text(), "POST /hello");
        let url = Url::parse(&serving.url()).expect("an absolute URL");
        assert_eq!(url.port(), Some(port));
        drop(serving);
        // The accepting thread ends with the connection that wakes it.
        crate::wait::until("the port is free", super::PATIENCE, || {
            TcpStream::connect(("127.0.0.1", port)).err()
        });
    }

    #[test]
    fn h3_only_this_computers_own_names_are_answered() {
        let get = |hosts: &str| status(&format!("GET / HTTP/1.1\r\n{hosts}\r\n"));
        let own = "127.0.0.1:PORT localhost:PORT LOCALHOST:PORT page.localhost:PORT";
        for host in own.split(' ') {
            assert_eq!(get(&format!("Host: {host}\r\n")), 200, "{host}");
            assert_eq!(get(&format!("a: b\r\nhOsT:{host}  \r\n")), 200, "{host}");
        }
        for host in [
            "evil.example:PORT",
            "evil.example",
            "127.0.0.1",
            "localhost",
            "localhost:1",
            "127.0.0.1.evil.example:PORT",
            "localhost.evil:PORT",
            "evil.localhost:PORT",
            "localhost.:PORT",
            "x@127.0.0.1:PORT",
            "[::1]:PORT",
            "",
        ] {
            assert_eq!(get(&format!("Host: {host}\r\n")), 403, "{host}");
        }
        assert_eq!(get(""), 403);
        let two = "Host: 127.0.0.1:PORT\r\nHost: evil.example\r\n";
        assert_eq!(get(two), 403);
        // The Host is checked before anything else.
        let first = "POST /% HTTP/1.1\r\nHost: evil.example:PORT\r\n\r\n";
        assert_eq!(status(first), 403);
    }

    #[test]
    fn a_path_is_decoded_and_loses_its_query() {
        let answer = answer("GET /a%20b/%C3%A9?x=1 HTTP/1.1\r\nHost: localhost:PORT\r\n\r\n");
        assert!(answer.ends_with("GET /a b/é"), "{answer}");
    }

    #[test]
    fn chunks_and_more_than_one_request_are_read() {
        let chunks = "POST /a HTTP/1.1\r\nHost: localhost:PORT\r\nTransfer-Encoding: chunked\r\n\r\n\
                      2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n";
        assert!(answer(chunks).ends_with("POST /ahello"));
    }

    #[test]
    fn what_is_no_request_is_refused() {
        for line in [
            "",
            "GET",
            "GET / HTTP/2",
            "GET /% HTTP/1.1",
            "GET /%zz HTTP/1.1",
            "GET /%ff HTTP/1.1",
            "GET http://other/ HTTP/1.1",
            "GET / x HTTP/1.1",
        ] {
            let head = format!("{line}\r\nHost: localhost:PORT\r\n\r\n");
            assert_eq!(status(&head), 400, "{line:?}");
        }
    }
}
