use std::io::{self, BufReader, ErrorKind, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::Duration;

use serde::Serialize;

use super::{ResponseHead, Url, read_body};

/// How a request marks the end of its body: <https://www.rfc-editor.org/rfc/rfc9112#section-6>.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Framing {
    /// `Content-Length` with the body's length.
    #[default]
    Length,
    /// `Content-Length` with this number, correct or not.
    Claimed(u64),
    /// `Transfer-Encoding: chunked`.
    Chunked,
    /// Neither.
    None,
}

/// A request to send: only `host`, the framing and `connection: close` are added to it.
#[derive(Clone, Debug)]
pub struct Request {
    /// The method.
    pub method: String,
    /// The absolute URL.
    pub url: String,
    /// Names and values in the order sent; a name may occur twice.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// How the end of the body is marked.
    pub framing: Framing,
    /// How long to wait for the answer.
    pub timeout: Duration,
}

/// An answer.
#[derive(Clone, Debug)]
pub struct Response {
    /// The status.
    pub status: u16,
    /// Lower-case names and values.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Request {
    /// A request without headers or body.
    pub fn new(method: &str, url: impl Into<String>) -> Self {
        Self {
            method: method.into(),
            url: url.into(),
            headers: Vec::new(),
            body: Vec::new(),
            framing: Framing::Length,
            timeout: Duration::from_secs(60),
        }
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Adds `authorization: Bearer ...`.
    #[must_use]
    pub fn bearer(self, token: &str) -> Self {
        self.header("authorization", format!("Bearer {token}"))
    }

    /// Sets the body.
    #[must_use]
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// Sets a JSON body and its content type.
    ///
    /// # Panics
    /// When JSON cannot express the body.
    #[must_use]
    pub fn json(self, body: &impl Serialize) -> Self {
        let body = serde_json::to_vec(body).expect("a body in JSON");
        self.header("content-type", "application/json").body(body)
    }

    /// Sets how the end of the body is marked.
    #[must_use]
    pub fn framing(mut self, framing: Framing) -> Self {
        self.framing = framing;
        self
    }

    /// Sends it over a new connection.
    ///
    /// # Errors
    /// When no answer came; [`ErrorKind::InvalidData`] when it is not HTTP.
    pub fn try_send(&self) -> io::Result<Response> {
        let invalid = || io::Error::new(ErrorKind::InvalidInput, "not an absolute http URL");
        let url = Url::parse(&self.url).ok_or_else(invalid)?;
        let mut addresses = url.address().to_socket_addrs()?;
        let address = addresses.next().ok_or_else(invalid)?;
        let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(5))?;
        stream.set_read_timeout(Some(self.timeout))?;
        stream.set_write_timeout(Some(self.timeout))?;
        stream.set_nodelay(true)?;
        // A server may refuse and close before it has read everything: its answer still counts.
        let written = stream
            .write_all(&self.head(&url))
            .and_then(|()| self.write_body(&mut stream));
        let mut from = BufReader::new(&stream);
        let answer = ResponseHead::read(&mut from, &self.method).and_then(|head| {
            let lower = |(name, value): (String, String)| (name.to_ascii_lowercase(), value);
            Ok(Response {
                status: head.status,
                body: read_body(&mut from, head.end, u64::MAX)?,
                headers: head.headers.iter().map(lower).collect(),
            })
        });
        answer.map_err(|error| match error.kind() {
            ErrorKind::InvalidData => error,
            _ => written.err().unwrap_or(error),
        })
    }

    /// Sends it.
    ///
    /// # Panics
    /// When no HTTP answer came.
    #[track_caller]
    pub fn send(&self) -> Response {
        let address = self.url.split('?').next().unwrap_or_default();
        self.try_send()
            .unwrap_or_else(|error| panic!("{} {address}: {error}", self.method))
    }

    fn head(&self, url: &Url) -> Vec<u8> {
        let mut head = format!("{} {} HTTP/1.1\r\n", self.method, url.target());
        let is_host = |(name, _): &(String, String)| name.eq_ignore_ascii_case("host");
        if !self.headers.iter().any(is_host) {
            head.push_str(&format!("host: {}\r\n", url.authority));
        }
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        match self.framing {
            Framing::Length if self.body.is_empty() && self.method == "GET" => {}
            Framing::Length => head.push_str(&format!("content-length: {}\r\n", self.body.len())),
            Framing::Claimed(length) => head.push_str(&format!("content-length: {length}\r\n")),
            Framing::Chunked => head.push_str("transfer-encoding: chunked\r\n"),
            Framing::None => {}
        }
        head.push_str("connection: close\r\n\r\n");
        head.into_bytes()
    }

    fn write_body(&self, stream: &mut TcpStream) -> io::Result<()> {
        if self.framing == Framing::Chunked {
            for chunk in self.body.chunks(64 * 1024) {
                write!(stream, "{:x}\r\n", chunk.len())?;
                stream.write_all(chunk)?;
                stream.write_all(b"\r\n")?;
            }
            stream.write_all(b"0\r\n\r\n")?;
        } else {
            stream.write_all(&self.body)?;
        }
        // Fewer bytes than claimed: shut down writing, as a lost connection does.
        if matches!(self.framing, Framing::Claimed(length) if length > self.body.len() as u64) {
            stream.shutdown(std::net::Shutdown::Write)?;
        }
        Ok(())
    }
}

impl Response {
    /// A header's value by its lower-case name.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    ///
    /// # Panics
    /// When it is not JSON.
    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| {
            let (status, text) = (self.status, self.text());
            panic!("status {status}, not JSON ({error}): {text}")
        })
    }
}
