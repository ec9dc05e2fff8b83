use std::io::{self, BufRead, Read};

use super::{Headers, MAX_HEAD_BYTES};

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
    if line.ends_with(b"\n") {
        Ok(line)
    } else {
        Err(io::ErrorKind::UnexpectedEof.into())
    }
}

fn malformed() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "not HTTP/1.1")
}
