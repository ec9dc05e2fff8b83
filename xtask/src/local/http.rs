//! The part of HTTP/1.1 that serving a page on loopback needs: GET and HEAD, one request a connection.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

const HEAD_LIMIT: u64 = 16 * 1024;
const PATIENCE: Duration = Duration::from_secs(10);

/// A browser's request.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Ask {
    /// A path, decoded, without its query; `body` is false for HEAD.
    Get {
        /// `/` and what follows.
        path: String,
        /// Whether the body is wanted.
        body: bool,
    },
    /// Any other method.
    Other,
    /// The Host header names another host: another site's name bound to this computer (DNS rebinding:
    /// <https://en.wikipedia.org/wiki/DNS_rebinding>), whose page would otherwise have our origin.
    Foreign,
    /// Not HTTP, or not a path.
    Nonsense,
}

/// The answer.
#[derive(Debug)]
pub(crate) struct Answer {
    /// Status and reason, such as `200 OK`.
    pub(crate) status: &'static str,
    /// Headers besides the length.
    pub(crate) headers: Vec<(&'static str, String)>,
    /// The body.
    pub(crate) body: Vec<u8>,
}

/// A server on loopback with a thread for each connection; it stops when dropped.
#[derive(Debug)]
pub(crate) struct Listener {
    port: u16,
    stopped: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Listener {
    /// Calls `serve` with each connection; port 0 takes a free one.
    ///
    /// # Errors
    /// If the port is taken.
    pub(crate) fn start<F>(port: u16, serve: F) -> io::Result<Self>
    where
        F: Fn(&TcpStream) + Send + Sync + 'static,
    {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        let port = listener.local_addr()?.port();
        let stopped = Arc::new(AtomicBool::new(false));
        let stop = Arc::clone(&stopped);
        let serve = Arc::new(serve);
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if stop.load(Ordering::SeqCst) {
                    break;
                }
                let serve = Arc::clone(&serve);
                std::thread::spawn(move || serve(&stream));
            }
        });
        Ok(Self {
            port,
            stopped,
            thread: Some(thread),
        })
    }

    /// The address of `/`.
    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}/", self.port)
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::SeqCst);
        // Wakes the thread that waits for a connection.
        let woken = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port));
        if let (Ok(_), Some(thread)) = (woken, self.thread.take()) {
            let _ = thread.join();
        }
    }
}

/// Reads one request.
///
/// # Errors
/// If the connection breaks or times out.
pub(crate) fn read(stream: &TcpStream) -> io::Result<Ask> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let mut head = BufReader::new(stream.take(HEAD_LIMIT));
    let mut first = String::new();
    head.read_line(&mut first)?;
    let mut line = String::new();
    let mut hosts = Vec::new();
    // Everything is read, so that closing does not reset the connection before the answer arrives.
    while head.read_line(&mut line)? > 2 {
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("host")
        {
            hosts.push(value.trim().to_ascii_lowercase());
        }
        line.clear();
    }
    if ours(&hosts, stream.local_addr()?.port()) {
        Ok(parse(&first))
    } else {
        Ok(Ask::Foreign)
    }
}

/// Whether these Host headers name this computer.
fn ours(hosts: &[String], port: u16) -> bool {
    let [host] = hosts else { return false };
    let name = host.strip_suffix(&format!(":{port}"));
    matches!(name, Some("127.0.0.1" | "localhost"))
}

/// Writes the answer with `connection: close`.
///
/// # Errors
/// If the connection breaks.
pub(crate) fn write(mut stream: &TcpStream, answer: &Answer, body: bool) -> io::Result<()> {
    let mut head = format!(
        "HTTP/1.1 {}\r\ncontent-length: {}\r\nconnection: close\r\n",
        answer.status,
        answer.body.len()
    );
    for (name, value) in &answer.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    stream.write_all(head.as_bytes())?;
    if body {
        stream.write_all(&answer.body)?;
    }
    stream.flush()
}

fn parse(line: &str) -> Ask {
    let mut words = line.split_ascii_whitespace();
    let (Some(method), Some(target), Some("HTTP/1.1" | "HTTP/1.0"), None) =
        (words.next(), words.next(), words.next(), words.next())
    else {
        return Ask::Nonsense;
    };
    let body = match method {
        "GET" => true,
        "HEAD" => false,
        _ => return Ask::Other,
    };
    let path = target.split(['?', '#']).next().unwrap_or_default();
    match decode(path) {
        Some(path) if path.starts_with('/') => Ask::Get { path, body },
        _ => Ask::Nonsense,
    }
}

