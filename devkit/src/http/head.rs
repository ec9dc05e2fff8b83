use std::io::{self, Read};
use std::net::TcpStream;

use super::Headers;

/// Longest head that is accepted.
pub const MAX_HEAD_BYTES: usize = 64 * 1024;

/// The head of a request, byte for byte as received.
///
/// Its very last byte stays in the socket until [`Head::finish`]: a connection that is dropped with an
/// unread byte is reset instead of closed (<https://datatracker.ietf.org/doc/html/rfc1122#section-4.2.2.13>).
/// That is the only way to a reset that the standard library offers.
#[derive(Clone, Debug)]
pub struct Head {
    /// The method.
    pub method: String,
    /// The target, undecoded: a path with its query, or an absolute URL.
    pub target: String,
    /// The header lines.
    pub headers: Headers,
}

impl Head {
    /// Reads a head; `None` when the client closed before sending one.
    ///
    /// # Errors
    /// When the connection fails, or what arrives is not an HTTP/1.1 request.
    pub fn read(stream: &TcpStream) -> io::Result<Option<Self>> {
        let mut head = Vec::new();
        let mut buffer = [0u8; 8 * 1024];
        loop {
            let seen = stream.peek(&mut buffer)?;
            if seen == 0 && head.is_empty() {
                return Ok(None);
            }
            if seen == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let before = head.len();
            head.extend_from_slice(&buffer[..seen]);
            let from = before.saturating_sub(3);
            if let Some(at) = find(&head[from..], b"\r\n\r\n") {
                let end = from + at + 4;
                head.truncate(end);
                consume(stream, end - 1 - before)?;
                return Self::parse(&head).map(Some);
            }
            consume(stream, seen)?;
            if head.len() > MAX_HEAD_BYTES {
                return Err(malformed());
            }
        }
    }

    /// Takes the last byte of the head off the socket; the body follows.
    ///
    /// # Errors
    /// When the connection fails.
    pub fn finish(&self, stream: &TcpStream) -> io::Result<()> {
        consume(stream, 1)
    }

    fn parse(head: &[u8]) -> io::Result<Self> {
        let mut lines = head.split(|&byte| byte == b'\n');
        let start = std::str::from_utf8(lines.next().unwrap_or_default());
        let start = start.map_err(|_| malformed())?;
        let mut words = start.trim_end_matches('\r').split(' ');
        match (words.next(), words.next(), words.next(), words.next()) {
            (Some(method), Some(target), Some("HTTP/1.1"), None) => Ok(Self {
                method: method.into(),
                target: target.into(),
                headers: Headers::of(lines),
            }),
            _ => Err(malformed()),
        }
    }

    /// Bytes of the body; `None` when the request frames it in another way than by `Content-Length`.
    pub fn length(&self) -> Option<u64> {
        if self.headers.get("transfer-encoding").is_some() {
            return None;
        }
        self.headers
            .get("content-length")
            .map_or(Some(0), |length| length.parse().ok())
    }

    /// The path and the query, without scheme and host.
    pub fn path_and_query(&self) -> (&str, &str) {
        let local = match self.target.strip_prefix("http://") {
            Some(rest) => rest.find('/').map_or("/", |at| &rest[at..]),
            None => self.target.as_str(),
        };
        local.split_once('?').unwrap_or((local, ""))
    }

    /// The head to send upstream: target in origin form, every header line unchanged except those for a proxy.
    pub fn forwarded(&self) -> Vec<u8> {
        let (path, query) = self.path_and_query();
        let mark = if query.is_empty() { "" } else { "?" };
        let mut out = format!("{} {path}{mark}{query} HTTP/1.1\r\n", self.method).into_bytes();
        out.extend(self.headers.without(&["proxy-connection"]));
        out.extend_from_slice(b"\r\n");
        out
    }
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len()).position(|part| part == wanted)
}

fn consume(mut stream: &TcpStream, mut bytes: usize) -> io::Result<()> {
    let mut sink = [0u8; 8 * 1024];
    while bytes > 0 {
        let most = bytes.min(sink.len());
        match stream.read(&mut sink[..most])? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            read => bytes -= read,
        }
    }
    Ok(())
}

fn malformed() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "not an HTTP/1.1 request")
}
