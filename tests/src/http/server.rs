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
    /// After the question mark, undecoded.
    pub query: String,
    /// The body.
    pub body: Vec<u8>,
}

/// The answer.
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

/// A server on loopback: a thread for each connection, one request a connection.
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
                    // The client may hang up at any time.
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
    let mut hosts = Vec::new();
    loop {
        let line = line(&mut from)?;
        if line.is_empty() {
            break;
        }
        let Some((name, value)) = line.split_once(':') else {
            continue;
        };
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().unwrap_or(0);
        } else if name.eq_ignore_ascii_case("host") {
            hosts.push(value.trim().to_ascii_lowercase());
        }
    }
    let mut body = Vec::new();
    from.take(length.min(1 << 20)).read_to_end(&mut body)?;
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let head = method == "HEAD";
    let answer = if ours(&hosts, stream.local_addr()?.port()) {
        answer(&Incoming {
            method,
            path: path.into(),
            query: query.into(),
            body,
        })
    } else {
        Answer::new(403, "text/plain", "this server has no such name")
    };
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

/// Whether the one Host header names this computer. Any other name was bound to it by another site (DNS
/// rebinding: <https://en.wikipedia.org/wiki/DNS_rebinding>); names under
/// `localhost` cannot be (<https://www.rfc-editor.org/rfc/rfc6761#section-6.3>).
fn ours(hosts: &[String], port: u16) -> bool {
    let [host] = hosts else { return false };
    host.strip_suffix(&format!(":{port}")).is_some_and(|name| {
        matches!(name, "127.0.0.1" | "localhost") || name.ends_with(".localhost")
    })
}

#[cfg(test)]
mod tests {
    use super::{Answer, Server};
    use crate::http::Request;

    #[test]
    fn h3_a_name_that_was_bound_to_this_computer_is_refused() {
        let server = Server::bind(0).expect("a free port");
        let port = server.address().expect("an address").port();
        // The thread ends with the process.
        std::thread::spawn(move || server.run(|_| Answer::new(200, "text/plain", "well")));
        let status = |host: &str| {
            let request = Request::new("GET", format!("http://127.0.0.1:{port}/"));
            request.header("host", host).send().status
        };
        for host in ["127.0.0.1", "localhost", "page.localhost"] {
            assert_eq!(status(&format!("{host}:{port}")), 200, "{host}");
        }
        for host in ["evil.example", "127.0.0.1.evil.example", "localhost.evil"] {
            assert_eq!(status(&format!("{host}:{port}")), 403, "{host}");
        }
        assert_eq!(status("127.0.0.1"), 403);
    }
}