fn decode(path: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits = [rest.next()?, rest.next()?];
            let digits = std::str::from_utf8(&digits).ok()?;
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpStream;

    use super::{Ask, Listener, ours, parse, read};

    #[test]
    fn a_listener_serves_until_it_is_dropped() {
        let listener = Listener::start(0, |mut stream| {
            let _ = stream.write_all(b"hello");
        });
        let listener = listener.expect("a free port");
        let address = ("127.0.0.1", listener.port);
        // A silent connection must not block others.
        let _silent = TcpStream::connect(address).expect("a connection");
        let mut heard = String::new();
        let mut stream = TcpStream::connect(address).expect("a connection");
        stream.read_to_string(&mut heard).expect("an answer");
        assert_eq!(heard, "hello");
        drop(listener);
        assert!(TcpStream::connect(address).is_err(), "it still listens");
    }

    /// What a listener makes of this head, in which `PORT` is replaced by its port.
    fn asked(head: &str) -> Ask {
        let (sender, receiver) = std::sync::mpsc::channel();
        let listener = Listener::start(0, move |stream| {
            let _ = sender.send(read(stream));
        });
        let listener = listener.expect("a free port");
        let mut stream = TcpStream::connect(("127.0.0.1", listener.port)).expect("a connection");
        let head = head.replace("PORT", &listener.port.to_string());
        stream.write_all(head.as_bytes()).expect("a request");
        receiver
            .recv()
            .expect("a connection comes")
            .expect("it is read")
    }

    #[test]
    fn h3_only_this_computers_own_names_are_answered() {
        let get = |hosts: &str| asked(&format!("GET / HTTP/1.1\r\n{hosts}\r\n"));
        let (path, body) = ("/".to_owned(), true);
        let page = Ask::Get { path, body };
        for host in ["127.0.0.1:PORT", "localhost:PORT", "LOCALHOST:PORT"] {
            assert_eq!(get(&format!("Host: {host}\r\n")), page, "{host}");
            assert_eq!(get(&format!("a: b\r\nhOsT:{host}  \r\n")), page, "{host}");
        }
        for host in [
            "evil.example:PORT",
            "evil.example",
            "127.0.0.1",
            "localhost",
            "localhost:1",
            "127.0.0.1.evil.example:PORT",
            "evil.localhost:PORT",
            "localhost.:PORT",
            "x@127.0.0.1:PORT",
            "[::1]:PORT",
            "",
        ] {
            assert_eq!(get(&format!("Host: {host}\r\n")), Ask::Foreign, "{host}");
        }
        assert_eq!(get(""), Ask::Foreign);
        let two = "Host: 127.0.0.1:PORT\r\nHost: evil.example\r\n";
        assert_eq!(get(two), Ask::Foreign);
        // The Host is checked before anything else.
        let post = "POST / HTTP/1.1\r\nHost: evil.example:PORT\r\n\r\n";
        assert_eq!(asked(post), Ask::Foreign);
        assert!(!ours(&["127.0.0.1:70".to_owned()], 7070));
    }

    #[test]
    fn a_path_is_decoded_and_loses_its_query() {
        let path = "/a b/é".to_owned();
        assert_eq!(
            parse("GET /a%20b/%C3%A9?x=1 HTTP/1.1\r\n"),
            Ask::Get { path, body: true }
        );
    }

    #[test]
    fn what_is_no_request_is_refused() {
        for line in [
            "",
            "GET\r\n",
            "GET / HTTP/2\r\n",
            "GET /% HTTP/1.1\r\n",
            "GET /%zz HTTP/1.1\r\n",
            "GET /%ff HTTP/1.1\r\n",
            "GET http://other/ HTTP/1.1\r\n",
            "GET / x HTTP/1.1\r\n",
        ] {
            assert_eq!(parse(line), Ask::Nonsense, "{line:?}");
        }
        assert_eq!(parse("POST / HTTP/1.1\r\n"), Ask::Other);
    }
}
