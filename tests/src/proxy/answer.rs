use std::io::{self, BufRead, BufReader, Write};
use std::net::TcpStream;

use devkit::http::{BodyEnd, ResponseHead, chunk_size, line, read_body};

use crate::pace::Pacer;

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
            BodyEnd::Length(length) => self.copy(to, length, pacer)?,
            BodyEnd::Chunked => loop {
                let start = line(&mut self.from)?;
                to.write_all(&start)?;
                let size = chunk_size(&start)?;
                if size == 0 {
                    break self.trailer(to)?;
                }
                self.copy(to, size + 2, pacer)?;
            },
            BodyEnd::Close => loop {
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
