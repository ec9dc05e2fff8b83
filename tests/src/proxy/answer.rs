use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;

use crate::wire::{MAX_HEAD_BYTES, Pacer};

/// Most bytes of an answer whose body is truncated.
const MAX_CUT_BYTES: u64 = 4 * 1024 * 1024;

/// An answer from upstream: the head is read, the body is still to come.
pub(super) struct Answer<'a> {
    pub(super) status: u16,
    lines: Vec<Vec<u8>>,
    framing: Framing,
    stays: bool,
    from: BufReader<&'a TcpStream>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Framing {
    Empty,
    Length(u64),
    Chunked,
    UntilClose,
}

impl<'a> Answer<'a> {
    pub(super) fn read(upstream: &'a TcpStream, method: &str) -> io::Result<Self> {
        let mut from = BufReader::with_capacity(64 * 1024, upstream);
        loop {
            let start = line(&mut from)?;
            let status = std::str::from_utf8(&start)
                .ok()
                .and_then(|start| start.strip_prefix("HTTP/1.")?.get(2..5)?.parse().ok())
                .ok_or_else(malformed)?;
            let mut lines = vec![start];
            loop {
                let line = line(&mut from)?;
                if line == b"\r\n" || line == b"\n" {
                    break;
                }
                lines.push(line);
            }
            if !(100..200).contains(&status) {
                let framing = framing(&lines, method, status)?;
                let close = value(&lines, "connection")
                    .is_some_and(|value| value.eq_ignore_ascii_case("close"));
                return Ok(Self {
                    status,
                    framing,
                    stays: !close && framing != Framing::UntilClose,
                    lines,
                    from,
                });
            }
        }
    }

    /// Relays head and body; returns whether upstream's connection can carry another request.
    pub(super) fn forward(
        mut self,
        mut client: &TcpStream,
        pacer: &mut Pacer,
        close: bool,
    ) -> io::Result<bool> {
        client.write_all(&self.head(None, close || self.framing == Framing::UntilClose))?;
        self.body(&mut client, pacer)
    }

    /// Whether the client can find the end of the body without the end of the connection.
    pub(super) fn framed(&self) -> bool {
        self.framing != Framing::UntilClose
    }

    /// Reads the body and discards it.
    pub(super) fn discard(mut self) -> io::Result<bool> {
        self.body(&mut io::sink(), &mut Pacer::default())
    }

    /// Relays the head and the body up to a place that is computed from the body's length.
    pub(super) fn cut(
        mut self,
        mut client: &TcpStream,
        place: impl FnOnce(u64) -> u64,
        close: bool,
    ) -> io::Result<()> {
        let mut body = Vec::new();
        match self.framing {
            Framing::Chunked => loop {
                let size = chunk_size(&line(&mut self.from)?)?;
                (&mut self.from).take(size).read_to_end(&mut body)?;
                line(&mut self.from)?;
                if size == 0 || body.len() as u64 > MAX_CUT_BYTES {
                    break;
                }
            },
            Framing::Length(length) => {
                let most = length.min(MAX_CUT_BYTES);
                (&mut self.from).take(most).read_to_end(&mut body)?;
            }
            Framing::UntilClose => {
                (&mut self.from)
                    .take(MAX_CUT_BYTES)
                    .read_to_end(&mut body)?;
            }
            Framing::Empty => {}
        }
        body.truncate(usize::try_from(place(body.len() as u64)).unwrap_or(usize::MAX));
        let mut out = self.head(Some(body.len()), close);
        out.extend_from_slice(&body);
        client.write_all(&out)
    }

    fn head(&self, length: Option<usize>, close: bool) -> Vec<u8> {
        let mut out = Vec::new();
        for line in &self.lines {
            let name = name(line);
            let framing = ["content-length", "transfer-encoding"].contains(&name.as_str());
            let hop = ["connection", "keep-alive"].contains(&name.as_str());
            let dropped = hop || framing && length.is_some();
            if !dropped {
                out.extend_from_slice(line);
            }
        }
        if let Some(length) = length {
            out.extend_from_slice(format!("content-length: {length}\r\n").as_bytes());
        }
        if close {
            out.extend_from_slice(b"connection: close\r\n");
        }
        out.extend_from_slice(b"\r\n");
        out
    }

    fn body(&mut self, to: &mut impl Write, pacer: &mut Pacer) -> io::Result<bool> {
        match self.framing {
            Framing::Empty => {}
            Framing::Length(length) => self.copy(to, length, pacer)?,
            Framing::Chunked => loop {
                let start = line(&mut self.from)?;
                to.write_all(&start)?;
                let size = chunk_size(&start)?;
                if size == 0 {
                    break self.trailer(to)?;
                }
                self.copy(to, size + 2, pacer)?;
            },
            Framing::UntilClose => loop {
                let part = self.from.fill_buf()?;
                let most = pacer.chunk_size(part.len());
                if part.is_empty() {
                    break;
                }
                to.write_all(&part[..most])?;
                self.from.consume(most);
                pacer.pass(most);
            },
        }
        Ok(self.stays && self.from.buffer().is_empty())
    }

    fn trailer(&mut self, to: &mut impl Write) -> io::Result<()> {
        loop {
            let line = line(&mut self.from)?;
            to.write_all(&line)?;
            if line == b"\r\n" {
                return Ok(());
            }
        }
    }

    fn copy(&mut self, to: &mut impl Write, mut left: u64, pacer: &mut Pacer) -> io::Result<()> {
        while left > 0 {
            let part = self.from.fill_buf()?;
            if part.is_empty() {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let most = part.len().min(usize::try_from(left).unwrap_or(usize::MAX));
            let most = pacer.chunk_size(most);
            to.write_all(&part[..most])?;
            self.from.consume(most);
            left -= most as u64;
            pacer.pass(most);
        }
        Ok(())
    }
}

fn framing(lines: &[Vec<u8>], method: &str, status: u16) -> io::Result<Framing> {
    if method == "HEAD" || matches!(status, 204 | 304) {
        return Ok(Framing::Empty);
    }
    if value(lines, "transfer-encoding").is_some() {
        return Ok(Framing::Chunked);
    }
    match value(lines, "content-length") {
        Some(length) => length.parse().map(Framing::Length).map_err(|_| malformed()),
        None => Ok(Framing::UntilClose),
    }
}

fn name(line: &[u8]) -> String {
    let name = line.split(|&byte| byte == b':').next().unwrap_or_default();
    String::from_utf8_lossy(name).to_ascii_lowercase()
}

fn value(lines: &[Vec<u8>], wanted: &str) -> Option<String> {
    let line = lines.iter().find(|line| name(line) == wanted)?;
    let text = String::from_utf8_lossy(line);
    Some(text.split_once(':')?.1.trim().to_owned())
}

fn chunk_size(line: &[u8]) -> io::Result<u64> {
    let text = String::from_utf8_lossy(line);
    let size = text.split(';').next().unwrap_or_default().trim();
    u64::from_str_radix(size, 16).map_err(|_| malformed())
}

/// One line with its end.
fn line(from: &mut impl BufRead) -> io::Result<Vec<u8>> {
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
    io::Error::new(io::ErrorKind::InvalidData, "not an HTTP/1.1 answer")
}
