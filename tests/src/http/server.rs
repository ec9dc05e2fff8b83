use std::io::{BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use super::client::line;

/// A request that came in.
#[derive(Clone, Debug)]
pub struct Incoming {
    /// The method.
    pub method: String,
    /// Path without the query.
    pub path: String,
    /// After the question mark, as it stands.
    pub query: String,
    /// The body.
    pub body: Vec<u8>,
}

/// What goes back.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// Names and values.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// An answer with a body of some content type.
    pub fn new(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status,
            headers: vec![("content-type", content_type.into())],
            body: body.into(),
        }
    }

    /// A JSON answer.
    pub fn json(status: u16, body: &serde_json::Value) -> Self {
        Self::new(status, "application/json", body.to_string())
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

/// A server on loopback: one thread a connection, one request a connection.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
}

impl Server {
    /// Listens on 127.0.0.1; port 0 takes a free one.
    ///
    /// # Errors
    /// When the port is taken.
    pub fn bind(port: u16) -> std::io::Result<Self> {
        TcpListener::bind(("127.0.0.1", port)).map(|listener| Self { listener })
    }

    /// Where it listens.
    ///
    /// # Errors
    /// When the system does not say.
    pub fn address(&self) -> std::io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Answers until the process ends.
    pub fn run<F>(&self, answer: F)
    where
        F: Fn(&Incoming) -> Answer + Send + Sync,
    {
        std::thread::scope(|scope| {
            for stream in self.listener.incoming().flatten() {
                let answer = &answer;
                scope.spawn(move || {
                    // A client that hangs up in the middle is its own affair.
                    let _ = serve(&stream, answer);
                });
            }
        });
    }
}

fn serve(
    stream: &TcpStream,
    answer: impl Fn(&Incoming) -> Answer,
) -> Result<(), super::client::Error> {
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    let mut from = BufReader::new(stream);
    let start = line(&mut from)?;
    let mut words = start.split(' ');
    let method = words.next().unwrap_or_default().to_owned();
    let target = words.next().unwrap_or("/").to_owned();
    let mut length = 0u64;
    loop {
        let line = line(&mut from)?;
        if line.is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().unwrap_or(0);
        }
    }
    let mut body = Vec::new();
    from.take(length.min(1 << 20)).read_to_end(&mut body)?;
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let head = method == "HEAD";
    let answer = answer(&Incoming {
        method,
        path: path.into(),
        query: query.into(),
        body,
    });
    let mut out = format!(
        "HTTP/1.1 {} -\r\ncontent-length: {}\r\nconnection: close\r\n",
        answer.status,
        answer.body.len()
    );
    for (name, value) in &answer.headers {
        out.push_str(&format!("{name}: {value}\r\n"));
    }
    out.push_str("\r\n");
    let mut out = out.into_bytes();
    if !head {
        out.extend_from_slice(&answer.body);
    }
    let mut stream = stream;
    stream.write_all(&out)?;
    Ok(())
}
