use std::io::{self, BufRead, Read};
use std::net::TcpStream;

/// The header lines of a message, byte for byte as received, without their ends.
#[derive(Clone, Debug)]
pub struct Headers(Vec<Vec<u8>>);

impl Headers {
    /// From lines with or without their ends.
    pub(super) fn of<'a>(lines: impl Iterator<Item = &'a [u8]>) -> Self {
        let lines = lines.map(|line| line.strip_suffix(b"\n").unwrap_or(line));
        let lines = lines.map(|line| line.strip_suffix(b"\r").unwrap_or(line).to_vec());
        Self(lines.filter(|line| !line.is_empty()).collect())
    }

    /// The value of the first header of this name, in any case.
    pub fn get(&self, name: &str) -> Option<String> {
        self.iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    /// Whether the value of this header is `close`, in any case.
    pub fn is_close(&self, name: &str) -> bool {
        self.get(name)
            .is_some_and(|value| value.eq_ignore_ascii_case("close"))
    }

    /// Names as received, and values without the blanks around them.
    pub fn iter(&self) -> impl Iterator<Item = (String, String)> {
        self.0.iter().filter_map(|line| {
            let line = String::from_utf8_lossy(line);
            let (name, value) = line.split_once(':')?;
            Some((name.to_owned(), value.trim().to_owned()))
        })
    }

    /// All lines, unchanged and with their ends, but those of these names.
    pub fn without(&self, names: &[&str]) -> Vec<u8> {
        let named = |line: &[u8]| {
            let name = line.split(|&byte| byte == b':').next().unwrap_or_default();
            let mut names = names.iter();
            names.any(|other| name.eq_ignore_ascii_case(other.as_bytes()))
        };
        let kept = self.0.iter().filter(|line| !named(line));
        kept.flat_map(|line| [line.as_slice(), b"\r\n"].concat())
            .collect()
    }
}

/// Longest head that is accepted.
const MAX_HEAD_BYTES: usize = 64 * 1024;

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
            match seen {
                0 if head.is_empty() => return Ok(None),
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                _ => {}
            }
            let before = head.len();
            head.extend_from_slice(&buffer[..seen]);
            let from = before.saturating_sub(3);
            if let Some(at) = head[from..].windows(4).position(|end| end == b"\r\n\r\n") {
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
        let length = self.headers.get("content-length");
        length.map_or(Some(0), |length| length.parse().ok())
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

fn consume(stream: &TcpStream, bytes: usize) -> io::Result<()> {
    match drain(stream, bytes as u64)? == bytes as u64 {
        true => Ok(()),
        false => Err(io::ErrorKind::UnexpectedEof.into()),
    }
}

/// Reads and discards up to `bytes` bytes; returns how many came.
///
/// # Errors
/// When the connection fails.
pub fn drain(stream: &TcpStream, bytes: u64) -> io::Result<u64> {
    io::copy(&mut stream.take(bytes), &mut io::sink())
}

/// Where the body of a message ends: <https://www.rfc-editor.org/rfc/rfc9112#section-6.3>.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyEnd {
    /// There is no body.
    Empty,
    /// After this many bytes.
    Length(u64),
    /// After the last chunk.
    Chunked,
    /// With the connection.
    Close,
}

/// The head of an answer, byte for byte as received; the body is still to come.
#[derive(Clone, Debug)]
pub struct ResponseHead {
    /// The status.
    pub status: u16,
    /// Its first line, with its end.
    pub start: Vec<u8>,
    /// The header lines.
    pub headers: Headers,
    /// Where the body ends.
    pub end: BodyEnd,
}

impl ResponseHead {
    /// Reads the head of the answer to a request of this method; interim ones (1xx) are skipped.
    ///
    /// # Errors
    /// When the connection fails; [`io::ErrorKind::InvalidData`] when what comes is not HTTP/1.
    pub fn read(from: &mut impl BufRead, method: &str) -> io::Result<Self> {
        loop {
            let start = line(from)?;
            let status = std::str::from_utf8(&start)
                .ok()
                .and_then(|start| start.strip_prefix("HTTP/1.")?.get(2..5)?.parse().ok())
                .ok_or_else(malformed)?;
            let mut lines = Vec::new();
            loop {
                let line = line(from)?;
                if line == b"\r\n" || line == b"\n" {
                    break;
                }
                if !line.contains(&b':') {
                    return Err(malformed());
                }
                lines.push(line);
            }
            if !(100..200).contains(&status) {
                let headers = Headers::of(lines.iter().map(Vec::as_slice));
                return Ok(Self {
                    status,
                    start,
                    end: end(&headers, method, status)?,
                    headers,
                });
            }
        }
    }
}

fn end(headers: &Headers, method: &str, status: u16) -> io::Result<BodyEnd> {
    if method == "HEAD" || matches!(status, 204 | 304) {
        return Ok(BodyEnd::Empty);
    }
    if headers.get("transfer-encoding").is_some() {
        return Ok(BodyEnd::Chunked);
    }
    match headers.get("content-length") {
        Some(length) => length.parse().map(BodyEnd::Length).map_err(|_| malformed()),
        None => Ok(BodyEnd::Close),
    }
}

/// Reads a body, but not much more than `most` bytes of it.
///
/// # Errors
/// When the connection ends before the body does, or a chunk has no size.
pub fn read_body(from: &mut impl BufRead, end: BodyEnd, most: u64) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    match end {
        BodyEnd::Empty => {}
        BodyEnd::Length(length) => {
            body.resize(usize::try_from(length.min(most)).unwrap_or(usize::MAX), 0);
            from.read_exact(&mut body)?;
        }
        BodyEnd::Chunked => loop {
            let size = chunk_size(&line(from)?)?;
            from.take(size).read_to_end(&mut body)?;
            line(from)?;
            if size == 0 || body.len() as u64 > most {
                break;
            }
        },
        BodyEnd::Close => {
            from.take(most).read_to_end(&mut body)?;
        }
    }
    Ok(body)
}

/// The size in the first line of a chunk.
///
/// # Errors
/// [`io::ErrorKind::InvalidData`] when it is not a hexadecimal number.
pub fn chunk_size(line: &[u8]) -> io::Result<u64> {
    let text = String::from_utf8_lossy(line);
    let size = text.split(';').next().unwrap_or_default().trim();
    u64::from_str_radix(size, 16).map_err(|_| malformed())
}

/// One line with its end.
///
/// # Errors
/// When the connection ends first.
pub fn line(from: &mut impl BufRead) -> io::Result<Vec<u8>> {
    let mut line = Vec::new();
    from.take(MAX_HEAD_BYTES as u64)
        .read_until(b'\n', &mut line)?;
    match line.ends_with(b"\n") {
        true => Ok(line),
        false => Err(io::ErrorKind::UnexpectedEof.into()),
    }
}

fn malformed() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "not HTTP/1.1")
}
