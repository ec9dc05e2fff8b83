//! The part of HTTP/1.1 that a function's runtime API and services need: many requests on one connection.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;

/// A request.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) method: String,
    /// The path with its query.
    pub(super) target: String,
    headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl Request {
    /// Reads one; `None` when the peer has closed the connection.
    pub(super) fn read(from: &mut BufReader<&TcpStream>) -> io::Result<Option<Self>> {
        let mut first = String::new();
        if from.read_line(&mut first)? == 0 {
            return Ok(None);
        }
        let mut words = first.split_ascii_whitespace().map(str::to_owned);
        let (method, target) = (words.next(), words.next());
        let mut request = Self {
            method: method.unwrap_or_default(),
            target: target.unwrap_or_default(),
            headers: Vec::new(),
            body: Vec::new(),
        };
        loop {
            let mut line = String::new();
            from.read_line(&mut line)?;
            let line = line.trim_end();
            if line.is_empty() {
                break;
            }
            if let Some((name, value)) = line.split_once(':') {
                let header = (name.to_ascii_lowercase(), value.trim().to_owned());
                request.headers.push(header);
            }
        }
        request.read_body(from)?;
        Ok(Some(request))
    }

    /// The value of a header by its lower-case name; empty when it is absent.
    pub(super) fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, value)| value)
    }

    fn read_body(&mut self, from: &mut BufReader<&TcpStream>) -> io::Result<()> {
        if self.header("transfer-encoding") != "chunked" {
            let length = self.header("content-length").parse().unwrap_or(0);
            self.body.resize(length, 0);
            return from.read_exact(&mut self.body);
        }
        loop {
            let mut line = String::new();
            from.read_line(&mut line)?;
            let size = line.split(';').next().unwrap_or_default().trim();
            let size = u64::from_str_radix(size, 16).map_err(io::Error::other)?;
            from.take(size).read_to_end(&mut self.body)?;
            from.read_line(&mut String::new())?;
            if size == 0 {
                return Ok(());
            }
        }
    }
}

/// Writes an answer at once; `length` is that of the body, or what HEAD reports.
pub(super) fn answer(
    mut to: &TcpStream,
    status: u16,
    headers: &[(&str, &str)],
    body: &[u8],
    length: usize,
) -> io::Result<()> {
    let mut out = format!("HTTP/1.1 {status} -\r\ncontent-length: {length}\r\n");
    for (name, value) in headers {
        out.push_str(&format!("{name}: {value}\r\n"));
    }
    out.push_str("\r\n");
    let mut out = out.into_bytes();
    out.extend_from_slice(body);
    to.write_all(&out)
}
