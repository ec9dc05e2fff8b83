use std::io::{self, BufRead, BufReader, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use devkit::http::{BodyEnd, Connection, ResponseHead, chunk_size, line, read_body};

use crate::pace::Pacer;

const BUFFER_BYTES: usize = 64 * 1024;

/// How to relay the body of one request.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Relay {
    /// Stop before this byte.
    pub(super) stop_at: Option<u64>,
    /// Pause before this byte; for ever without a duration.
    pub(super) stall: Option<(u64, Option<Duration>)>,
    /// Flip this bit of this byte.
    pub(super) flip: Option<(u64, u8)>,
    /// Leave the last byte in the client's socket although it is relayed, so that dropping the
    /// connection resets it.
    pub(super) hold_last: bool,
}

/// How relaying the body ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Relayed {
    /// The whole body was relayed.
    Whole,
    /// It stopped at `stop_at` or `stall`.
    Stopped,
    /// Upstream accepts no more: it has answered or closed.
    Refused,
}

impl Relay {
    /// Relays `length` bytes from the client to `upstream`, or discards them. `count` is called with the bytes
    /// received and the bytes relayed, and returns whether to go on.
    pub(super) fn carry(
        mut self,
        connection: &Connection,
        upstream: Option<&TcpStream>,
        length: u64,
        pacer: &mut Pacer,
        mut count: impl FnMut(u64, u64) -> bool,
    ) -> io::Result<Relayed> {
        let mut buffer = vec![0u8; BUFFER_BYTES];
        let mut done = 0u64;
        loop {
            if let Some((_, time)) = self.stall.take_if(|(at, _)| *at <= done) {
                connection.wait(time);
                if time.is_none() {
                    return Ok(Relayed::Stopped);
                }
            }
            if self.stop_at.is_some_and(|at| at <= done) {
                // A byte must stay unread for the reset that follows.
                connection.stream.peek(&mut [0])?;
                return Ok(Relayed::Stopped);
            }
            if done == length {
                return Ok(Relayed::Whole);
            }
            let holding = self.hold_last && done + 1 == length;
            let most = self.chunk_size(done, length, pacer);
            let read = if holding {
                connection.stream.peek(&mut buffer[..1])?
            } else {
                (&connection.stream).read(&mut buffer[..most])?
            };
            if read == 0 {
                return Err(ErrorKind::UnexpectedEof.into());
            }
            if let Some((at, bit)) = self.flip
                && (done..done + read as u64).contains(&at)
            {
                buffer[(at - done) as usize] ^= 1 << (bit & 7);
            }
            let went = upstream.is_some_and(|upstream| push(upstream, &buffer[..read]).is_ok());
            let on = count(read as u64, if went { read as u64 } else { 0 });
            if upstream.is_some() && !went {
                return Ok(Relayed::Refused);
            }
            done += read as u64;
            if !on && done < length {
                self.stop_at = Some(done);
            }
            pacer.pass(read);
        }
    }

    /// Bytes to read next: at most up to the next place where a fault is injected.
    fn chunk_size(&self, done: u64, length: u64, pacer: &Pacer) -> usize {
        let mut end = length;
        if self.hold_last && done + 1 < length {
            end = length - 1;
        }
        for place in [self.stop_at, self.stall.map(|(at, _)| at)]
            .into_iter()
            .flatten()
        {
            end = end.min(place.max(done + 1));
        }
        let left = usize::try_from(end - done).unwrap_or(usize::MAX);
        pacer.chunk_size(BUFFER_BYTES).min(left)
    }
}

/// Writes all of it, unless upstream closes, or answers instead of reading on.
fn push(mut upstream: &TcpStream, mut bytes: &[u8]) -> io::Result<()> {
    upstream.set_write_timeout(Some(Duration::from_millis(200)))?;
    while !bytes.is_empty() {
        match upstream.write(bytes) {
            Ok(0) => return Err(ErrorKind::WriteZero.into()),
            Ok(written) => bytes = bytes.get(written..).unwrap_or_default(),
            Err(error) if !idle(&error) => return Err(error),
            Err(_) => {
                upstream.set_nonblocking(true)?;
                let answer = upstream.peek(&mut [0]);
                upstream.set_nonblocking(false)?;
                if !matches!(&answer, Err(error) if idle(error)) {
                    return Err(ErrorKind::Interrupted.into());
                }
            }
        }
    }
    Ok(())
}

fn idle(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut)
}

/// Most bytes of an answer whose body is truncated.
const MAX_CUT_BYTES: u64 = 4 * 1024 * 1024;

/// An answer from upstream: the head is read, the body is still to come.
pub(super) struct Answer<'a> {
    head: ResponseHead,
    from: BufReader<&'a TcpStream>,
}

impl<'a> Answer<'a> {
    pub(super) fn read(upstream: &'a TcpStream, method: &str) -> io::Result<Self> {
        let mut from = BufReader::with_capacity(64 * 1024, upstream);
        let head = ResponseHead::read(&mut from, method)?;
        Ok(Self { head, from })
    }

    pub(super) fn status(&self) -> u16 {
        self.head.status
    }

    /// Relays head and body; returns whether upstream's connection can carry another request.
    pub(super) fn forward(
        mut self,
        mut client: &TcpStream,
        pacer: &mut Pacer,
        close: bool,
    ) -> io::Result<bool> {
        client.write_all(&self.head_bytes(None, close || !self.framed()))?;
        self.body(&mut client, pacer)
    }

    /// Whether the client can find the end of the body without the end of the connection.
    pub(super) fn framed(&self) -> bool {
        self.head.end != BodyEnd::Close
    }

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
        let mut body = read_body(&mut self.from, self.head.end, MAX_CUT_BYTES)?;
        body.truncate(usize::try_from(place(body.len() as u64)).unwrap_or(usize::MAX));
        let mut out = self.head_bytes(Some(body.len()), close);
        out.extend_from_slice(&body);
        client.write_all(&out)
    }

    /// The head for the client; with `length`, for a body of that many bytes.
    fn head_bytes(&self, length: Option<usize>, close: bool) -> Vec<u8> {
        let mut dropped = vec!["connection", "keep-alive"];
        if length.is_some() {
            dropped.extend(["content-length", "transfer-encoding"]);
        }
        let mut out = self.head.start.clone();
        out.extend(self.head.headers.without(&dropped));
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
        match self.head.end {
            BodyEnd::Empty => {}
            BodyEnd::Length(length) => self.copy(to, Some(length), pacer)?,
            BodyEnd::Chunked => loop {
                let start = line(&mut self.from)?;
                to.write_all(&start)?;
                let size = chunk_size(&start)?;
                if size == 0 {
                    break self.trailer(to)?;
                }
                self.copy(to, Some(size + 2), pacer)?;
            },
            BodyEnd::Close => self.copy(to, None, pacer)?,
        }
        let stays = self.framed() && !self.head.headers.is_close("connection");
        Ok(stays && self.from.buffer().is_empty())
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

    /// Copies `length` bytes, by default all that come.
    fn copy(
        &mut self,
        to: &mut impl Write,
        length: Option<u64>,
        pacer: &mut Pacer,
    ) -> io::Result<()> {
        let mut left = length.unwrap_or(u64::MAX);
        while left > 0 {
            let part = self.from.fill_buf()?;
            match part.len() {
                0 if length.is_none() => break,
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                _ => {}
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
