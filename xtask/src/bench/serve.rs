//! The origin of the benchmark pages: `xtask/bench`, the npm package, and files built for it.

use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::PathBuf;

use devkit::paths;

use crate::error::Error;
use crate::local::http::{self, Answer, Ask, Listener};

/// A static server on loopback; it stops when dropped.
pub(super) struct Server(Listener);

impl Server {
    /// Starts it on a free port.
    ///
    /// # Errors
    /// If there is none.
    pub(super) fn start() -> Result<Self, Error> {
        Listener::start(0, serve)
            .map(Self)
            .map_err(Error::io("serve the benchmarks' page"))
    }

    /// The page's address.
    pub(super) fn url(&self) -> String {
        self.0.url()
    }
}

/// A port that was free a moment ago.
///
/// # Errors
/// If there is none.
pub(super) fn free_port() -> Result<u16, Error> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(Error::io("find a free port"))
}

fn serve(stream: &TcpStream) {
    // A browser that closes its connection is no failure.
    let Ok(Ask::Get { path, body }) = http::read(stream) else {
        return;
    };
    let found = file(&path).and_then(|file| Some((media_type(&path), std::fs::read(file).ok()?)));
    let answer = match found {
        Some((media_type, body)) => Answer {
            status: "200 OK",
            headers: vec![("content-type", media_type.to_owned())],
            body,
        },
        None => Answer {
            status: "404 Not Found",
            headers: Vec::new(),
            body: Vec::new(),
        },
    };
    let _ = http::write(stream, &answer, body);
}

/// Where the other version of the package is unpacked.
pub(super) fn before() -> PathBuf {
    paths::target().join("bench/before")
}

/// All folders here are flat, so a name with a further slash is refused.
fn file(path: &str) -> Option<PathBuf> {
    let path = path.strip_prefix('/')?;
    let (folder, name) = match path.split_once('/') {
        Some(("crowfly", name)) => (paths::npm_package(), name),
        Some(("before", name)) => (before(), name),
        Some(_) => return None,
        None if path.is_empty() => (paths::root().join("xtask/bench"), "index.html"),
        None if path == "aws-crc64.js" => (paths::target().join("bench"), path),
        None => (paths::root().join("xtask/bench"), path),
    };
    let plain = !name.is_empty() && !name.starts_with('.') && !name.contains(['/', '\\']);
    plain.then(|| folder.join(name))
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit_once('.') {
        Some((_, "js")) => "text/javascript; charset=utf-8",
        Some((_, "wasm")) => "application/wasm",
        _ => "text/html; charset=utf-8",
    }
}
